"""What an account held when each of the last days ended.

Source: «Daily Account Snapshot»; the choices made stand in docs/reference/capital.md. Nothing
is taken at midnight: a day's end is the sum of the postings up to it.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Struct, UnsetType

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import Family
from clearhouse.api.params import Time, choice, integer_in
from clearhouse.api.sapi.margin import BITCOIN, NO_DEBT_LEVEL, CrossAsset, cross_asset
from clearhouse.api.valuation import total_in
from clearhouse.api.windows import beyond_days, closed_window
from clearhouse.messages.histories import Closing, ClosingBalances
from clearhouse.messages.queries import (
    CatalogueView,
    ReadAccount,
    ReadCatalogue,
    WalletsView,
)
from clearhouse.model.ids import DAY_MS, Millis, Uid
from clearhouse.model.money import ZERO_FIXED, fixed8
from clearhouse.model.wallets import MAIN, MARGIN, UMFUTURE, Wallet

router = Router(Family.SAPI)

MONTH_DAYS = 30
BEFORE_END_MS = 999
"""The exchange gives a day the time 23:59:59.000; what happened in that second is in it."""


class Kind(StrEnum):
    """Which wallet."""

    SPOT = "SPOT"
    MARGIN = "MARGIN"
    FUTURES = "FUTURES"


class SnapshotParams(Struct, frozen=True, rename="camel"):
    """Which wallet, and which days."""

    type: Annotated[Kind, choice(Kind)]
    start_time: Time | None = None
    end_time: Time | None = None
    limit: Annotated[int, integer_in(7, MONTH_DAYS)] = 7


class SpotBalance(Struct, frozen=True):
    """An asset of the spot wallet."""

    asset: str
    free: str
    locked: str = ZERO_FIXED


class FuturesAsset(Struct, frozen=True, rename="camel"):
    """An asset of the futures wallet."""

    asset: str
    margin_balance: str
    wallet_balance: str


class FuturesPosition(Struct, frozen=True, rename="camel"):
    """A position of the futures account."""

    entry_price: str
    mark_price: str
    position_amt: str
    symbol: str
    un_realized_profit: str


class Day(Struct, frozen=True, kw_only=True, rename="camel"):
    """A wallet when a day ended; each kind of wallet has fields of its own.

    There is no borrowing here, and without positions a margin balance is what the wallet holds.
    """

    balances: list[SpotBalance] | UnsetType = UNSET
    margin_level: str | UnsetType = UNSET
    total_asset_of_btc: str | UnsetType = UNSET
    total_liability_of_btc: str | UnsetType = UNSET
    total_net_asset_of_btc: str | UnsetType = UNSET
    user_assets: list[CrossAsset] | UnsetType = UNSET
    assets: list[FuturesAsset] | UnsetType = UNSET
    position: list[FuturesPosition] | UnsetType = UNSET


class Snapshot(Struct, frozen=True, rename="camel"):
    """A day of a wallet."""

    data: Day
    type: str
    update_time: int


class Snapshots(Struct, frozen=True, rename="camel"):
    """The days, oldest first."""

    code: int
    msg: str
    snapshot_vos: list[Snapshot]


@router.get("/v1/accountSnapshot", security=Security.USER_DATA, weight=ip(2400))
async def snapshots(ctx: Context, params: SnapshotParams) -> Snapshots:
    """Daily account snapshot: finished UTC days of the last 30, oldest first.

    Without times the newest `limit` of them, with `startTime` those from there on.
    """
    ends = _ends(params, ctx.now, (await ctx.read(ReadAccount(ctx.uid))).opened_at)
    if not ends:
        return Snapshots(200, "", [])
    wallet, show = SHOWN[params.type]
    closings = await ctx.read(ClosingBalances(ctx.uid, ends, wallet))
    listed = await ctx.read(ReadCatalogue())
    kind = params.type.lower()
    rows = [
        Snapshot(show(_view(ctx.uid, closing, listed)), kind, closing.at - BEFORE_END_MS)
        for closing in closings
    ]
    return Snapshots(200, "", rows)


def _ends(params: SnapshotParams, now: Millis, opened_at: Millis) -> tuple[Millis, ...]:
    """The last milliseconds of the days asked for.

    Those are over, not older than a month, and not before the account.
    """
    start, end = closed_window(
        params.start_time,
        params.end_time,
        now,
        default_ms=params.limit * DAY_MS,
        longest_ms=MONTH_DAYS * DAY_MS,
        too_long=beyond_days,
    )
    first = max(start, now - MONTH_DAYS * DAY_MS, opened_at // DAY_MS * DAY_MS)
    midnights = range((first // DAY_MS + 1) * DAY_MS, now + 1, DAY_MS)
    ends = tuple(
        Millis(midnight - 1)
        for midnight in midnights
        if first <= midnight - 1 - BEFORE_END_MS <= end
    )
    return ends[-params.limit :] if params.start_time is None else ends[: params.limit]


def _view(uid: Uid, closing: Closing, listed: CatalogueView) -> WalletsView:
    """The wallet as of then.

    An asset without a price then (the clock was set back after it was listed) has today's.
    """
    held = tuple(holding for holding in closing.holdings if holding.units)
    return WalletsView(uid, closing.at, held, listed.indices | closing.indices)


def _total(view: WalletsView) -> str:
    return fixed8(total_in(view, [(h.asset, h.units) for h in view.holdings], BITCOIN))


def _spot(view: WalletsView) -> Day:
    balances = [SpotBalance(h.asset, fixed8(h.units)) for h in view.holdings]
    return Day(balances=balances, total_asset_of_btc=_total(view))


def _margin(view: WalletsView) -> Day:
    worth = _total(view)
    return Day(
        margin_level=NO_DEBT_LEVEL,
        total_asset_of_btc=worth,
        total_liability_of_btc=ZERO_FIXED,
        total_net_asset_of_btc=worth,
        user_assets=[cross_asset(h.asset, h.units) for h in view.holdings],
    )


def _futures(view: WalletsView) -> Day:
    rows = [(h.asset, fixed8(h.units)) for h in view.holdings]
    assets = [FuturesAsset(asset, balance, balance) for asset, balance in rows]
    return Day(assets=assets, position=[])


SHOWN: dict[Kind, tuple[Wallet, Callable[[WalletsView], Day]]] = {
    Kind.SPOT: (MAIN, _spot),
    Kind.MARGIN: (MARGIN, _margin),
    Kind.FUTURES: (UMFUTURE, _futures),
}
"""The wallet of each kind, and what a day of it looks like."""
