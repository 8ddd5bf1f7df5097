"""What an account holds: each position and the orders around it in figures, and their sums.

The one pass that every number of an account follows from. Nothing of it is kept: it is made anew
from positions, marks and open order values whenever somebody asks, so a mark that moves costs
nothing, and one look at an account costs as much as it has positions. Sections of
docs/internals/numbers.md: "Positions", "Open orders", "Single-asset mode", "Balances".
"""

from collections.abc import Iterable

from msgspec import Struct

from clearhouse.margin.exposure import FLAT, Exposure, OpenValue
from clearhouse.margin.futures_account import DEFAULT_SETTING, FuturesAccount
from clearhouse.margin.requirements import (
    NO_ORDERS,
    initial_margin,
    initial_margin_rate,
    maintenance_margin,
)
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.messages.queries import PositionFigures, SymbolSetting
from clearhouse.model.instruments import Contract
from clearhouse.model.money import SCALE
from clearhouse.model.orders import HEDGE_SIDES, ONE_WAY_SIDES, Position, PositionSide


class Held(Struct, frozen=True, gc=False):
    """A position and the orders around it; amounts in units of the contract's margin asset.

    `value` is signed. `margin` is what the position needs, `order_margin` what its orders need
    beyond that, `maint` what keeps it open.
    """

    contract: Contract
    side: PositionSide
    position: Position
    orders: OpenValue
    leverage: int
    isolated: bool
    mark: int
    value: int
    unrealized: int
    margin: int
    order_margin: int
    maint: int

    @property
    def largest(self) -> int:
        """The value that the position would have if all orders of one side were filled.

        As in "Open orders", before the rate.
        """
        bids, asks = self.orders.bids // SCALE, self.orders.asks // SCALE
        return max(abs(self.value), abs(self.value + bids), abs(self.value - asks))


class Sums:
    """Sums over what is held in a margin asset; every term was cut before it was added.

    `cross_…`: those of cross positions alone. `isolated_orders`: margin of open orders in
    isolated symbols. `isolated_wallets`: what was assigned to isolated positions.
    """

    __slots__ = (
        "cross_maint",
        "cross_margin",
        "cross_unrealized",
        "isolated_orders",
        "isolated_wallets",
        "maint",
        "margin",
        "order_margin",
        "unrealized",
    )

    def __init__(self) -> None:
        self.unrealized = self.margin = self.order_margin = self.maint = 0
        self.cross_unrealized = self.cross_margin = self.cross_maint = 0
        self.isolated_orders = self.isolated_wallets = 0

    def add(self, held: Held) -> None:
        """One more position ("Positions")."""
        self.unrealized += held.unrealized
        self.margin += held.margin
        self.order_margin += held.order_margin
        self.maint += held.maint
        if held.isolated:
            self.isolated_orders += held.order_margin
            self.isolated_wallets += held.position.isolated_wallet
        else:
            self.cross_unrealized += held.unrealized
            self.cross_margin += held.margin
            self.cross_maint += held.maint

    @property
    def initial(self) -> int:
        """What positions and orders need together ("Positions")."""
        return self.margin + self.order_margin

    def free(self, wallet: int) -> int:
        """What a wallet leaves for new positions and orders; negative where it lacks something.

        `availableBalance` of "Single-asset mode", not cut off at zero.
        """
        left = wallet - self.isolated_wallets + self.cross_unrealized
        return left - self.cross_margin - self.order_margin

    def spare(self, wallet: int) -> int:
        """What a wallet leaves without its profit; negative where it lacks something.

        The first bound of `maxWithdrawAmount` of "Single-asset mode".
        """
        return wallet - self.isolated_wallets - self.isolated_orders - self.cross_maint


SumsByAsset = dict[str, Sums]
NOTHING_HELD = Sums()
"""For reading only."""


def all_held(catalogue: Catalogue, markets: Markets, account: FuturesAccount) -> list[Held]:
    """Every position that is open or has open orders, in the order of the first trade."""
    sides = sides_of(account)
    found = [
        _held(catalogue, markets, account, symbol, exposure, side)
        for symbol, exposure in account.exposures.items()
        for side in sides
    ]
    return [one for one in found if one is not None]


