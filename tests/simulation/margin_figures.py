"""Every number of an account, worked out of an auditor's own books.

Written from docs/internals/numbers.md. What the venue answers is compared field by field; the
liquidation price is found another way than the venue's: on the exact line of what an account has
beyond its needs, which bends where a position changes its tier.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from msgspec.structs import asdict

from clearhouse.messages.queries import FuturesAccountView, PositionView

from .margin_books import UNIT, Books, Held, Tier, cut, near

NONE = Held()


class Row(NamedTuple):
    """A position with the orders around it."""

    symbol: str
    side: str
    asset: str
    cross: bool
    held: Held
    notional: int
    bids: int
    asks: int
    profit: int
    margin: int
    initial: int
    maint: int

    @property
    def orders(self) -> int:
        return self.initial - self.margin


class Pool(NamedTuple):
    """What stands and falls together; `balance` and `maint` in the asset, or USD without one."""

    name: tuple[str, str]
    rows: tuple[Row, ...]
    balance: int
    maint: int

    @property
    def in_trouble(self) -> bool:
        return self.balance <= self.maint


class Figures:
    """The numbers of one account at this moment."""

    def __init__(self, books: Books, uid: int) -> None:
        self.books, self.uid = books, uid
        self.chosen = books.chosen[uid]
        sides = ("LONG", "SHORT") if self.chosen.hedge else ("BOTH",)
        every = (self.row(symbol, side) for symbol in books.terms for side in sides)
        self.rows = [row for row in every if row.held.quantity or row.bids or row.asks]

    def row(self, symbol: str, side: str) -> Row:
        """A position and what its open orders add."""
        books, uid = self.books, self.uid
        held = books.positions.get((uid, symbol, side), NONE)
        own = [
            order
            for order in books.orders[uid].values()
            if order.symbol == symbol and order.side == side and not order.closing and order.price
        ]
        asset, cross = books.terms[symbol].asset, symbol not in self.chosen.isolated
        if not (held.quantity or own):
            return Row(symbol, side, asset, cross, held, 0, 0, 0, 0, 0, 0, 0)
        bids, asks = (
            cut(Fraction(sum(o.left * o.price for o in own if o.buy is buy), UNIT))
            for buy in (True, False)
        )
        mark, rate = books.marks[symbol], books.rate(uid, symbol)
        notional = cut(Fraction(held.quantity * mark, UNIT))
        largest = max(abs(notional), abs(notional + bids), abs(notional - asks))
        return Row(
            symbol,
            side,
            asset,
            cross,
            held,
            notional,
            bids,
            asks,
            cut(Fraction(held.quantity * (mark - held.entry), UNIT)),
            cut(Fraction(abs(notional) * rate, UNIT)),
            cut(Fraction(largest * rate, UNIT)),
            maint_margin(books.terms[symbol].tiers, abs(notional)),
        )

    # The account.

    def sums(self, asset: str) -> dict[str, int]:
        """An asset's row."""
        own = [row for row in self.rows if row.asset == asset]
        cross = [row for row in own if row.cross]
        wallet = self.books.wallet(self.uid, asset)
        isolated = sum(
            self.books.positions[self.uid, row.symbol, row.side].wallet
            for row in own
            if not row.cross
        )
        unpaid = sum(row.orders for row in own if not row.cross)
        profit = sum(row.profit for row in cross)
        free = wallet - isolated + profit - sum(row.initial for row in cross) - unpaid
        spare = wallet - isolated - unpaid - sum(row.maint for row in cross)
        return {
            "wallet_balance": wallet,
            "available_balance": max(0, free),
            "max_withdraw": max(0, min(spare, free)),
            "isolated_wallets": isolated,
            "unrealized": sum(row.profit for row in own),
            "cross_unrealized": profit,
            "position_margin": sum(row.margin for row in own),
            "order_margin": sum(row.orders for row in own),
            "maint_margin": sum(row.maint for row in own),
        }

    def rates(self, asset: str) -> tuple[int, int] | None:
        """USD for a unit that is owned, and for one that is owed; None of no collateral."""
        buffers = self.books.buffers[asset]
        if buffers is None:
            return None
        index = self.books.indices[asset]
        down, up = UNIT - buffers[0], UNIT + buffers[1]
        return cut(Fraction(index * down, UNIT)), cut(Fraction(index * up, UNIT))

    def assets(self) -> dict[str, dict[str, int]]:
        """The rows of all assets, as they are shown."""
        rows = {name: self.sums(name) for name, shown in self.books.futures_assets.items() if shown}
        if not self.chosen.shared:
            return rows
        pool = self.pooled(rows)
        free, leaves = pool["available_balance"], pool["max_withdraw"]
        for name, row in rows.items():
            rates = self.rates(name)
            if rates is not None:
                bid, ask = rates
                own = row["wallet_balance"] - row["isolated_wallets"]
                row["available_balance"] = cut(Fraction(free * UNIT, ask))
                most = min(own, cut(Fraction(leaves * UNIT, bid))) if bid else own
                row["max_withdraw"] = max(0, most)
        return rows

    def pooled(self, rows: dict[str, dict[str, int]]) -> dict[str, int]:
        """The totals of multi-assets mode, in USD."""
        total = dict.fromkeys(
            ("wallet", "profit", "equity", "margin", "orders", "initial", "maint"), 0
        )
        for name, row in rows.items():
            rates = self.rates(name)
            if rates is None:
                continue
            wallet, profit = row["wallet_balance"], row["cross_unrealized"]
            total["wallet"] += usd(wallet, rates)
            total["profit"] += usd(profit, rates)
            total["equity"] += usd(wallet - row["isolated_wallets"] + profit, rates)
            margin, orders = row["position_margin"], row["order_margin"]
            for key, units in (
                ("margin", margin),
                ("orders", orders),
                ("initial", margin + orders),
                ("maint", row["maint_margin"]),
            ):
                total[key] += cut(Fraction(units * rates[1], UNIT))
        free = total["equity"] - total["initial"]
        return {
            "initial_margin": total["initial"],
            "maint_margin": total["maint"],
            "wallet_balance": total["wallet"],
            "unrealized": total["profit"],
            "margin_balance": total["equity"],
            "position_margin": total["margin"],
            "order_margin": total["orders"],
            "cross_wallet": total["wallet"],
            "cross_unrealized": total["profit"],
            "available_balance": max(0, free),
            "max_withdraw": max(0, min(total["wallet"] - total["maint"], free)),
        }

    def totals(self, rows: dict[str, dict[str, int]]) -> dict[str, int]:
        """The totals: those of USDT, or of everything in USD."""
        if self.chosen.shared:
            return self.pooled(rows)
        row = rows["USDT"]
        return {
            "initial_margin": row["position_margin"] + row["order_margin"],
            "maint_margin": row["maint_margin"],
            "wallet_balance": row["wallet_balance"],
            "unrealized": row["unrealized"],
            "margin_balance": row["wallet_balance"] + row["unrealized"],
            "position_margin": row["position_margin"],
            "order_margin": row["order_margin"],
            "cross_wallet": row["wallet_balance"] - row["isolated_wallets"],
            "cross_unrealized": row["cross_unrealized"],
            "available_balance": row["available_balance"],
            "max_withdraw": row["max_withdraw"],
        }

    # What falls together.

    def pools(self) -> Iterator[Pool]:
        """The pools of the account that hold a position."""
        is_open = [row for row in self.rows if row.held.quantity]
        for row in is_open:
            if not row.cross:
                yield Pool((row.symbol, row.side), (row,), row.held.wallet + row.profit, row.maint)
        cross = [row for row in is_open if row.cross]
        if self.chosen.shared:
            if cross:
                total = self.totals(self.assets())
                yield Pool(("", ""), tuple(cross), total["margin_balance"], total["maint_margin"])
            return
        for asset in sorted({row.asset for row in cross}):
            own, sums = tuple(row for row in cross if row.asset == asset), self.sums(asset)
            wallet = sums["wallet_balance"] - sums["isolated_wallets"]
            balance = wallet + sums["cross_unrealized"]
            yield Pool((asset, ""), own, balance, sum(row.maint for row in own))

    def pool(self, name: tuple[str, str]) -> Pool | None:
        return next((pool for pool in self.pools() if pool.name == name), None)

    # The rows of positions.

    def liquidation_price(self, row: Row) -> int:
        """Where the line of what the account has beyond its needs comes to zero."""
        if not row.held.quantity:
            return 0
        together = [row]
        if row.cross:
            together = [one for one in self.rows if one.symbol == row.symbol and one.held.quantity]
        line = Line(self, together)
        return line.zero()

    def score(self, row: Row) -> Fraction:
        """The place in the queue of deleveraging follows from it."""
        wallet = row.held.wallet
        if row.cross:
            sums = self.sums(row.asset)
            wallet = sums["wallet_balance"] - sums["isolated_wallets"]
        worth = wallet + row.profit
        if row.profit <= 0 or worth <= 0:
            return Fraction(0)
        gained = cut(Fraction(row.profit * UNIT, max(UNIT, wallet)))
        return Fraction(gained * cut(Fraction(row.maint * UNIT, worth)))

    def break_even(self, row: Row) -> int:
        """Entry price and what was paid less what was realised, by size; twelve decimals."""
        held = row.held
        if not held.quantity:
            return 0
        owed = Fraction((held.fees - held.realized) * UNIT * 10_000, held.quantity)
        return held.entry * 10_000 + near(owed)

    def shown(self, row: Row) -> dict[str, Any]:
        """A row of account information."""
        terms, held = self.books.terms[row.symbol], row.held
        leverage = self.books.leverage(self.uid, row.symbol)
        return {
            "symbol": row.symbol,
            "side": row.side,
            "quantity": held.quantity,
            "entry_price": held.entry,
            "notional": row.notional,
            "unrealized": row.profit,
            "leverage": leverage,
            "isolated": not row.cross,
            "isolated_wallet": held.wallet,
            "position_margin": row.margin,
            "order_margin": row.orders,
            "maint_margin": row.maint,
            "bid_value": row.bids,
            "ask_value": row.asks,
            "max_notional": max(t.cap for t in terms.tiers if t.leverage >= leverage),
            "updated_at": held.at,
        }

    def shown_whole(self, row: Row, queue: dict[tuple[int, str], Fraction]) -> dict[str, Any]:
        """A row of positionRisk; `queue`: the scores of all positions of the symbol."""
        return self.shown(row) | {
            "margin_asset": row.asset,
            "mark_price": self.books.marks[row.symbol],
            "break_even_price": self.break_even(row),
            "liquidation_price": self.liquidation_price(row),
            "quantile": self.place(row, queue),
        }

    def place(self, row: Row, queue: dict[tuple[int, str], Fraction]) -> int:
        own = queue.get((self.uid, row.side), Fraction(0))
        if not own:
            return 0
        positions = self.books.positions
        peers = [
            score
            for (uid, side), score in queue.items()
            if positions[uid, row.symbol, side].quantity * row.held.quantity > 0
        ]
        rank = sum(score <= own for score in peers)
        return (rank * 5 - 1) // len(peers)


