"""The prices within which an account need not be looked at: exact, in integers.

A price that moves by a share of itself takes its part of a pool's slack (`liquidation/slack.py`).
All prices of a pool may move by the same share, the slack over the sum of the parts: whichever of
them do, together they cannot take more than there is. In multi-assets mode index prices count as
marks do, and everything at its ask rate, which is never the lower one.
"""

from typing import NamedTuple

from clearhouse.liquidation.pools import CLOSE_PERCENT, Pool, is_quiet, is_quiet_at, pools_of
from clearhouse.liquidation.slack import ALL, CUT, Line, reaches, straight
from clearhouse.margin.futures_account import DEFAULT_SETTING, FuturesAccount
from clearhouse.margin.ratio import Pool as Figures
from clearhouse.margin.requirements import bracket_of
from clearhouse.margin.summary import rates_of
from clearhouse.margin.watch import ANY, HIGHEST, NEVER, Bounds
from clearhouse.model.ids import Uid
from clearhouse.model.money import SCALE, multiply_toward_zero
from clearhouse.model.wallets import UMFUTURE
from clearhouse.trading.state import Trading

_WIDEST = 4
"""In multi-assets mode no price moves by more than one part in so many."""


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
    account = state.futures.of(uid)
    return _of_one(state, uid, account) or of_pools(state, uid)


def _of_one(state: Trading, uid: Uid, account: FuturesAccount) -> Found | None:
    """As `of_pools`, a few times quicker, where there is one position and no shared collateral."""
    held = [
        (symbol, side, position)
        for symbol, exposure in account.exposures.items()
        for side, position in exposure.positions.items()
        if position.quantity
    ]
    if len(held) != 1 or account.multi_assets:
        return None
    symbol, side, position = held[0]
    contract, mark = state.catalogue.contracts[symbol], state.markets[symbol].mark
    asset, quantity, size = contract.margin_asset, position.quantity, abs(position.quantity)
    tier = bracket_of(contract, size * mark // SCALE)
    maint = max(0, size * mark // SCALE * tier.maint_margin_ratio // SCALE - tier.cum)
    isolated = account.symbols.get(symbol, DEFAULT_SETTING).isolated
    wallet = position.isolated_wallet if isolated else state.books.balance(uid, UMFUTURE, asset)
    balance = wallet + multiply_toward_zero(quantity, mark - position.entry_price)
    name = (symbol, side.value) if isolated else (asset, "")
    if not is_quiet_at(Figures(balance, maint), called=name in account.called):
        return Found({symbol: NEVER}, {}, quiet=False)
    line = Line(mark, quantity * SCALE, size * tier.maint_margin_ratio)
    bounds = straight(contract, tier, size, mark)
    for _, reach in reaches({symbol: line}, balance, maint, 1):
        bounds = bounds.within(reach)
    return Found({symbol: bounds}, {}, quiet=True)


def of_pools(state: Trading, uid: Uid) -> Found:
    """As `bounds_of`, from the pools of the account, whatever it holds."""
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
        size, tier = abs(held.position.quantity), bracket_of(held.contract, held.value)
        marks[symbol] = marks[symbol].within(straight(held.contract, tier, size, held.mark))
    if pool.asset:
        for symbol, bounds in reaches(_lines(pool), pool.balance, pool.maint, len(pool.held)):
            marks[symbol] = marks[symbol].within(bounds)
    else:
        _share(state, pool, found)


def _lines(pool: Pool) -> dict[str, Line]:
    """Both sides of a symbol make one line."""
    lines: dict[str, Line] = {}
    for held in pool.held:
        symbol, quantity = held.contract.symbol, held.position.quantity
        ratio = bracket_of(held.contract, held.value).maint_margin_ratio
        before = lines.get(symbol)
        gain, need = quantity * SCALE, abs(quantity) * ratio
        if before:
            gain, need = gain + before.gain, need + before.need
        lines[symbol] = Line(held.mark, gain, need)
    return lines


def _share(state: Trading, pool: Pool, found: Found) -> None:
    """Of all collateral: marks and index prices may each move by the same share, either way."""
    indices, rates = state.catalogue.indices, _asks(state, pool)
    near, done, aside = 0, 0, 0
    for held in pool.held:
        rate = rates.get(held.contract.margin_asset, 0) * (_WIDEST + 1) // _WIDEST + 1
        ratio = bracket_of(held.contract, held.value).maint_margin_ratio
        value = abs(held.position.quantity) * held.mark // SCALE + 1
        gain, need = value * rate // SCALE + 1, (value * ratio // SCALE + 1) * rate // SCALE + 1
        near += CLOSE_PERCENT * gain + ALL * need
        done += ALL * (gain + need)
        aside += CUT * (rate // SCALE + 2)
    for asset, (units, maint) in _counted(state, pool).items():
        if asset in rates:
            rate = rates[asset]
            gain, need = units * rate // SCALE + 1, maint * rate // SCALE + 1
            near += CLOSE_PERCENT * gain + ALL * need
            done += ALL * (gain + need)
            aside += CUT * ((units + maint) // SCALE + 2)
            found.indices[asset] = ANY
    close = CLOSE_PERCENT * pool.balance - ALL * pool.maint
    share = (abs(close) - aside, near)
    if close <= 0:
        other = (ALL * (pool.balance - pool.maint) - aside, done)
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
