"""Explanations lead to what the endpoints answer, in every field, whatever an account is like.

The two are computed apart: answers by `margin/summary.py` and the endpoints, explanations by the
formulas of `margin/quantities.py`.
"""

import contextlib
from fractions import Fraction
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from clearhouse.ledger.chart import HOUSE
from clearhouse.ledger.postings import Posting
from clearhouse.margin.positions import all_held
from clearhouse.margin.ratio import Pool, account_pool, cross_pool, isolated
from clearhouse.messages.commands import (
    Command,
    DepositFunds,
    ListAsset,
    SetAssetIndex,
    SetFeeBurn,
    SetFees,
    SetLeverage,
    SetMarginType,
    SetMultiAssetsMode,
    SetPositionMode,
)
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import MovePositionMargin, PlaceOrder, SetPrice
from clearhouse.model.ids import VENUE, Uid
from clearhouse.model.instruments import Asset
from clearhouse.model.money import Money, fixed8
from clearhouse.model.orders import OrderKind, PositionSide, Side
from clearhouse.model.wallets import UMFUTURE
from unit.api.harness import House, in_house

PLAIN = "PLAIN"
"""An asset of the futures wallet that is no collateral."""
RISK_FIELDS = (
    "breakEvenPrice",
    "liquidationPrice",
    "markPrice",
    "marginAsset",
    "marginType",
    "isAutoAddMargin",
    "maxNotionalValue",
    "unRealizedProfit",
    "adl",
)
ASSETS = ("USDT", "USDC", "BTC", "ETH", PLAIN)
SYMBOLS = ("BTCUSDT", "ETHUSDC")
MODES = st.sampled_from(("multi", "multi", "single", "isolated"))
Example = tuple[dict[str, int], dict[str, int], dict[str, int], dict[str, int], str, bool, bool]
BID_RATE_OF_ZERO: Example = ({"BTC": 10**8, "USDT": 5}, {}, {"BTC": 1}, {}, "multi", False, False)
DEBT_ABOVE_ALL: Example = ({"USDT": 10**8}, {"BTC": 10**8}, {}, {}, "multi", False, False)

units = st.one_of(st.integers(1, 10**9), st.integers(1, 10**17), st.just(1))
prices = st.one_of(st.integers(1, 3), st.integers(1, 10**8), st.integers(10**8, 10**13))
deposits = st.dictionaries(st.sampled_from(ASSETS), units)
debts = st.dictionaries(st.sampled_from(ASSETS), units, max_size=2)
indices = st.dictionaries(st.sampled_from(ASSETS), prices)
leverages = st.dictionaries(st.sampled_from(SYMBOLS), st.integers(1, 75))


@settings(max_examples=60, deadline=None, derandomize=True)
@example(*BID_RATE_OF_ZERO)
@example(*DEBT_ABOVE_ALL)
@given(deposits, debts, indices, leverages, MODES, st.booleans(), st.booleans())
def test_every_field_is_explained_by_what_is_answered(
    held: dict[str, int],
    owed: dict[str, int],
    index: dict[str, int],
    leverage: dict[str, int],
    mode: str,
    hedge: bool,
    vip: bool,
) -> None:
    async def scene(house: House) -> None:
        uid = Uid(house.uid)
        listed = Asset(name=PLAIN, full_name=PLAIN, index=10**8, futures=True)
        commands: list[Command] = [ListAsset(listed)]
        commands += [SetAssetIndex(asset=name, index=price) for name, price in index.items()]
        commands += [
            DepositFunds(uid=uid, wallet=UMFUTURE, money=Money(name, amount))
            for name, amount in held.items()
        ]
        commands += [
            SetLeverage(uid=uid, symbol=name, leverage=times) for name, times in leverage.items()
        ]
        if vip:
            commands += [
                SetFeeBurn(uid=uid, on=False), SetFees(uid=uid, tier=3, maker=1, taker=2)
            ]  # fmt: skip
        if hedge:
            commands.append(SetPositionMode(uid=uid, hedge=True))
        if mode == "multi":
            commands.append(SetMultiAssetsMode(uid=uid, on=True))
        if mode == "isolated":
            commands.append(SetMarginType(uid=uid, symbol="BTCUSDT", isolated=True))
        await house.opened.venue.submit_all(commands)
        for name, amount in owed.items():
            debt = Posting(uid, UMFUTURE, name, -amount)
            house.state.books.post((debt, Posting(VENUE, HOUSE, name, amount)))
        await compare(house)

    in_house(scene)


