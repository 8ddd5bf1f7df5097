"""What the calls of the control plane do."""

import pytest

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.runtime.genesis import DEMO_KEY
from unit.api.harness import NOW, House, in_house
from unit.wallets.readings import balances


async def symbols(house: House) -> dict[str, dict[str, object]]:
    rows = (await house.send("GET", "/fapi/v1/exchangeInfo")).json["symbols"]
    return {row["symbol"]: row for row in rows}


@pytest.mark.parametrize(
    ("number", "held"),
    [
        (b"0.1", "0.1"),
        (b"0.10000000", "0.1"),
        (b"1234567.12345678", "1234567.12345678"),
        (b"90071992547.40993", "90071992547.40993"),
        (b"9007199254.74099301", "9007199254.74099301"),  # no double holds it
        (b"0.00000001", "0.00000001"),
        (b"7", "7"),
        (b'"7.5"', "7.5"),
    ],
)
def test_a_number_is_a_decimal_never_a_float(number: bytes, held: str) -> None:
    async def scene(house: House) -> None:
        body = b'{"wallet":"FUNDING","asset":"USDT","amount":%b}' % number
        made = await house.control("POST", "/accounts/1000001/deposits", body)
        assert made.status == 200, made.body
        assert (await balances(house, "USDT", ()))["FUNDING"].rstrip("0").rstrip(".") == held

    in_house(scene)


def test_an_account_is_opened_with_what_the_body_says() -> None:
    async def scene(house: House) -> None:
        body = {
            "label": "desk 7",
            "uid": 42,
            "apiKey": "a" * 64,
            "apiSecret": "b" * 64,
            "balances": {"MAIN": {"USDT": "5", "BTC": 0}, "ISOLATED_MARGIN:BTCUSDT": {"BTC": 0.25}},
        }
        made = await house.control("POST", "/accounts", body)
        assert made.json == {"uid": 42, "apiKey": "a" * 64, "apiSecret": "b" * 64}
        shown = (await house.control("GET", "/accounts/42")).json
        assert (shown["uid"], shown["label"], shown["createTime"]) == (42, "desk 7", NOW)
        assert shown["balances"] == {
            "MAIN": {"USDT": "5.00000000"},
            "ISOLATED_MARGIN:BTCUSDT": {"BTC": "0.25000000"},
        }
        assert b"b" * 64 not in (await house.control("GET", "/accounts/42")).body
        owner = house.as_key("a" * 64, "b" * 64, 42)
        assert (await owner.signed("GET", "/api/v3/account")).json["uid"] == 42
        following = await house.control("POST", "/accounts", {})
        assert following.json["uid"] == 1_000_002

    in_house(scene)


def test_keys_and_secrets_have_the_exchange_s_shape() -> None:
    async def scene(house: House) -> None:
        made = (await house.control("POST", "/accounts", {})).json
        for text in (made["apiKey"], made["apiSecret"]):
            assert len(text) == 64
            assert text.isascii()
            assert text.isalnum()
        assert made["apiKey"] != made["apiSecret"]

    in_house(scene)


def test_withdrawal() -> None:
    async def scene(house: House) -> None:
        body = {"wallet": "MAIN", "asset": "BTC", "amount": "10"}
        assert (await house.control("POST", "/accounts/1000001/withdrawals", body)).status == 200
        assert await balances(house, "BTC", ()) == {}
        check = (await house.control("GET", "/ledger/check")).json
        assert (check["ok"], check["assets"]["BTC"]["sum"]) == (True, "0.00000000")

    in_house(scene)


def test_a_revoked_key_s_name_is_never_given_again() -> None:
    async def scene(house: House) -> None:
        await house.control("DELETE", f"/accounts/1000001/keys/{DEMO_KEY}")
        refused = await house.control("POST", "/accounts", {"apiKey": DEMO_KEY})
        assert refused.error == (409, "key_taken")

    in_house(scene)


