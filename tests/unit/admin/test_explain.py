"""`GET /accounts/{uid}/explain`: what it shows, in which order, and what it refuses."""

from typing import Any

import pytest

from clearhouse.messages.histories import BalanceSource
from clearhouse.model.ids import Seq, Uid
from clearhouse.model.wallets import UMFUTURE
from unit.api.harness import DEMO_UID, NOW, House, in_house
from unit.wallets.readings import owe

MULTI = ("POST", "/fapi/v1/multiAssetsMargin", {"multiAssetsMargin": "true"})
HEDGE = ("POST", "/fapi/v1/positionSide/dual", {"dualSidePosition": "true"})
NOTHING_OPEN = "nothing open with its margin in USDT adds to it"


async def ask(house: House, query: str = "", uid: int = DEMO_UID) -> Any:
    path = f"/_clearhouse/v1/accounts/{uid}/explain"
    return await house.send("GET", path, query, headers={"host": "127.0.0.1:7400"})


async def explained(house: House, query: str = "") -> Any:
    answer = await ask(house, query)
    assert answer.status == 200, answer.body
    return answer.json


def zero(name: str, formula: str, **more: object) -> dict[str, object]:
    row = {"name": name, "asset": "USDT", "value": "0.00000000", "formula": formula}
    return {**row, "section": "Positions", **more}


def test_an_available_balance_down_to_its_postings() -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "1000.5")
        await house.transfer("UMFUTURE_MAIN", "USDT", "0.5")
        found = await explained(house, "field=availableBalance&asset=USDT")
        wallet = {
            "name": "walletBalance",
            "asset": "USDT",
            "value": "1000.00000000",
            "source": "Σ postings to UMFUTURE:USDT",
            "section": "Balances",
        }
        cross = {
            "name": "crossWalletBalance",
            "asset": "USDT",
            "value": "1000.00000000",
            "formula": "walletBalance − Σ(isolatedWallet)",
            "section": "Balances",
            "inputs": [wallet],
        }
        assert found == {
            "uid": DEMO_UID,
            "seq": 30,
            "multiAssetsMargin": False,
            "fields": [
                {
                    "name": "availableBalance",
                    "asset": "USDT",
                    "value": "1000.00000000",
                    "formula": "max(0, crossWalletBalance + crossUnPnl "
                    "− Σ(positionInitialMargin · cross) − openOrderInitialMargin)",
                    "section": "Single-asset mode",
                    "inputs": [
                        cross,
                        zero("crossUnPnl", "Σ(unrealizedProfit · cross)", source=NOTHING_OPEN),
                        zero(
                            "openOrderInitialMargin",
                            "Σ(openOrderInitialMargin)",
                            source=NOTHING_OPEN,
                        ),
                    ],
                }
            ],
            "postings": [
                {
                    "wallet": "UMFUTURE",
                    "asset": "USDT",
                    "count": 2,
                    "amount": "1000.00000000",
                    "sums": [{"why": "TRANSFER", "count": 2, "amount": "1000.00000000"}],
                    "newest": [
                        posting(30, 0, 13_526_853_628, "-0.50000000"),
                        posting(29, 1, 13_526_853_627, "1000.50000000"),
                    ],
                }
            ],
        }

    in_house(scene)


def posting(seq: int, leg: int, tran_id: int, amount: str) -> dict[str, object]:
    return {
        "seq": seq, "leg": leg, "tranId": tran_id, "amount": amount, "why": "TRANSFER", "time": NOW
    }  # fmt: skip


def flat(one: Any) -> dict[str, str]:
    """Every quantity of a tree, with its value."""
    name = f"{one['name']}[{one['asset']}]" if "asset" in one else one["name"]
    found = {name: one["value"]}
    for part in one.get("inputs", ()):
        found |= flat(part)
    return found


def test_a_pool_of_two_assets_and_a_debt() -> None:
    """1000 USDT at 0.9999 and 0.5 BTC at 65000 · 0.95, less 1.5 ETH at 3200 · 1.05."""

    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "1000")
        await house.transfer("MAIN_UMFUTURE", "BTC", "0.5")
        owe(house, "ETH", "1.5")
        await house.signed(*MULTI)
        found = await explained(house, "field=availableBalance&asset=BTC")
        [field] = found["fields"]
        values = flat(field)
        assert values == {
            "availableBalance[BTC]": "0.39318534",
            "available": "26834.90000000",
            "totalMarginBalance": "26834.90000000",
            "totalInitialMargin": "0.00000000",
            "equityValue[USDT]": "999.90000000",
            "equityValue[BTC]": "30875.00000000",
            "equityValue[ETH]": "-5040.00000000",
            **{
                f"{name}[{asset}]": value
                for asset, value in (
                    ("USDT", "1000.00000000"),
                    ("BTC", "0.50000000"),
                    ("ETH", "-1.50000000"),
                )
                for name in ("equity", "crossWalletBalance", "walletBalance")
            },
            **{f"crossUnPnl[{asset}]": "0.00000000" for asset in ("USDT", "BTC", "ETH")},
            "bidRate[USDT]": "0.99990000",
            "bidRate[BTC]": "61750.00000000",
            "askRate[ETH]": "3360.00000000",
            "askRate[BTC]": "68250.00000000",
            "index[USDT]": "1.00000000",
            "index[BTC]": "65000.00000000",
            "index[ETH]": "3200.00000000",
            "bidBuffer[USDT]": "0.00010000",
            "bidBuffer[BTC]": "0.05000000",
            "askBuffer[ETH]": "0.05000000",
            "askBuffer[BTC]": "0.05000000",
        }
        assert field["formula"] == "available / askRate"
        assert [source["asset"] for source in found["postings"]] == ["USDT", "BTC", "ETH"]

    in_house(scene)


