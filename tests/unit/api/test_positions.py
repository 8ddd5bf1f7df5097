"""Positions over REST and the WebSocket API: which rows there are, and how numbers are written.

The account has 10,000 USDT. BTCUSDT is at 65,000, where the house sells at 65,000.10.
"""

import pytest

from clearhouse.messages.events import Event
from clearhouse.messages.trading_commands import PlaceOrder, SetPrice
from clearhouse.model.ids import Uid
from clearhouse.model.orders import OrderKind, PositionSide, Side
from unit.api.harness import NOW, House, in_house

UNIT = 10**8
TYPE = "/fapi/v1/marginType"


async def buy(
    house: House,
    quantity: int,
    *,
    at: int = 0,
    side: PositionSide = PositionSide.BOTH,
    sell: bool = False,
) -> tuple[Event, ...]:
    """A market order, or one at a price that rests."""
    return await house.opened.venue.submit(
        PlaceOrder(
            uid=Uid(house.uid),
            symbol="BTCUSDT",
            side=Side.SELL if sell else Side.BUY,
            position_side=side,
            kind=OrderKind.LIMIT if at else OrderKind.MARKET,
            quantity=quantity,
            price=at * UNIT,
        )
    )


async def fund(house: House) -> None:
    await house.transfer("MAIN_UMFUTURE", "USDT", "10000")


async def mark(house: House, price: int) -> None:
    await house.opened.venue.submit(SetPrice(symbol="BTCUSDT", mark=price * UNIT))


FLAT_V2 = {
    "entryPrice": "0.00000",
    "breakEvenPrice": "0.0",
    "marginType": "cross",
    "isAutoAddMargin": "false",
    "isolatedMargin": "0.00000000",
    "leverage": "20",
    "liquidationPrice": "0",
    "markPrice": "65000.00000000",
    "maxNotionalValue": "100000000",
    "positionAmt": "0.000",
    "notional": "0",
    "isolatedWallet": "0",
    "symbol": "BTCUSDT",
    "unRealizedProfit": "0.00000000",
    "positionSide": "BOTH",
    "updateTime": 0,
}
OPEN_V2 = FLAT_V2 | {
    "entryPrice": "65000.1",
    "breakEvenPrice": "65032.60005",
    "liquidationPrice": "54959.53966867",
    "positionAmt": "1.000",
    "notional": "65000.00000000",
    "unRealizedProfit": "-0.10000000",
    "updateTime": NOW,
}
OPEN_V3 = {
    "symbol": "BTCUSDT",
    "positionSide": "BOTH",
    "positionAmt": "1.000",
    "entryPrice": "65000.1",
    "breakEvenPrice": "65032.60005",
    "markPrice": "65000.00000000",
    "unRealizedProfit": "-0.10000000",
    "liquidationPrice": "54959.53966867",
    "isolatedMargin": "0",
    "notional": "65000.00000000",
    "marginAsset": "USDT",
    "isolatedWallet": "0",
    "initialMargin": "3250.00000000",
    "maintMargin": "260.00000000",
    "positionInitialMargin": "3250.00000000",
    "openOrderInitialMargin": "0",
    "adl": 0,
    "bidNotional": "0",
    "askNotional": "0",
    "updateTime": NOW,
}


def test_position_information() -> None:
    """10,000 − 32.50005 wallet: (9967.49995 + cum − 65000.1) / (0.004 − 1), at the tier there."""

    async def scene(house: House) -> None:
        await fund(house)
        flat = await house.signed("GET", "/fapi/v2/positionRisk", {"symbol": "BTCUSDT"})
        assert flat.json == [FLAT_V2]
        assert list(flat.json[0]) == list(FLAT_V2)
        every = (await house.signed("GET", "/fapi/v2/positionRisk")).json
        assert [row["symbol"] for row in every] == list(house.state.catalogue.contracts)
        assert (await house.signed("GET", "/fapi/v3/positionRisk")).json == []
        await buy(house, UNIT)
        [v2] = (await house.signed("GET", "/fapi/v2/positionRisk", {"symbol": "BTCUSDT"})).json
        [v3] = (await house.signed("GET", "/fapi/v3/positionRisk")).json
        assert v2 == OPEN_V2 | {"liquidationPrice": v2["liquidationPrice"]}
        assert v3 == OPEN_V3 | {"liquidationPrice": v2["liquidationPrice"]}
        assert list(v3) == list(OPEN_V3)

    in_house(scene)


