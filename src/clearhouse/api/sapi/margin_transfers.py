"""Transfers to and from the margin wallets: their history, and how much may leave.

Sources: «Get Cross Margin Transfer History» and «Query Max Transfer-Out Amount». A row is a
transfer as it was made, whichever way it was asked for. Its `type` is seen from the margin
wallets: ROLL_OUT where one of them gave, ROLL_IN where one of them only received; with
`isolatedSymbol` it is seen from the wallet of that pair.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Struct, UnsetType

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family
from clearhouse.api.params import Asset, Symbol, Time, choice, integer_in
from clearhouse.api.sapi.transfer import CONFIRMED, DEFAULT_WINDOW_MS
from clearhouse.api.windows import closed_window
from clearhouse.messages.histories import TransferHistory, TransferRow
from clearhouse.messages.queries import ReadCatalogue, ReadWallets
from clearhouse.messages.rejections import Reason
from clearhouse.messages.transfers import ROUTES, TransferKind
from clearhouse.model.ids import DAY_MS
from clearhouse.model.money import fixed8
from clearhouse.model.wallets import MARGIN, Wallet, WalletKind, isolated_margin

router = Router(Family.SAPI)

LONGEST_WINDOW_MS = 30 * DAY_MS
WALLET_WORDS = {
    WalletKind.MAIN: "SPOT",
    WalletKind.FUNDING: "FUNDING",
    WalletKind.UMFUTURE: "FUTURES",
    WalletKind.CMFUTURE: "DELIVERY",
    WalletKind.MARGIN: "CROSS_MARGIN",
    WalletKind.ISOLATED_MARGIN: "ISOLATED_MARGIN",
    WalletKind.OPTION: "OPTION",
}


class Way(StrEnum):
    """Into a margin wallet or out of one."""

    ROLL_IN = "ROLL_IN"
    ROLL_OUT = "ROLL_OUT"


MARGIN_WALLETS = (WalletKind.MARGIN, WalletKind.ISOLATED_MARGIN)
GIVEN = tuple(kind for kind, route in ROUTES.items() if route.source in MARGIN_WALLETS)
RECEIVED = tuple(
    kind
    for kind, route in ROUTES.items()
    if route.target in MARGIN_WALLETS and route.source not in MARGIN_WALLETS
)
KINDS: dict[Way | None, tuple[TransferKind, ...]] = {
    Way.ROLL_OUT: GIVEN,
    Way.ROLL_IN: RECEIVED,
    None: GIVEN + RECEIVED,
}
ISOLATED_KINDS = tuple(
    kind for kind, route in ROUTES.items() if WalletKind.ISOLATED_MARGIN in route
)


class HistoryParams(Struct, frozen=True, rename="camel"):
    """Which transfers, and which page of them."""

    asset: Asset | None = None
    type: Annotated[Way, choice(Way)] | None = None
    start_time: Time | None = None
    end_time: Time | None = None
    current: Annotated[int, integer_in(1, 1_000_000)] = 1
    size: Annotated[int, integer_in(1, 100)] = 10
    isolated_symbol: Symbol | None = None


class MarginTransfer(Struct, frozen=True, rename="camel"):
    """One past transfer; an isolated end names its pair."""

    amount: str
    asset: str
    status: str
    timestamp: int
    tx_id: int
    type: str
    trans_from: str
    trans_to: str
    from_symbol: str | UnsetType = UNSET
    to_symbol: str | UnsetType = UNSET


class MarginTransfers(Struct, frozen=True):
    """A page, newest first, and the number of rows in all."""

    rows: list[MarginTransfer]
    total: int


class MaxParams(Struct, frozen=True, rename="camel"):
    """An asset of the cross wallet, or of the wallet of a pair."""

    asset: Asset
    isolated_symbol: Symbol | None = None


class MaxTransferable(Struct, frozen=True):
    """How much may leave."""

    amount: str


@router.get("/v1/margin/transfer", security=Security.USER_DATA)
async def margin_transfers(ctx: Context, params: HistoryParams) -> MarginTransfers:
    """Get cross margin transfer history: cross and isolated, or the wallet of one pair.

    Newest first, in at most 30 days; without times the last 7 days.
    """
    start, end = closed_window(
        params.start_time,
        params.end_time,
        ctx.now,
        default_ms=DEFAULT_WINDOW_MS,
        longest_ms=LONGEST_WINDOW_MS,
    )
    pair = params.isolated_symbol
    asked = TransferHistory(
        uid=ctx.uid,
        kinds=KINDS[params.type] if pair is None else ISOLATED_KINDS,
        start=start,
        end=end,
        offset=(params.current - 1) * params.size,
        limit=params.size,
        from_symbol=pair if params.type is Way.ROLL_OUT else None,
        to_symbol=pair if params.type is Way.ROLL_IN else None,
        asset=params.asset,
        pair=pair,
    )
    page = await ctx.read(asked)
    return MarginTransfers([_row(row, pair) for row in page.rows], page.total)


@router.get("/v1/margin/maxTransferable", security=Security.USER_DATA, weight=ip(50))
async def max_transferable(ctx: Context, params: MaxParams) -> MaxTransferable:
    """Query max transfer-out amount: nothing is borrowed here, so all of it."""
    wallet = await _wallet(ctx, params)
    view = await ctx.read(ReadWallets(ctx.uid))
    held = {h.asset: h.units for h in view.holdings if h.wallet == wallet}
    return MaxTransferable(fixed8(held.get(params.asset, 0)))


async def _wallet(ctx: Context, params: MaxParams) -> Wallet:
    """The wallet that is meant; refuses an asset or a pair that it does not have."""
    listed = await ctx.read(ReadCatalogue())
    if params.asset not in listed.assets:
        raise ApiError(Reason.NOT_A_MARGIN_ASSET, hint=f"no asset {params.asset} is listed")
    pair = params.isolated_symbol
    if pair is None:
        return MARGIN
    contract = listed.contracts.get(pair)
    if contract is None:
        raise ApiError(Reason.NOT_A_MARGIN_PAIR, hint=f"{pair} is no margin pair")
    if params.asset not in (contract.base_asset, contract.quote_asset):
        raise ApiError(Reason.NOT_A_MARGIN_ASSET, hint=f"{pair} holds no {params.asset}")
    return isolated_margin(pair)


def _row(row: TransferRow, pair: str | None) -> MarginTransfer:
    route = ROUTES[row.kind]
    gave = route.source in MARGIN_WALLETS if pair is None else row.from_symbol == pair
    return MarginTransfer(
        amount=fixed8(row.units),
        asset=row.asset,
        status=CONFIRMED,
        timestamp=row.at,
        tx_id=row.tran_id,
        type=(Way.ROLL_OUT if gave else Way.ROLL_IN).value,
        trans_from=WALLET_WORDS[route.source],
        trans_to=WALLET_WORDS[route.target],
        from_symbol=row.from_symbol or UNSET,
        to_symbol=row.to_symbol or UNSET,
    )