@pytest.mark.parametrize(
    ("setup", "query", "value", "why"),
    [
        ((), "field=feeTier", 0, "set by the operator, 0 for a new account"),
        ((), "field=feeBurn", True, "POST /fapi/v1/feeBurn, on for a new account"),
        ((), "field=canTrade", True, "no account is barred"),
        ((), "field=updateTime", 0, "the exchange leaves it unused; always 0"),
        ((), "field=tradeGroupId", -1, "no account is in one"),
        (MULTI, "field=multiAssetsMargin", True, "POST /fapi/v1/multiAssetsMargin, off for a new"),
        ((), "field=accountAlias&asset=BTC", "DJapW2", "derived from the uid, six letters"),
        ((), "field=marginAvailable&asset=BTC", True, "whether BTC is listed with collateral"),
        ((), "field=updateTime&asset=USDT", 0, "the time of the last posting to UMFUTURE:USDT"),
        ((), "field=positionAmt&symbol=BTCUSDT", "0", "what was bought less what was sold in BTC"),
        ((), "field=isolated&symbol=BTCUSDT", False, "POST /fapi/v1/marginType, cross for a new"),
        ((), "field=leverage&symbol=BTCUSDT", "20", "POST /fapi/v1/leverage, else 20; never above"),
        (HEDGE, "field=positionSide&symbol=BTCUSDT", "LONG", "POST /fapi/v1/positionSide/dual"),
    ],
)
def test_what_is_given_says_where_it_comes_from(
    setup: tuple[Any, ...], query: str, value: object, why: str
) -> None:
    async def scene(house: House) -> None:
        if setup:
            assert (await house.signed(*setup)).status == 200
        field = (await explained(house, query))["fields"][0]
        assert field["value"] == value
        assert type(field["value"]) is type(value)
        assert field["source"].startswith(why)
        assert "formula" not in field

    in_house(scene)


def test_the_largest_position_follows_from_the_leverage_and_its_brackets() -> None:
    async def scene(house: House) -> None:
        found = await explained(house, "field=maxNotional&symbol=SOLUSDT")
        [field] = found["fields"]
        leverage, brackets = field["inputs"]
        assert field["value"] == "8000000"
        assert (leverage["name"], leverage["value"]) == ("leverage", "20")
        assert brackets["name"] == "brackets"
        assert "20x to 8000000, 10x to" in brackets["value"]
        assert found["postings"] == []

    in_house(scene)


def test_a_liquidation_price_is_explained_down_to_the_wallet() -> None:
    """100 USDT behind 0.01 bought at 65,000.10: 0.325 are paid for it, and 0.4% are kept.

    (99.6749995 − 650.001) / (0.01 · 0.004 − 0.01) = 55253.614508…
    """

    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "100")
        bought = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.01"}
        assert (await house.signed("POST", "/fapi/v1/order", bought)).status == 200
        found = await explained(house, "field=liquidationPrice&symbol=BTCUSDT")
        [price] = found["fields"]
        assert price["formula"].startswith("nearest((supportingWallet + othersProfit")
        assert price["section"] == "Liquidation price"
        assert price["value"] == "55253.61450803"
        values = {one["name"]: one["value"] for one in price["inputs"]}
        assert values == {
            "falls": "1",
            "supportingWallet": "99.67499950",
            "othersProfit": "0.00000000",
            "othersMaintMargin": "0.00000000",
            "positionAmt": "0.010",
            "entryPrice": "65000.1",
            "liquidationRatio": "0.004",
        }
        [wallet] = [one for one in price["inputs"] if one["name"] == "supportingWallet"]
        assert [(one["name"], one["asset"]) for one in wallet["inputs"]] == [
            ("crossWalletBalance", "USDT")
        ]
        assert [source["asset"] for source in found["postings"]] == ["USDT"]
        even = await explained(house, "field=breakEvenPrice&symbol=BTCUSDT")
        assert even["fields"][0]["value"] == "65032.60005"
        ratio = await explained(house, "field=marginRatio&symbol=BTCUSDT")
        assert ratio["fields"][0]["formula"] == (
            "poolMaintMargin / poolBalance if poolBalance > 0 else 1 if poolMaintMargin > 0 else 0"
        )
        assert ratio["fields"][0]["value"] == "0.02608503"

    in_house(scene)