Traded = tuple[str, bool, bool, int, int]
"""Symbol, buy, long side, thousandths of a piece, and the price off the mark in tenths of a
percent, 0 for a market order."""
traded = st.lists(
    st.tuples(
        st.sampled_from(SYMBOLS),
        st.booleans(),
        st.booleans(),
        st.integers(1, 3000),
        st.one_of(st.just(0), st.just(0), st.integers(-40, 40)),
    ),
    min_size=1,
    max_size=8,
)
moves = st.dictionaries(st.sampled_from(SYMBOLS), st.integers(-150, 150))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(traded, moves, leverages, MODES, st.booleans(), st.booleans())
def test_positions_and_orders_are_explained_by_what_is_answered(
    orders: list[Traded],
    moved: dict[str, int],
    leverage: dict[str, int],
    mode: str,
    hedge: bool,
    added: bool,
) -> None:
    async def scene(house: House) -> None:
        uid = Uid(house.uid)
        commands: list[Command] = [ListAsset(Asset(name=PLAIN, full_name=PLAIN, index=10**8,
                                                   futures=True))]  # fmt: skip
        commands += [
            DepositFunds(uid=uid, wallet=UMFUTURE, money=Money(name, 100_000 * 10**8))
            for name in ("USDT", "USDC")
        ]
        commands += [
            SetLeverage(uid=uid, symbol=name, leverage=times) for name, times in leverage.items()
        ]
        if hedge:
            commands.append(SetPositionMode(uid=uid, hedge=True))
        if mode == "multi":
            commands.append(SetMultiAssetsMode(uid=uid, on=True))
        if mode == "isolated":
            commands.append(SetMarginType(uid=uid, symbol="BTCUSDT", isolated=True))
        await house.opened.venue.submit_all(commands)
        for one in orders:
            with contextlib.suppress(Rejected):
                await house.opened.venue.submit(order(house, one, hedge=hedge))
        for symbol, thousandths in moved.items():
            market = house.state.markets[symbol]
            price = market.mark * (1000 + thousandths) // 1000
            await house.opened.venue.submit(SetPrice(symbol=symbol, mark=price, last=market.last))
        if added:
            with contextlib.suppress(Rejected):
                await house.opened.venue.submit(
                    MovePositionMargin(
                        uid=uid,
                        symbol="BTCUSDT",
                        position_side=PositionSide.BOTH,
                        amount=12_345_678,
                        add=True,
                    )
                )
        await compare(house)

    in_house(scene)


def order(house: House, traded: Traded, *, hedge: bool) -> PlaceOrder:
    symbol, buy, long, thousandths, off = traded
    rules, mark = house.state.catalogue.rules[symbol], house.state.markets[symbol].mark
    price = mark * (1000 + off) // 1000 // rules.tick * rules.tick if off else 0
    side = PositionSide.LONG if long else PositionSide.SHORT
    return PlaceOrder(
        uid=Uid(house.uid),
        symbol=symbol,
        side=Side.BUY if buy else Side.SELL,
        position_side=side if hedge else PositionSide.BOTH,
        kind=OrderKind.LIMIT if price else OrderKind.MARKET,
        quantity=thousandths * 10**5,
        price=price,
    )


async def compare(house: House) -> None:
    """Every field of every row of the four answers."""
    whole = await explained(house, "")
    v2 = (await house.signed("GET", "/fapi/v2/account")).json
    v3 = (await house.signed("GET", "/fapi/v3/account")).json
    for answer in (v2, v3):
        shown = {name: value for name, value in answer.items() if not isinstance(value, list)}
        assert shown == pick(whole, shown)
    for version in (2, 3):
        balances = (await house.signed("GET", f"/fapi/v{version}/balance")).json
        rows = [*balances, *(v2 if version == 2 else v3)["assets"]]
        for row in rows:
            assert row == pick(await explained(house, f"?asset={row['asset']}"), row)
    risks = (await house.signed("GET", "/fapi/v2/positionRisk")).json
    risks += (await house.signed("GET", "/fapi/v3/positionRisk")).json
    for row in risks:
        found = await explained(house, f"?symbol={row['symbol']}")
        side = [one for one in found if one["positionSide"] == row["positionSide"]]
        shown = {name: row[name] for name in RISK_FIELDS if name in row}
        assert shown == pick(side, shown)
    await compare_ratios(house)
    for row in (*v2["positions"], *v3["positions"]):
        found = await explained(house, f"?symbol={row['symbol']}")
        side = [one for one in found if one["positionSide"] == row["positionSide"]]
        assert row == pick(side, row)
    assert {row["asset"] for row in v2["assets"]} >= {*ASSETS}
    assert all(row["initialMargin"] != "0" for row in v3["positions"] if row["notional"] != "0")


async def compare_ratios(house: House) -> None:
    """Margin ratios, against the pools that decide liquidations."""
    uid, state = Uid(house.uid), house.state
    account = state.futures.of(uid)
    place = state.catalogue, state.markets, state.books, account, uid
    collateral = [name for name in ASSETS if name != PLAIN]
    pools = {name: cross_pool(*place, name) for name in ASSETS}
    if account.multi_assets:
        pools |= dict.fromkeys(collateral, account_pool(*place))
    for name, pool in pools.items():
        fields = await explained(house, f"?asset={name}&field=marginRatio")
        assert fields[0]["value"] == ratio(pool)
    whole = await explained(house, "?field=marginRatio")
    assert whole[0]["value"] == ratio(pools["USDT"])
    for one in all_held(state.catalogue, state.markets, account):
        fields = await explained(house, f"?symbol={one.contract.symbol}&field=marginRatio")
        (value,) = [row["value"] for row in fields if row["positionSide"] == one.side]
        assert value == ratio(isolated(one) if one.isolated else pools[one.contract.margin_asset])


def ratio(pool: Pool) -> str:
    if pool.balance <= 0:
        return "1.00000000" if pool.maint else "0.00000000"
    return fixed8(int(Fraction(pool.maint * 10**8, pool.balance)))


async def explained(house: House, query: str) -> list[dict[str, Any]]:
    path, _, text = f"/_clearhouse/v1/accounts/{house.uid}/explain{query}".partition("?")
    answer = await house.send("GET", path, text, headers={"host": "127.0.0.1:7400"})
    assert answer.status == 200, answer.body
    fields: list[dict[str, Any]] = answer.json["fields"]
    return fields


def pick(fields: list[dict[str, Any]], shown: dict[str, Any]) -> dict[str, Any]:
    """The explained values of the fields of a row; the first of a name is the row's own."""
    found: dict[str, Any] = {}
    for one in fields:
        found.setdefault(one["name"], one["value"])
    return {name: found[name] for name in shown}