def test_a_new_symbol() -> None:
    async def scene(house: House) -> None:
        body = {"baseAsset": "PEPE", "quoteAsset": "USDT", "tickSize": "0.0010", "minNotional": "7"}
        made = await house.control("PUT", "/symbols/PEPEUSDT", body)
        assert (made.status, made.json) == (200, {"symbol": "PEPEUSDT"})
        shown = (await symbols(house))["PEPEUSDT"]
        assert (shown["baseAsset"], shown["marginAsset"]) == ("PEPE", "USDT")
        filters = shown["filters"]
        assert isinstance(filters, list)
        assert filters[0]["tickSize"] == "0.0010"
        assert {f["notional"] for f in filters if "notional" in f} == {"7"}
        rows = (await house.signed("GET", "/fapi/v2/account")).json["positions"]
        assert "PEPEUSDT" in {row["symbol"] for row in rows}
        coins = (await house.signed("GET", "/sapi/v1/capital/config/getall")).json
        assert "PEPE" in {coin["coin"] for coin in coins}
        isolated = {"toSymbol": "PEPEUSDT"}
        assert (await house.transfer("MAIN_ISOLATED_MARGIN", "USDT", "1", **isolated)).status == 200

    in_house(scene)


def test_a_symbol_in_another_script() -> None:
    async def scene(house: House) -> None:
        body = {"baseAsset": "\u5e01\u5b89", "quoteAsset": "USDT"}
        name = "\u5e01\u5b89USDT"
        assert (await house.control("PUT", f"/symbols/{name}", body)).json == {"symbol": name}
        assert name in await symbols(house)
        moved = await house.transfer("MAIN_ISOLATED_MARGIN", "USDT", "1", toSymbol=name)
        assert moved.status == 200

    in_house(scene)


def test_a_changed_symbol_keeps_what_is_left_out() -> None:
    async def scene(house: House) -> None:
        before = await symbols(house)
        changed = await house.control("PUT", "/symbols/BTCUSDT", {"tickSize": "0.50"})
        assert changed.status == 200
        after = await symbols(house)
        assert list(after) == list(before)
        filters = after["BTCUSDT"]["filters"]
        assert isinstance(filters, list)
        assert filters[0]["tickSize"] == "0.50"
        filters[0]["tickSize"] = "0.10"
        assert after == before

    in_house(scene)


def test_the_tiers_of_a_symbol() -> None:
    """maxNotional of a flat position is the cap of the highest tier that allows its leverage."""

    async def scene(house: House) -> None:
        tier = {"notionalFloor": 0, "maintMarginRatio": 0.01, "cum": 0}
        brackets = [
            {**tier, "initialLeverage": 50, "notionalCap": 1000},
            {**tier, "initialLeverage": 20, "notionalCap": "2500.5"},
            {**tier, "initialLeverage": 5, "notionalCap": 9000},
        ]
        changed = await house.control("PUT", "/symbols/BTCUSDT", {"brackets": brackets})
        assert changed.status == 200
        rows = (await house.signed("GET", "/fapi/v2/account")).json["positions"]
        [row] = [row for row in rows if row["symbol"] == "BTCUSDT"]
        assert (row["leverage"], row["maxNotional"]) == ("20", "2500.5")

    in_house(scene)


def test_an_index_price_values_wallets() -> None:
    async def scene(house: House) -> None:
        set_to = await house.control("PUT", "/assets/BTC/index", {"index": 50_000})
        assert set_to.json == {"asset": "BTC", "index": "50000"}
        await house.transfer("MAIN_FUNDING", "BTC", "2")
        params = {"quoteAsset": "USDT"}
        rows = (await house.signed("GET", "/sapi/v1/asset/wallet/balance", params)).json
        assert {r["walletName"]: r["balance"] for r in rows}["Funding"] == "100000"

    in_house(scene)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"mode": "frozen", "now": 5}, {"mode": "frozen", "now": 5}),
        ({"mode": "frozen"}, {"mode": "frozen", "now": NOW}),
        ({"mode": "scaled", "rate": 2.5}, {"mode": "scaled", "now": NOW, "rate": "2.5"}),
    ],
)
def test_the_clock(body: dict[str, object], answer: dict[str, object]) -> None:
    async def scene(house: House) -> None:
        assert (await house.control("PUT", "/clock", body)).json == answer
        shown = (await house.control("GET", "/clock")).json
        assert shown["mode"] == answer["mode"]

    in_house(scene)


