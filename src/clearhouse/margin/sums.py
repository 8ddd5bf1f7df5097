"""What the positions and open orders of an account add up to, asset by asset.

The one pass that every total of an account follows from. Nothing of it is kept: it is made anew
from positions, marks and open order values whenever somebody asks, so that a mark that moves
costs nothing, and one look at an account costs as much as it has symbols.
"""

from collections.abc import Callable
from dataclasses import dataclass

from clearhouse.margin.exposure import OpenValue
from clearhouse.margin.futures_account import DEFAULT_SETTING, FuturesAccount
from clearhouse.margin.requirements import NO_ORDERS, initial_margin_rate, maintenance_margin
from clearhouse.market.catalogue import Catalogue
from clearhouse.market.market import Markets
from clearhouse.messages.queries import SymbolSetting
from clearhouse.model.instruments import Contract
from clearhouse.model.money import SCALE
from clearhouse.model.orders import Position, PositionSide


@dataclass(slots=True)
class Sums:
    """Sums over the positions of a margin asset; each is cut before it is added.

    `cross_…`: those of cross positions alone. `isolated_orders`: margin of open orders in
    isolated symbols; `isolated_wallets`: what was assigned to isolated positions.
    """

    unrealized: int = 0
    cross_unrealized: int = 0
    position_margin: int = 0
    cross_position_margin: int = 0
    order_margin: int = 0
    isolated_orders: int = 0
    maint: int = 0
    cross_maint: int = 0
    isolated_wallets: int = 0

    @property
    def initial(self) -> int:
        """Margin that positions and orders need."""
        return self.position_margin + self.order_margin

    def free(self, wallet: int) -> int:
        """What a wallet leaves for new positions, or (negative) lacks."""
        return (
            wallet
            - self.isolated_wallets
            + self.cross_unrealized
            - self.cross_position_margin
            - self.order_margin
        )

    def spare(self, wallet: int) -> int:
        """What of a wallet may leave whatever the profit is, or (negative) lacks."""
        return wallet - self.isolated_wallets - self.isolated_orders - self.cross_maint


NOTHING_OPEN = Sums()
"""For reading only."""


class Figures:
    """The amounts of one position and its open orders, in units of its margin asset."""

    __slots__ = ("maint", "order_margin", "position_margin", "unrealized", "value")

    def __init__(
        self, contract: Contract, position: Position, orders: OpenValue, mark: int, rate: int
    ) -> None:
        product = position.quantity * mark
        size = abs(product) // SCALE
        self.value = value = size if product >= 0 else -size
        profit = position.quantity * (mark - position.entry_price)
        self.unrealized = profit // SCALE if profit >= 0 else -(-profit // SCALE)
        self.position_margin = needed = size * rate // SCALE
        self.order_margin = 0
        if orders.bids or orders.asks:
            largest = max(
                size, abs(value + orders.bids // SCALE), abs(value - orders.asks // SCALE)
            )
            self.order_margin = largest * rate // SCALE - needed
        self.maint = maintenance_margin(contract, size) if size else 0


Visit = Callable[[Contract, PositionSide, Position, OpenValue, SymbolSetting, Figures], object]


def sums_of(
    catalogue: Catalogue, markets: Markets, account: FuturesAccount, visit: Visit | None = None
) -> dict[str, Sums]:
    """The sums of each margin asset that the account has a position or an order in.

    `visit` is shown every position on the way.
    """
    sums: dict[str, Sums] = {}
    for symbol, exposure in account.exposures.items():
        positions, values = exposure.positions, exposure.open
        sides = positions if not values else {**positions, **values}
        for side in sides:
            position, orders = exposure.position(side), values.get(side, NO_ORDERS)
            if not (position.quantity or orders.bids or orders.asks):
                continue
            contract = catalogue.contracts[symbol]
            setting = setting_in(catalogue, account, symbol)
            rate = initial_margin_rate(setting.leverage)
            figures = Figures(contract, position, orders, markets[symbol].mark, rate)
            total = sums.get(contract.margin_asset)
            if total is None:
                total = sums[contract.margin_asset] = Sums()
            _add(total, figures, position, isolated=setting.isolated)
            if visit is not None:
                visit(contract, side, position, orders, setting, figures)
    return sums


def setting_in(catalogue: Catalogue, account: FuturesAccount, symbol: str) -> SymbolSetting:
    """As `FuturesAccount.setting`, with the largest leverage looked up instead of searched."""
    setting = account.symbols.get(symbol, DEFAULT_SETTING)
    largest = catalogue.rules[symbol].max_leverage
    return setting if setting.leverage <= largest else SymbolSetting(largest, setting.isolated)


def _add(total: Sums, figures: Figures, position: Position, *, isolated: bool) -> None:
    total.unrealized += figures.unrealized
    total.position_margin += figures.position_margin
    total.order_margin += figures.order_margin
    total.maint += figures.maint
    if isolated:
        total.isolated_orders += figures.order_margin
        total.isolated_wallets += position.isolated_wallet
    else:
        total.cross_unrealized += figures.unrealized
        total.cross_position_margin += figures.position_margin
        total.cross_maint += figures.maint
