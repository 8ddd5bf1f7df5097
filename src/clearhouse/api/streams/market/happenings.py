"""Streams of what happens now and then: liquidation orders, and contracts that are configured.

Sources: «Liquidation Order Streams», «All Market Liquidation Order Streams», «Contract Info
Stream».
"""

from collections.abc import Iterator

from msgspec import UNSET, Raw, Struct, UnsetType
from typing_extensions import override

from clearhouse.api.fapi.brackets import Number
from clearhouse.api.streams.market.channel import SYMBOL_CLASS, Channel, Seen
from clearhouse.messages.market_notices import ContractChanged, MarketNotice, PositionForced
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Bracket, Contract
from clearhouse.model.money import divide_toward_zero, trimmed
from clearhouse.model.orders import Order, OrderKind, OrderStatus, Side, TimeInForce

PERPETUAL, TRADING, NO_DELIVERY = "PERPETUAL", "TRADING", Millis(4133404800000)


class ForcedOrder(Struct, frozen=True, kw_only=True):
    """An order that liquidates, as it was after its last fill."""

    s: str
    S: Side
    o: OrderKind
    f: TimeInForce
    q: str
    p: str
    ap: str
    X: OrderStatus
    l: str  # noqa: E741  the exchange's name
    z: str
    T: Millis


class ForceOrder(Struct, frozen=True, kw_only=True, tag_field="e", tag="forceOrder"):
    """A liquidation; pair and class stand in the stream of all symbols only."""

    E: Millis
    o: ForcedOrder
    ps: str | UnsetType = UNSET
    st: int | UnsetType = UNSET


class BracketRow(Struct, frozen=True, kw_only=True):
    """A tier. `ma` is the largest leverage that it allows, `mi` the smallest that needs it."""

    bs: int
    bnf: Number
    bnc: Number
    mmr: Number
    cf: Number
    mi: int
    ma: int


class ContractInfo(Struct, frozen=True, kw_only=True, tag_field="e", tag="contractInfo"):
    """A contract; its tiers where they are other ones now."""

    E: Millis
    s: str
    ct: str
    dt: Millis
    ot: Millis
    cs: str
    bks: list[BracketRow] | UnsetType = UNSET
    st: int = SYMBOL_CLASS


class Liquidations(Channel):
    """`<symbol>@forceOrder`: the largest of each second, by what was filled of it."""

    def __init__(self, symbol: str = "") -> None:
        super().__init__(symbol)
        self._largest: dict[str, PositionForced] = {}

    @override
    def note(self, notice: MarketNotice) -> None:
        if isinstance(notice, PositionForced) and self.symbol in ("", notice.order.symbol):
            largest = self._largest.get(notice.order.symbol)
            if largest is None or largest.order.quote <= notice.order.quote:
                self._largest[notice.order.symbol] = notice

    @override
    def tell(self, seen: Seen) -> Iterator[ForceOrder]:
        told, self._largest = self._largest, {}
        for forced in told.values():
            order = _forced(forced.order, forced.quantity)
            if self.symbol:
                yield ForceOrder(E=seen.now, o=order)
            else:
                yield ForceOrder(E=seen.now, o=order, ps=order.s, st=SYMBOL_CLASS)


def _forced(order: Order, last: int) -> ForcedOrder:
    return ForcedOrder(
        s=order.symbol,
        S=order.side,
        o=order.kind,
        f=order.time_in_force,
        q=trimmed(order.quantity),
        p=trimmed(order.price),
        ap=trimmed(divide_toward_zero(order.quote, order.executed)),
        X=order.status,
        l=trimmed(last),
        z=trimmed(order.executed),
        T=order.updated_at,
    )


class Contracts(Channel):
    """`!contractInfo`: each contract that is listed or configured anew."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: list[ContractChanged] = []

    @override
    def note(self, notice: MarketNotice) -> None:
        if isinstance(notice, ContractChanged):
            self._changed.append(notice)

    @override
    def tell(self, seen: Seen) -> Iterator[ContractInfo]:
        told, self._changed = self._changed, []
        for notice in told:
            yield _contract(notice.contract, seen.now, brackets=notice.brackets)


def _contract(contract: Contract, now: Millis, *, brackets: bool) -> ContractInfo:
    return ContractInfo(
        E=now,
        s=contract.symbol,
        ct=PERPETUAL,
        dt=NO_DELIVERY,
        ot=Millis(contract.onboard_date),
        cs=TRADING,
        bks=_brackets(contract) if brackets else UNSET,
    )


def _brackets(contract: Contract) -> list[BracketRow]:
    """The tiers; a tier begins above the leverage at which the next one ends."""
    above = (*(bracket.initial_leverage for bracket in contract.brackets[1:]), 0)
    pairs = zip(contract.brackets, above, strict=True)
    return [_bracket(number, *pair) for number, pair in enumerate(pairs, 1)]


def _bracket(number: int, bracket: Bracket, below: int) -> BracketRow:
    return BracketRow(
        bs=number,
        bnf=_number(bracket.notional_floor),
        bnc=_number(bracket.notional_cap),
        mmr=_number(bracket.maint_margin_ratio),
        cf=_number(bracket.cum),
        mi=below + 1,
        ma=bracket.initial_leverage,
    )


def _number(units: int) -> Raw:
    return Raw(trimmed(units).encode())
