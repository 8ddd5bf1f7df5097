"""How far prices may go before an account has to be looked at: exact, in integers.

A pool is quiet while it is neither in trouble nor to be warned, and still close where it was
warned. How far it is from the nearest change of that is its slack; a price that moves by a share
of itself takes its part of the slack. All prices of a pool may move by the same share, the slack
over the sum of the parts: whichever of them do, together they cannot take more than there is.
Between two tiers' notionals what a position gains and needs are straight lines, so its bounds
end there too.

In multi-assets mode index prices count as marks do, and everything at its ask rate, which is
never the lower one. What cutting may take is set aside first (`_CUT`).
"""

from collections.abc import Iterator
from typing import NamedTuple

from clearhouse.liquidation.pools import CLOSE_PERCENT, Pool, is_quiet, pools_of
from clearhouse.margin.positions import Held
from clearhouse.margin.requirements import bracket_of
from clearhouse.margin.summary import rates_of
from clearhouse.margin.watch import ANY, HIGHEST, NEVER, Bounds
from clearhouse.model.ids import Uid
from clearhouse.model.money import SCALE
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.state import Trading

_CUT = 1_000
"""Units that cutting may take of each term of a pool, weighed as balances and margins are."""

_WIDEST = 4
"""In multi-assets mode no price moves by more than one part in so many."""

_ALL = 100
"""Per cent of a pool's balance: where its maintenance margin ends it."""


class Found(NamedTuple):
    """The bounds of an account, for each mark and each index price that it depends on.

    `quiet`: looking at it now would do nothing.
    """

    marks: dict[str, Bounds]
    indices: dict[str, Bounds]
    quiet: bool


def keep_bounds(state: Trading, uid: Uid) -> bool:
    """Work out the bounds of an account and note them; whether it is quiet."""
    watch, account = state.watch, state.futures.of(uid)
    found = bounds_of(state, uid)
    for symbol in account.exposures:
        watch.put(watch.marks, symbol, uid, found.marks.get(symbol))
    shares = account.multi_assets and bool(found.marks)
    if shares or uid in watch.sharing:
        for asset in state.catalogue.assets:
            watch.put(watch.indices, asset, uid, found.indices.get(asset))
    if shares:
        watch.sharing[uid] = None
    else:
        watch.sharing.pop(uid, None)
    return found.quiet


def bounds_of(state: Trading, uid: Uid) -> Found:
    """The bounds of an account at its prices of this moment."""
    found = Found({}, {}, quiet=True)
    account, quiet = state.futures.of(uid), True
    for pool in pools_of(state, uid):
        quiet = quiet and is_quiet(pool, account.called)
        if account.multi_assets and pool.isolated:
            quiet = False  # modes that exclude each other
        for held in pool.held:
            found.marks.setdefault(held.contract.symbol, ANY)
        if quiet:
            _narrow(state, pool, found)
    if quiet:
        return found
    return Found(dict.fromkeys(found.marks, NEVER), found.indices, quiet=False)


def _narrow(state: Trading, pool: Pool, found: Found) -> None:
    """Let the bounds of a pool's prices hold for the account too."""
    marks = found.marks
    for held in pool.held:
        symbol = held.contract.symbol
        marks[symbol] = marks[symbol].within(_tier(held))
    if pool.asset:
        for symbol, bounds in _own(pool):
            marks[symbol] = marks[symbol].within(bounds)
    else:
        _share(state, pool, found)


