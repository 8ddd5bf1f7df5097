"""What the catalogue says on the wallet pages and as spot prices."""

import pytest

from unit.api.harness import NOW, Answer, House, in_house

PRICE = "/api/v3/ticker/price"
OPENINGS = "/sapi/v1/spot/open-symbol-list"


async def keyed(house: House, path: str, query: str = "") -> Answer:
    """A request with the key header and no signature."""
    return await house.send("GET", path, query, headers={"x-mbx-apikey": house.key})


def test_asset_detail() -> None:
    async def scene(house: House) -> None:
        one = await house.signed("GET", "/sapi/v1/asset/assetDetail", {"asset": "BTC"})
        assert one.json == {
            "BTC": {
                "minWithdrawAmount": "0.00000001",
                "depositStatus": True,
                "withdrawFee": "0",
                "withdrawStatus": True,
            }
        }
        everything = await house.signed("GET", "/sapi/v1/asset/assetDetail")
        assert list(everything.json)[:3] == ["USDT", "USDC", "BTC"]
        assert len(everything.json) == 11
        refused = await house.signed("GET", "/sapi/v1/asset/assetDetail", {"asset": "MOON"})
        assert refused.refusal == (400, -5003, "You don't have this asset.")

    in_house(scene)


def test_trade_fee() -> None:
    """Spot costs what `/api/v3/account` says that it costs: nothing."""

    async def scene(house: House) -> None:
        one = await house.signed("GET", "/sapi/v1/asset/tradeFee", {"symbol": "BTCUSDT"})
        assert one.json == [{"symbol": "BTCUSDT", "makerCommission": "0", "takerCommission": "0"}]
        everything = await house.signed("GET", "/sapi/v1/asset/tradeFee")
        assert len(everything.json) == 10
        refused = await house.signed("GET", "/sapi/v1/asset/tradeFee", {"symbol": "BTCMOON"})
        assert refused.refusal == (400, -1121, "Invalid symbol.")

    in_house(scene)


def test_assets_have_no_tags() -> None:
    async def scene(house: House) -> None:
        everything = await keyed(house, "/sapi/v1/spot/asset/tags")
        assert everything.json[2] == {
            "assetCode": "BTC",
            "assetName": "Bitcoin",
            "trading": True,
            "tags": [],
        }
        assert len(everything.json) == 11
        assert (await keyed(house, "/sapi/v1/spot/asset/tags", "tag=Layer1,Meme")).json == []

    in_house(scene)


def test_symbols_open_on_their_onboard_date() -> None:
    async def scene(house: House) -> None:
        assert (await keyed(house, OPENINGS)).json == []
        for symbol, date in (("SOLUSDC", NOW + 9), ("XRPUSDC", NOW + 5), ("ADAUSDC", NOW + 9)):
            base = symbol.removesuffix("USDC")
            body = {"baseAsset": base, "quoteAsset": "USDC", "onboardDate": date}
            assert (await house.control("PUT", f"/symbols/{symbol}", body)).status == 200
        assert (await keyed(house, OPENINGS)).json == [
            {"openTime": NOW + 5, "symbols": ["XRPUSDC"]},
            {"openTime": NOW + 9, "symbols": ["SOLUSDC", "ADAUSDC"]},
        ]
        await house.control("PUT", "/clock", {"mode": "frozen", "now": NOW + 5})
        assert [row["openTime"] for row in (await keyed(house, OPENINGS)).json] == [NOW + 9]

    in_house(scene)


def test_nothing_is_ever_delisted() -> None:
    async def scene(house: House) -> None:
        assert (await keyed(house, "/sapi/v1/spot/delist-schedule")).json == []

    in_house(scene)


@pytest.mark.parametrize(
    "path",
    [
        "/sapi/v1/spot/asset/tags",
        OPENINGS,
        "/sapi/v1/spot/delist-schedule",
        "/sapi/v1/margin/allAssets",
    ],
)
def test_market_data_needs_a_key(path: str) -> None:
    async def scene(house: House) -> None:
        refused = await house.send("GET", path)
        assert refused.refusal == (401, -2014, "API-key format invalid.")

    in_house(scene)


def test_the_overview_values_every_wallet_in_any_asset() -> None:
    """100,000 USDT, 100,000 USDC, 10 BTC at 65000 and 100 BNB at 600: 910,000 USD.

    Each asset is cut at 8 decimals, so that the rows of the detail add up to the wallet.
    """

    async def scene(house: House) -> None:
        for asset, worth in (
            ("USDT", "910000"),
            ("USDC", "910000"),
            ("BTC", "13.99999998"),
            ("ETH", "284.375"),
            ("BNB", "1516.66666665"),
            ("FDUSD", "910000"),
        ):
            answer = await house.signed(
                "GET", "/sapi/v1/asset/wallet/balance", {"quoteAsset": asset}
            )
            assert answer.json[0] == {"activate": True, "balance": worth, "walletName": "Spot"}

    in_house(scene)


def test_a_price_is_the_index_of_the_base_over_that_of_the_quote() -> None:
    async def scene(house: House) -> None:
        one = await house.send("GET", PRICE, "symbol=BTCUSDT")
        assert one.json == {"symbol": "BTCUSDT", "price": "65000.00000000"}
        await house.control("PUT", "/assets/USDT/index", {"index": "0.7"})
        one = await house.send("GET", PRICE, "symbol=XRPUSDT")
        assert one.json == {"symbol": "XRPUSDT", "price": "0.85714285"}

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('symbols=["XRPUSDT","BTCUSDT"]', ["XRPUSDT", "BTCUSDT"]),
        ('symbols=["XRPUSDT"]&symbolStatus=BREAK', ["XRPUSDT"]),
        ('symbols=["XRPUSDT"]&symbolStatus=TRADING', []),
        ("symbolStatus=HALT", []),
    ],
)
def test_lists_of_prices(query: str, expected: list[str]) -> None:
    async def scene(house: House) -> None:
        answer = await house.send("GET", PRICE, query.replace('"', "%22"))
        assert [row["symbol"] for row in answer.json] == expected

    in_house(scene)


def test_all_prices() -> None:
    async def scene(house: House) -> None:
        assert len((await house.send("GET", PRICE)).json) == 10
        assert len((await house.send("GET", PRICE, "symbolStatus=BREAK")).json) == 10

    in_house(scene)


def test_prices_cost_twice_as_much_without_a_symbol() -> None:
    async def scene(house: House) -> None:
        one = await house.send("GET", PRICE, "symbol=BTCUSDT")
        assert one.headers["x-mbx-used-weight-1m"] == "2"
        everything = await house.send("GET", PRICE)
        assert everything.headers["x-mbx-used-weight-1m"] == "6"

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("symbol=BTCMOON", (400, -1121, "Invalid symbol.")),
        ("symbols=[%22BTCMOON%22]", (400, -1121, "Invalid symbol.")),
        ("symbols=BTCUSDT", (400, -1130, "Data sent for parameter 'symbols' is not valid.")),
        (
            "symbol=BTCUSDT&symbols=[%22BTCUSDT%22]",
            (400, -1130, "Data sent for parameter 'symbols' is not valid."),
        ),
        (
            "symbolStatus=OPEN",
            (400, -1130, "Data sent for parameter 'symbolStatus' is not valid."),
        ),
        (
            "symbol=BTCUSDT&symbolStatus=TRADING",
            (400, -1220, "The symbol's status does not match the requested symbolStatus."),
        ),
    ],
)
def test_refused_prices(query: str, expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        assert (await house.send("GET", PRICE, query)).refusal == expected

    in_house(scene)