class Line:
    """What a group of positions has beyond its needs, as a function of the mark of its symbol."""

    def __init__(self, figures: Figures, together: list[Row]) -> None:
        self.together = together
        first, books = together[0], figures.books
        self.tiers = books.terms[first.symbol].tiers
        self.bid = self.ask = UNIT
        self.elsewhere = Fraction(0)
        self.others = 0
        if not first.cross:
            self.wallet = first.held.wallet
            return
        rows = figures.assets()
        sums = rows[first.asset]
        own = [r for r in figures.rows if r.asset == first.asset and r.cross and r not in together]
        self.wallet = sums["wallet_balance"] - sums["isolated_wallets"]
        self.wallet += sum(row.profit for row in own)
        self.others = sum(row.maint for row in own)
        rates = figures.rates(first.asset)
        if figures.chosen.shared and rates:
            self.bid, self.ask = rates
            rest = {name: row for name, row in rows.items() if name != first.asset}
            total = figures.pooled(rest)
            self.elsewhere = Fraction(total["margin_balance"] - total["maint_margin"])

    def at(self, price: Fraction) -> Fraction:
        """The surplus at a price, exact."""
        equity, needed = Fraction(self.wallet), Fraction(self.others)
        for row in self.together:
            equity += row.held.quantity * (price - row.held.entry) / UNIT
            needed += exact_maint(self.tiers, abs(row.held.quantity) * price / UNIT)
        rate = self.bid if equity >= 0 else self.ask
        return self.elsewhere + equity * rate / UNIT - needed * self.ask / UNIT

    def bends(self) -> list[Fraction]:
        """Prices between which the surplus is a straight line; far above all at last."""
        found = {Fraction(0)}
        for row in self.together:
            found |= {Fraction(tier.cap * UNIT, abs(row.held.quantity)) for tier in self.tiers[:-1]}
        net = sum(row.held.quantity for row in self.together)
        if net:
            cost = sum(row.held.quantity * row.held.entry for row in self.together)
            owed = Fraction(cost - self.wallet * UNIT, net)
            found |= {owed} if owed > 0 else set()
        ordered = sorted(found)
        return [*ordered, ordered[-1] * 2 + 10**18]

    def zero(self) -> int:
        """The first price at which the surplus comes to nothing the way that does the damage."""
        net = sum(row.held.quantity for row in self.together)
        bends = self.bends()
        low, start = bends[0], self.at(bends[0])
        if net > 0 and start >= 0:
            return 0
        for high in bends[1:]:
            end = self.at(high)
            fits = start <= 0 <= end if net > 0 else start >= 0 >= end
            if fits and start != end:
                price = low + (high - low) * start / (start - end)
                if price > 0:
                    return near(price)
            low, start = high, end
        return 0