def _tier(held: Held) -> Bounds:
    """The marks at which what the position needs follows the same straight line."""
    brackets, size = held.contract.brackets, abs(held.position.quantity)
    tier = bracket_of(held.contract, held.value)
    at = brackets.index(tier)
    least = brackets[at - 1].notional_cap + 1 if at else 0
    if tier.cum:
        if abs(held.value) * tier.maint_margin_ratio // SCALE < tier.cum:
            return Bounds(held.mark, held.mark)
        least = max(least, -(-tier.cum * SCALE // tier.maint_margin_ratio))
    low = -(-least * SCALE // size)
    if at == len(brackets) - 1:
        return Bounds(low, HIGHEST)
    return Bounds(low, min(((tier.notional_cap + 1) * SCALE - 1) // size, HIGHEST))


class _Line(NamedTuple):
    """What a mark that rises by 1e-8 does to a pool, in 1e-16 units: gain, and what is needed."""

    mark: int
    gain: int
    need: int

    def slope(self, percent: int) -> int:
        """What it does to so many per cent of the balance less the maintenance margin."""
        return percent * self.gain - _ALL * self.need


def _lines(pool: Pool) -> dict[str, _Line]:
    """Both sides of a symbol make one line."""
    lines: dict[str, _Line] = {}
    for held in pool.held:
        symbol, quantity = held.contract.symbol, held.position.quantity
        ratio = bracket_of(held.contract, held.value).maint_margin_ratio
        before = lines.get(symbol)
        gain, need = quantity * SCALE, abs(quantity) * ratio
        if before:
            gain, need = gain + before.gain, need + before.need
        lines[symbol] = _Line(held.mark, gain, need)
    return lines


def _own(pool: Pool) -> Iterator[tuple[str, Bounds]]:
    """Of a pool of one asset: what each mark may do, the others doing as much."""
    lines = _lines(pool)
    aside = _CUT * len(pool.held)
    close = CLOSE_PERCENT * pool.balance - _ALL * pool.maint
    conditions = (
        ((CLOSE_PERCENT, close - aside, 1),)
        if close > 0
        else (
            (CLOSE_PERCENT, -close - aside, -1),
            (_ALL, _ALL * (pool.balance - pool.maint) - aside, 1),
        )
    )
    for percent, slack, sign in conditions:
        taken = sum(abs(line.slope(percent)) * line.mark for line in lines.values())
        for symbol, line in lines.items():
            yield symbol, _reach(line.mark, sign * line.slope(percent), slack, taken)


def _reach(mark: int, slope: int, slack: int, taken: int) -> Bounds:
    """How far a mark may go against a slope, where all together take `taken` of going once."""
    if slack < 0:
        return Bounds(mark, mark)
    if not slope:
        return ANY
    way = mark * slack * SCALE * SCALE // taken
    return Bounds(max(0, mark - way), HIGHEST) if slope > 0 else Bounds(0, min(mark + way, HIGHEST))


def _share(state: Trading, pool: Pool, found: Found) -> None:
    """Of all collateral: marks and index prices may each move by the same share, either way."""
    indices, rates = state.catalogue.indices, _asks(state, pool)
    near, done, aside = 0, 0, 0
    for held in pool.held:
        rate = rates.get(held.contract.margin_asset, 0) * (_WIDEST + 1) // _WIDEST + 1
        ratio = bracket_of(held.contract, held.value).maint_margin_ratio
        value = abs(held.position.quantity) * held.mark // SCALE + 1
        gain, need = value * rate // SCALE + 1, (value * ratio // SCALE + 1) * rate // SCALE + 1
        near += CLOSE_PERCENT * gain + _ALL * need
        done += _ALL * (gain + need)
        aside += _CUT * (rate // SCALE + 2)
    for asset, (units, maint) in _counted(state, pool).items():
        if asset in rates:
            rate = rates[asset]
            gain, need = units * rate // SCALE + 1, maint * rate // SCALE + 1
            near += CLOSE_PERCENT * gain + _ALL * need
            done += _ALL * (gain + need)
            aside += _CUT * ((units + maint) // SCALE + 2)
            found.indices[asset] = ANY
    close = CLOSE_PERCENT * pool.balance - _ALL * pool.maint
    share = (abs(close) - aside, near)
    if close <= 0:
        other = (_ALL * (pool.balance - pool.maint) - aside, done)
        share = min(share, other, key=lambda one: (one[0] * SCALE // one[1], one))
    for symbol in {held.contract.symbol: None for held in pool.held}:
        around = _around(state.markets[symbol].mark, *share)
        found.marks[symbol] = found.marks[symbol].within(around)
    for asset in found.indices:
        found.indices[asset] = _around(indices[asset], *share)


def _around(price: int, slack: int, taken: int) -> Bounds:
    way = max(0, min(price * slack // taken, price // _WIDEST))
    return Bounds(price - way, min(price + way, HIGHEST))


def _asks(state: Trading, pool: Pool) -> dict[str, int]:
    """The ask rates of everything that counts for the account."""
    names = dict.fromkeys(held.contract.margin_asset for held in pool.held)
    names |= dict.fromkeys(name for name, _ in state.books.wallet(pool.uid, UMFUTURE))
    return {name: max(rates) for name in names if (rates := rates_of(state.catalogue, name))}


def _counted(state: Trading, pool: Pool) -> dict[str, tuple[int, int]]:
    """Of each asset: the size of what is owned or owed, with profit, and what is needed."""
    counted = {name: (units, 0) for name, units in state.books.wallet(pool.uid, UMFUTURE)}
    for held in pool.held:
        units, maint = counted.get(held.contract.margin_asset, (0, 0))
        counted[held.contract.margin_asset] = units + held.unrealized, maint + held.maint
    return {name: (abs(units), maint) for name, (units, maint) in counted.items()}