def held_in(
    catalogue: Catalogue, markets: Markets, account: FuturesAccount, symbol: str
) -> list[Held]:
    """As `all_held`, of one symbol."""
    exposure = account.exposure(symbol)
    found = (
        _held(catalogue, markets, account, symbol, exposure, side) for side in sides_of(account)
    )
    return [one for one in found if one is not None]


def sums_of(held: Iterable[Held]) -> SumsByAsset:
    """The sums of each margin asset that something is held in."""
    sums: SumsByAsset = {}
    for one in held:
        asset = one.contract.margin_asset
        total = sums.get(asset)
        if total is None:
            total = sums[asset] = Sums()
        total.add(one)
    return sums


def isolated_wallets(catalogue: Catalogue, account: FuturesAccount, asset: str) -> int:
    """What of an asset's wallet is assigned to isolated positions ("Balances").

    Of `Sums`, this alone.
    """
    return sum(
        position.isolated_wallet
        for symbol, exposure in account.exposures.items()
        if catalogue.contracts[symbol].margin_asset == asset
        for position in exposure.positions.values()
    )


def sides_of(account: FuturesAccount) -> tuple[PositionSide, ...]:
    """The positions that the account has in each symbol."""
    return HEDGE_SIDES if account.hedge else ONE_WAY_SIDES


def setting_in(catalogue: Catalogue, account: FuturesAccount, symbol: str) -> SymbolSetting:
    """As `FuturesAccount.setting`, with the largest leverage looked up instead of searched."""
    setting = account.symbols.get(symbol, DEFAULT_SETTING)
    largest = catalogue.rules[symbol].max_leverage
    return setting if setting.leverage <= largest else SymbolSetting(largest, setting.isolated)


def flat(
    catalogue: Catalogue,
    markets: Markets,
    account: FuturesAccount,
    symbol: str,
    side: PositionSide,
) -> Held:
    """A position that is not open and has no open orders."""
    position = account.exposure(symbol).position(side)
    leverage, isolated = setting_in(catalogue, account, symbol)
    contract, mark = catalogue.contracts[symbol], markets[symbol].mark
    return Held(contract, side, position, NO_ORDERS, leverage, isolated, mark, 0, 0, 0, 0, 0)


def figures_of(catalogue: Catalogue, held: Held) -> PositionFigures:
    """What account information shows of a position ("Positions")."""
    contract, position, orders = held.contract, held.position, held.orders
    max_notional = catalogue.rules[contract.symbol].max_notional[held.leverage]
    return PositionFigures(
        symbol=contract.symbol,
        side=held.side,
        quantity=position.quantity,
        entry_price=position.entry_price,
        notional=held.value,
        unrealized=held.unrealized,
        leverage=held.leverage,
        isolated=held.isolated,
        isolated_wallet=position.isolated_wallet,
        position_margin=held.margin,
        order_margin=held.order_margin,
        maint_margin=held.maint,
        bid_value=orders.bids // SCALE,
        ask_value=orders.asks // SCALE,
        max_notional=max_notional,
        updated_at=position.updated_at,
    )


def _held(
    catalogue: Catalogue,
    markets: Markets,
    account: FuturesAccount,
    symbol: str,
    exposure: Exposure,
    side: PositionSide,
) -> Held | None:
    """The figures of a position; None where there is neither a position nor an order.

    "Positions", and "Open orders" for what those add. Every order that is placed asks, so products
    are spelled out here instead of called.
    """
    position, orders = exposure.positions.get(side, FLAT), exposure.open.get(side, NO_ORDERS)
    quantity = position.quantity
    if not (quantity or orders.bids or orders.asks):
        return None
    contract, mark = catalogue.contracts[symbol], markets[symbol].mark
    leverage, isolated = setting_in(catalogue, account, symbol)
    rate = initial_margin_rate(leverage)
    size = abs(quantity) * mark // SCALE
    value = size if quantity >= 0 else -size
    profit = quantity * (mark - position.entry_price)
    margin = size * rate // SCALE
    order_margin = 0
    if orders.bids or orders.asks:
        order_margin = initial_margin(value, orders, leverage) - margin
    return Held(
        contract,
        side,
        position,
        orders,
        leverage,
        isolated,
        mark,
        value,
        profit // SCALE if profit >= 0 else -(-profit // SCALE),
        margin,
        order_margin,
        maintenance_margin(contract, size) if size else 0,
    )