def test_an_overview_shows_what_differs_from_a_new_account() -> None:
    async def scene(house: House) -> None:
        fresh = await explained(house)
        assert {one.get("asset") or one.get("symbol") for one in fresh["fields"]} == {None}
        assert len(fresh["fields"]) == 20
        assert "postings" not in fresh
        await house.transfer("MAIN_UMFUTURE", "BTC", "1")
        await house.transfer("UMFUTURE_MAIN", "BTC", "1")
        moved = await explained(house)
        assert {one["asset"] for one in moved["fields"] if "asset" in one} == {"BTC"}
        assert len(moved["fields"]) == 20 + 17

    in_house(scene)


def test_the_rows_of_a_symbol_follow_the_position_mode() -> None:
    async def scene(house: House) -> None:
        one_way = await explained(house, "symbol=BTCUSDT")
        assert [one["positionSide"] for one in one_way["fields"]] == ["BOTH"] * 28
        await house.signed(*HEDGE)
        hedge = await explained(house, "symbol=BTCUSDT")
        assert [one["positionSide"] for one in hedge["fields"]] == ["LONG"] * 28 + ["SHORT"] * 28

    in_house(scene)


def test_all_fields_of_an_asset_show_direct_inputs_and_its_own_postings() -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "7")
        await house.transfer("MAIN_UMFUTURE", "BTC", "1")
        await house.signed(*MULTI)
        found = await explained(house, "asset=BTC")
        assert len(found["fields"]) == 17
        inputs = [part for one in found["fields"] for part in one.get("inputs", ())]
        assert {"available", "askRate", "withdrawable"} <= {part["name"] for part in inputs}
        assert not any("inputs" in part for part in inputs)
        assert [source["asset"] for source in found["postings"]] == ["BTC"]

    in_house(scene)


@pytest.mark.parametrize(("query", "shown"), [("", 10), ("&postings=0", 0), ("&postings=12", 12)])
def test_the_newest_postings_are_counted(query: str, shown: int) -> None:
    async def scene(house: House) -> None:
        for _ in range(13):
            await house.transfer("MAIN_UMFUTURE", "USDT", "1")
        found = await explained(house, "field=walletBalance&asset=USDT" + query)
        [source] = found["postings"]
        assert (source["count"], source["amount"]) == (13, "13.00000000")
        assert len(source["newest"]) == shown

    in_house(scene)


def test_what_is_posted_after_the_explanation_is_left_out() -> None:
    async def scene(house: House) -> None:
        await house.transfer("MAIN_UMFUTURE", "USDT", "1")
        before = house.state.seq
        await house.transfer("MAIN_UMFUTURE", "USDT", "2")
        asked = BalanceSource(Uid(DEMO_UID), UMFUTURE, "USDT", 10, Seq(before))
        view = await house.opened.venue.read(asked)
        assert view.sums == {"TRANSFER": (1, 10**8)}
        assert [row.units for row in view.newest] == [10**8]

    in_house(scene)


@pytest.mark.parametrize(
    ("query", "status", "code", "message"),
    [
        ("asset=USDT&symbol=BTCUSDT", 400, "malformed",
         "asset, symbol: a field is of one or the other; name one"),
        ("postings=x", 400, "malformed", "postings: a whole number from zero is meant"),
        ("field=initialMargin", 400, "malformed",
         "field: initialMargin is explained where an asset or a symbol is named"),
        ("field=walletBalance&symbol=BTCUSDT", 400, "malformed",
         "field: walletBalance is explained where an asset is named"),
        ("field=feeTier&asset=USDT", 400, "malformed",
         "field: feeTier is explained where no asset or symbol is named"),
        ("field=leverage", 400, "malformed",
         "field: leverage is explained where a symbol is named"),
        ("asset=MOON", 404, "unknown_asset", "MOON is no asset of the futures account"),
        ("asset=DOGE&field=balance", 404, "unknown_asset",
         "DOGE is no asset of the futures account"),
        ("symbol=MOONUSDT", 404, "unknown_symbol", "no symbol MOONUSDT is listed"),
    ],
)  # fmt: skip
def test_refusals(query: str, status: int, code: str, message: str) -> None:
    async def scene(house: House) -> None:
        answer = await ask(house, query)
        assert answer.error == (status, code)
        assert answer.json["error"]["message"] == message

    in_house(scene)


@pytest.mark.parametrize("query", ["", "field=feeTier", "asset=MOON", "symbol=MOON"])
def test_an_unknown_account(query: str) -> None:
    async def scene(house: House) -> None:
        assert (await ask(house, query, uid=7)).error == (404, "unknown_account")

    in_house(scene)


@pytest.mark.parametrize("field", ["nothing", "bidRate", "assets", "availablebalance"])
@pytest.mark.parametrize("of", ["", "&asset=USDT", "&asset=MOON"])
def test_an_unknown_field_lists_the_fields(field: str, of: str) -> None:
    async def scene(house: House) -> None:
        answer = await ask(house, f"field={field}{of}")
        assert answer.error == (400, "unknown_field")
        message = answer.json["error"]["message"]
        assert message.startswith(
            f"no field {field} is explained. Of the account: feeTier, feeBurn,"
        )
        assert "; of an asset: accountAlias, asset, walletBalance, balance," in message
        assert "; of a position: symbol, initialMargin," in message

    in_house(scene)