def test_the_real_clock_goes_on_at_the_real_time() -> None:
    """The journal has it, so that what time was skipped is known from there."""

    async def scene(house: House) -> None:
        before = wall_clock_ms()
        answer = (await house.control("PUT", "/clock", {"mode": "real"})).json
        assert answer["mode"] == "real"
        assert before <= answer["now"] <= wall_clock_ms()
        assert (await house.control("GET", "/clock")).json["mode"] == "real"

    in_house(scene)


def test_reset() -> None:
    """As on the first day, but for what must never repeat: positions and movement numbers."""

    async def scene(house: House) -> None:
        customer = await house.account(MAIN={"USDT": "5"})
        last = (await house.transfer("MAIN_FUNDING", "USDT", "1")).json["tranId"]
        await house.control("PUT", "/symbols/NEWUSDT", {"baseAsset": "NEW", "quoteAsset": "USDT"})
        await house.control("PUT", "/assets/BTC/index", {"index": 1})
        seq = house.state.seq
        answer = await house.control("POST", "/reset")
        assert (answer.status, answer.json) == (200, {})
        assert house.state.seq > seq
        await house.control("PUT", "/clock", {"mode": "frozen", "now": NOW})
        assert await balances(house, "USDT", ()) == {"MAIN": "100000.00000000"}
        assert (await customer.signed("GET", "/api/v3/account")).status == 401
        assert "NEWUSDT" not in await symbols(house)
        assert house.state.catalogue.indices["BTC"] == 65_000 * 10**8
        listed = (await house.control("GET", "/accounts")).json["accounts"]
        assert [account["uid"] for account in listed] == [1_000_001]
        history = await house.signed("GET", "/sapi/v1/asset/transfer", {"type": "MAIN_FUNDING"})
        assert history.json == {"total": 0, "rows": []}
        assert (await house.transfer("MAIN_FUNDING", "USDT", "1")).json["tranId"] > last

    in_house(scene)


def test_accounts_are_paged_by_uid() -> None:
    async def scene(house: House) -> None:
        for _ in range(4):
            await house.control("POST", "/accounts", {})

        async def uids(query: str) -> list[int]:
            headers = {"host": "localhost"}
            path = "/_clearhouse/v1/accounts"
            found = (await house.send("GET", path, query, headers=headers)).json["accounts"]
            return [account["uid"] for account in found]

        assert await uids("") == [1_000_001, 1_000_002, 1_000_003, 1_000_004, 1_000_005]
        assert await uids("limit=2") == [1_000_001, 1_000_002]
        assert await uids("after=1000002&limit=2") == [1_000_003, 1_000_004]
        assert await uids("after=1000005") == []

    in_house(scene)


def test_postings_tell_every_leg() -> None:
    async def scene(house: House) -> None:
        tran_id = (await house.transfer("MAIN_UMFUTURE", "USDT", "1.5")).json["tranId"]
        headers = {"host": "localhost"}
        path = "/_clearhouse/v1/ledger/postings"
        query = f"uid=1000001&after={house.state.seq - 1}"
        found = (await house.send("GET", path, query, headers=headers)).json["postings"]
        common = {
            "seq": house.state.seq,
            "tranId": tran_id,
            "uid": 1_000_001,
            "asset": "USDT",
            "why": "TRANSFER",
            "time": NOW,
        }
        assert found == [
            {**common, "leg": 0, "wallet": "MAIN", "amount": "-1.50000000"},
            {**common, "leg": 1, "wallet": "UMFUTURE", "amount": "1.50000000"},
        ]

    in_house(scene)


@pytest.mark.parametrize("path", ["/health", "/ready", "/info"])
def test_how_it_is(path: str) -> None:
    async def scene(house: House) -> None:
        answer = await house.control("GET", path)
        assert answer.status == 200
        assert answer.headers["x-clearhouse"] == "0.1.0"
        expected = {
            "/health": {"status": "ok"},
            "/ready": {"status": "ready"},
        }
        if path in expected:
            assert answer.json == expected[path]
        else:
            assert answer.json["name"] == "clearhouse"
            assert answer.json["journal"] == {"seq": house.state.seq}

    in_house(scene)