def test_account_information_shows_positions_among_flat_rows() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        before = (await house.signed("GET", "/fapi/v2/account")).json["positions"]
        await buy(house, UNIT)
        await buy(house, UNIT // 10, at=60_000)
        await mark(house, 65_100)
        found = (await house.signed("GET", "/fapi/v2/account")).json
        assert [row["symbol"] for row in found["positions"]] == [row["symbol"] for row in before]
        [own] = [row for row in found["positions"] if row["symbol"] == "BTCUSDT"]
        assert own == {
            "symbol": "BTCUSDT",
            "initialMargin": "3555",
            "maintMargin": "260.4",
            "unrealizedProfit": "99.90000000",
            "positionInitialMargin": "3255",
            "openOrderInitialMargin": "300",
            "leverage": "20",
            "isolated": False,
            "entryPrice": "65000.1",
            "maxNotional": "100000000",
            "bidNotional": "6000",
            "askNotional": "0",
            "positionSide": "BOTH",
            "positionAmt": "1.000",
            "updateTime": NOW,
        }
        others = [row for row in found["positions"] if row["symbol"] != "BTCUSDT"]
        assert others == [row for row in before if row["symbol"] != "BTCUSDT"]
        assert found["totalInitialMargin"] == "3555.00000000"
        assert found["totalMaintMargin"] == "260.40000000"
        assert found["totalWalletBalance"] == "9967.49995000"
        assert found["totalMarginBalance"] == "10067.39995000"
        assert found["availableBalance"] == "6512.39995000"
        assert found["maxWithdrawAmount"] == "6512.39995000"
        [row] = (await house.signed("GET", "/fapi/v3/account")).json["positions"]
        assert row == {
            "symbol": "BTCUSDT",
            "positionSide": "BOTH",
            "positionAmt": "1.000",
            "unrealizedProfit": "99.90000000",
            "isolatedMargin": "0.00000000",
            "notional": "65100",
            "isolatedWallet": "0",
            "initialMargin": "3555",
            "maintMargin": "260.4",
            "updateTime": NOW,
        }

    in_house(scene)


def test_an_order_alone_makes_a_row_of_version_3() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await buy(house, UNIT // 10, at=60_000)
        [row] = (await house.signed("GET", "/fapi/v3/positionRisk")).json
        assert (row["positionAmt"], row["entryPrice"], row["breakEvenPrice"]) == (
            "0.000", "0.00000", "0.0"
        )  # fmt: skip
        assert (row["initialMargin"], row["positionInitialMargin"]) == ("300.00000000", "0")
        assert (row["openOrderInitialMargin"], row["bidNotional"]) == (
            "300.00000000", "6000.00000000"
        )  # fmt: skip
        assert (row["notional"], row["liquidationPrice"], row["updateTime"]) == ("0", "0", 0)
        [row] = (await house.signed("GET", "/fapi/v3/account")).json["positions"]
        assert (row["positionAmt"], row["initialMargin"]) == ("0", "300")

    in_house(scene)


def test_an_isolated_position_keeps_a_wallet_of_its_own() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await house.signed("POST", TYPE, {"symbol": "BTCUSDT", "marginType": "ISOLATED"})
        await buy(house, UNIT)
        wallet = "3217.49995000"  # 65,000 · 0.05 − 32.50005
        [v2] = (await house.signed("GET", "/fapi/v2/positionRisk", {"symbol": "BTCUSDT"})).json
        assert (v2["marginType"], v2["isolatedWallet"]) == ("isolated", wallet)
        assert v2["isolatedMargin"] == "3217.39995000"
        account = (await house.signed("GET", "/fapi/v2/account")).json
        assert account["totalWalletBalance"] == "9967.49995000"
        assert account["totalCrossWalletBalance"] == "6750.00000000"
        assert account["totalUnrealizedProfit"] == "-0.10000000"
        assert account["totalCrossUnPnl"] == "0.00000000"
        assert account["availableBalance"] == account["maxWithdrawAmount"] == "6750.00000000"
        [balance] = [
            row for row in (await house.signed("GET", "/fapi/v3/balance")).json
            if row["asset"] == "USDT"
        ]  # fmt: skip
        assert (balance["balance"], balance["crossWalletBalance"]) == (
            "9967.49995000", "6750.00000000"
        )  # fmt: skip
        [row] = (await house.signed("GET", "/fapi/v3/account")).json["positions"]
        assert (row["isolatedWallet"], row["isolatedMargin"]) == ("3217.49995", "3217.39995000")

    in_house(scene)


def test_margin_is_given_and_taken() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await house.signed("POST", TYPE, {"symbol": "BTCUSDT", "marginType": "ISOLATED"})
        await buy(house, UNIT)
        path, symbol = "/fapi/v1/positionMargin", {"symbol": "BTCUSDT"}
        added = await house.signed("POST", path, symbol | {"amount": "100.5", "type": "1"})
        assert added.body == (
            b'{"amount":100.5,"code":200,"msg":"Successfully modify position margin.","type":1}'
        )
        taken = await house.signed("POST", path, symbol | {"amount": "60", "type": "2"})
        assert taken.json["type"] == 2
        [v3] = (await house.signed("GET", "/fapi/v3/positionRisk")).json
        assert v3["isolatedWallet"] == "3257.99995000"
        [row] = [r for r in (await house.signed("GET", "/fapi/v2/account")).json["assets"]
                 if r["asset"] == "USDT"]  # fmt: skip
        assert row["walletBalance"] == "9967.49995000"
        assert row["crossWalletBalance"] == "6709.50000000"
        beyond = await house.signed("POST", path, symbol | {"amount": "8", "type": "2"})
        assert beyond.refusal[1] == -4051
        assert beyond.headers["x-clearhouse-hint"] == "at most 7.89995000 USDT"
        history = await house.signed("GET", path + "/history", symbol)
        first = {
            "symbol": "BTCUSDT",
            "type": 1,
            "deltaType": "USER_ADJUST",
            "amount": "100.50000000",
            "asset": "USDT",
            "time": NOW,
            "positionSide": "BOTH",
        }
        second = first | {"type": 2, "amount": "60.00000000"}
        assert history.json == [first, second]
        for direction, rows in (("1", [first]), ("2", [second])):
            only = await house.signed("GET", path + "/history", symbol | {"type": direction})
            assert only.json == rows
        assert (await house.signed("GET", path + "/history", {"symbol": "ETHUSDT"})).json == []

    in_house(scene)


def test_the_rows_of_hedge_mode() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await house.signed("POST", "/fapi/v1/positionSide/dual", {"dualSidePosition": "true"})
        await buy(house, UNIT // 10, side=PositionSide.LONG)
        path, symbol = "/fapi/v2/positionRisk", {"symbol": "BTCUSDT"}
        long, short = (await house.signed("GET", path, symbol)).json
        assert (long["positionSide"], long["positionAmt"]) == ("LONG", "0.100")
        assert (short["positionSide"], short["positionAmt"]) == ("SHORT", "0.000")
        assert short["entryPrice"] == "0.00000"
        await buy(house, UNIT // 20, side=PositionSide.SHORT, sell=True)
        long, short = (await house.signed("GET", "/fapi/v3/positionRisk", symbol)).json
        assert (short["positionAmt"], short["notional"]) == ("-0.050", "-3250.00000000")
        assert long["liquidationPrice"] == short["liquidationPrice"]
        rows = (await house.signed("GET", "/fapi/v2/account")).json["positions"]
        assert [(r["positionSide"], r["positionAmt"]) for r in rows if r["symbol"] == "BTCUSDT"] == [
            ("LONG", "0.100"), ("SHORT", "-0.050")
        ]  # fmt: skip

    in_house(scene)


@pytest.mark.parametrize(
    ("hedge", "isolated", "places"),
    [
        (False, False, {"LONG": 0, "SHORT": 0, "BOTH": 4}),
        (False, True, {"LONG": 0, "SHORT": 0, "BOTH": 4}),
        (True, False, {"LONG": 4, "SHORT": 0, "HEDGE": 0}),
        (True, True, {"LONG": 4, "SHORT": 0, "BOTH": 0}),
    ],
)
def test_places_in_the_queue(*, hedge: bool, isolated: bool, places: dict[str, int]) -> None:
    async def scene(house: House) -> None:
        await fund(house)
        path = "/fapi/v1/adlQuantile"
        assert (await house.signed("GET", path)).json == []
        if hedge:
            await house.signed("POST", "/fapi/v1/positionSide/dual", {"dualSidePosition": "true"})
        if isolated:
            await house.signed("POST", TYPE, {"symbol": "BTCUSDT", "marginType": "ISOLATED"})
        none = (await house.signed("GET", path, {"symbol": "BTCUSDT"})).json
        assert none == [{"symbol": "BTCUSDT", "adlQuantile": dict.fromkeys(places, 0)}]
        await buy(house, UNIT // 10, side=PositionSide.LONG if hedge else PositionSide.BOTH)
        await mark(house, 66_000)
        assert (await house.signed("GET", path)).json == [
            {"symbol": "BTCUSDT", "adlQuantile": places}
        ]
        if hedge and not isolated:
            await buy(house, UNIT // 20, side=PositionSide.SHORT, sell=True)
            assert (await house.signed("GET", path)).json == [
                {"symbol": "BTCUSDT", "adlQuantile": {"LONG": 4, "SHORT": 4, "HEDGE": 0}}
            ]
        [v3, *_] = (await house.signed("GET", "/fapi/v3/positionRisk")).json
        assert v3["adl"] == 4

    in_house(scene)


def test_the_websocket_api_has_the_same_rows() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await buy(house, UNIT)
        for path, method in (
            ("/fapi/v2/positionRisk", "account.position"),
            ("/fapi/v3/positionRisk", "v2/account.position"),
        ):
            rest = (await house.signed("GET", path, {"symbol": "BTCUSDT"})).json
            async with house.socket() as socket:
                answer = await socket.signed(method, symbol="BTCUSDT")
            assert (answer["status"], answer["result"]) == (200, rest)

    in_house(scene)


def test_a_higher_leverage_of_an_isolated_position_leaves_its_wallet() -> None:
    async def scene(house: House) -> None:
        await fund(house)
        await house.signed("POST", TYPE, {"symbol": "BTCUSDT", "marginType": "ISOLATED"})
        await buy(house, UNIT // 10)
        chosen = await house.signed(
            "POST", "/fapi/v1/leverage", {"symbol": "BTCUSDT", "leverage": 50}
        )
        assert chosen.status == 200
        [v3] = (await house.signed("GET", "/fapi/v3/positionRisk")).json
        assert (v3["isolatedWallet"], v3["initialMargin"]) == ("321.74999500", "130.00000000")

    in_house(scene)
