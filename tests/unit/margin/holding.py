"""An account whose positions, orders and marks are put in place directly, amounts as texts."""

from collections.abc import Iterable

from msgspec import structs

from clearhouse.ledger.chart import CLEARING
from clearhouse.ledger.postings import Posting
from clearhouse.margin.exposure import OpenValue
from clearhouse.messages.commands import (
    ListContract,
    SetLeverage,
    SetMarginType,
    SetMultiAssetsMode,
    SetPositionMode,
)
from clearhouse.messages.queries import (
    AssetView,
    FuturesAccountView,
    PositionFigures,
    PositionView,
    ReadFuturesAccount,
)
from clearhouse.messages.trading_queries import ReadPositions
from clearhouse.model.ids import VENUE, Uid
from clearhouse.model.instruments import Bracket
from clearhouse.model.money import parse_units
from clearhouse.model.orders import Position, PositionSide
from clearhouse.model.wallets import UMFUTURE
from unit.world import ANN, World

BOTH, LONG, SHORT = PositionSide.BOTH, PositionSide.LONG, PositionSide.SHORT

Tier = tuple[int, str, str, str, str]
"""Leverage, floor, cap, ratio, cum."""


def units(text: str) -> int:
    return -parse_units(text[1:]) if text.startswith("-") else parse_units(text)


class Holding(World):
    """Ann's account unless another is named."""

    def fund(self, amount: str, asset: str = "USDT", uid: Uid = ANN) -> None:
        self.give(units(amount), asset, UMFUTURE, uid)

    def lose(self, amount: str, asset: str = "USDT", uid: Uid = ANN) -> None:
        """What positions, funding and fees take, with no regard to what there is."""
        lost = units(amount)
        postings = (Posting(uid, UMFUTURE, asset, -lost), Posting(VENUE, CLEARING, asset, lost))
        self.state.books.post(postings)

    def tiers(self, symbol: str, *tiers: Tier, **changes: object) -> None:
        """A contract like BTCUSDT with brackets of its own."""
        brackets = tuple(
            Bracket(
                initial_leverage=leverage,
                notional_floor=units(floor),
                notional_cap=units(cap),
                maint_margin_ratio=units(ratio),
                cum=units(cum),
            )
            for leverage, floor, cap, ratio, cum in tiers
        )
        listed = self.state.catalogue.contracts
        base = listed.get(symbol, listed["BTCUSDT"])
        self.do(ListContract(structs.replace(base, symbol=symbol, brackets=brackets, **changes)))

    def mark(self, symbol: str, price: str) -> None:
        self.state.markets[symbol].mark = units(price)

    def hold(
        self,
        symbol: str,
        quantity: str,
        entry: str,
        side: PositionSide = BOTH,
        *,
        wallet: str = "0",
        fees: str = "0",
        realized: str = "0",
        uid: Uid = ANN,
    ) -> None:
        """A position; on a hedged side it needs no sign."""
        size = units(quantity)
        exposure = self.state.futures.opened(uid).exposed(symbol)
        exposure.positions[side] = Position(
            -abs(size) if side is SHORT else size,
            units(entry),
            units(wallet),
            units(fees),
            units(realized),
        )
        self.state.markets[symbol].holders[uid] = None

    def order(
        self, symbol: str, *, bids: str = "0", asks: str = "0", side: PositionSide = BOTH
    ) -> None:
        """Open orders of a value."""
        exposure = self.state.futures.opened(ANN).exposed(symbol)
        exposure.open[side] = OpenValue(units(bids) * 10**8, units(asks) * 10**8)

    def leverage(self, symbol: str, times: int, uid: Uid = ANN) -> None:
        self.do(SetLeverage(uid=uid, symbol=symbol, leverage=times))

    def isolate(self, symbol: str, uid: Uid = ANN) -> None:
        self.do(SetMarginType(uid=uid, symbol=symbol, isolated=True))

    def hedge(self) -> None:
        self.do(SetPositionMode(uid=ANN, hedge=True))

    def share(self, uid: Uid = ANN) -> None:
        """Multi-assets mode."""
        self.do(SetMultiAssetsMode(uid=uid, on=True))

    def account(self) -> FuturesAccountView:
        return self.read(ReadFuturesAccount(ANN))

    def asset(self, name: str = "USDT") -> AssetView:
        (row,) = [row for row in self.account().assets if row.asset == name]
        return row

    def figures(self, symbol: str, side: PositionSide = BOTH) -> PositionFigures:
        return only(
            row for row in self.account().positions if (row.symbol, row.side) == (symbol, side)
        )

    def position(self, symbol: str, side: PositionSide = BOTH, uid: Uid = ANN) -> PositionView:
        rows = self.read(ReadPositions(uid, symbol, every=True))
        (found,) = [row for row in rows if row.side is side]
        return found


def only(rows: Iterable[PositionFigures]) -> PositionFigures:
    (row,) = rows
    return row