def compare(
    books: Books,
    uid: int,
    account: FuturesAccountView,
    positions: Iterable[PositionView],
    queues: dict[str, dict[tuple[int, str], Fraction]],
) -> None:
    """Hold the venue's two answers about an account against its figures."""
    figures = Figures(books, uid)
    rows = figures.assets()
    shown = {view.asset: asdict(view) for view in account.assets}
    assert shown.keys() == rows.keys()
    for name, row in rows.items():
        expected = {
            "asset": name,
            "margin_available": books.buffers[name] is not None,
            "moved_at": books.moved.get((uid, name), 0),
        }
        assert shown[name] == row | expected, (uid, name)
    assert account.totals._asdict() == figures.totals(rows), uid
    chosen = books.chosen[uid]
    assert (account.multi_assets, account.hedge) == (chosen.shared, chosen.hedge)
    assert (account.fee_burn, account.fee_tier) == (chosen.burn, chosen.tier)
    assert {(v.symbol, str(v.side)): asdict(v) for v in account.positions} == {
        (row.symbol, row.side): figures.shown(row) for row in figures.rows
    }, uid
    for view, held in zip(positions, figures.rows, strict=True):
        assert asdict(view) == figures.shown_whole(held, queues[held.symbol]), uid


def invariants(account: FuturesAccountView, positions: Iterable[PositionView]) -> None:
    """What holds whatever the formulas are (the exchange's documents agree on it)."""
    views = tuple(positions)
    for row in account.assets:
        if not account.multi_assets:
            assert 0 <= row.max_withdraw <= row.available_balance
    for asset in {view.margin_asset for view in views}:
        own = [view for view in views if view.margin_asset == asset]
        [row] = [row for row in account.assets if row.asset == asset]
        assert row.isolated_wallets == sum(view.isolated_wallet for view in own)
        assert row.unrealized == sum(view.unrealized for view in own)
        assert row.maint_margin == sum(view.maint_margin for view in own)
        assert row.position_margin == sum(view.position_margin for view in own)
        assert row.order_margin == sum(view.order_margin for view in own)
    for view in views:
        assert view.order_margin >= 0
        assert view.initial_margin == view.position_margin + view.order_margin


def maint_margin(tiers: tuple[Tier, ...], size: int) -> int:
    tier = tier_of(tiers, size)
    return max(0, cut(Fraction(size * tier.ratio, UNIT)) - tier.cum)


def exact_maint(tiers: tuple[Tier, ...], size: Fraction) -> Fraction:
    tier = tier_of(tiers, -(-size.numerator // size.denominator))
    return size * tier.ratio / UNIT - tier.cum


def tier_of(tiers: tuple[Tier, ...], size: int) -> Tier:
    """The one whose floor the size is above and whose cap it is not; the last beyond all."""
    return next((tier for tier in tiers if size <= tier.cap), tiers[-1])


def usd(units: int, rates: tuple[int, int]) -> int:
    return cut(Fraction(units * rates[0 if units >= 0 else 1], UNIT))
