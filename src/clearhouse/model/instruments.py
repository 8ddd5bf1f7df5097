"""What can be held and traded: assets, contracts, pairs.

Decimals that clients read back (tick sizes, multipliers) stay the text that was
configured, because the exchange prints `0.10` for one symbol and `0.1` for another.
Decimals that we compute with are units of 1e-8.
"""

from msgspec import Struct

from clearhouse.model.money import SCALE, multiply_toward_zero


class Collateral(Struct, frozen=True, kw_only=True, array_like=True):
    """Haircuts of an asset in multi-assets mode, as rates in units of 1e-8."""

    bid_buffer: int
    ask_buffer: int
    auto_exchange_bid_buffer: int
    auto_exchange_ask_buffer: int
    auto_exchange_threshold: str | None = None

    def bid_rate(self, index: int) -> int:
        """USD that one unit of a positive balance counts for; cut at 8 decimals."""
        return multiply_toward_zero(index, SCALE - self.bid_buffer)

    def ask_rate(self, index: int) -> int:
        """USD that one unit of a debt or a margin requirement counts for; cut at 8 decimals."""
        return multiply_toward_zero(index, SCALE + self.ask_buffer)

    def auto_exchange_bid_rate(self, index: int) -> int:
        """USD that one unit brings when it is sold to make good a debt; cut at 8 decimals."""
        return multiply_toward_zero(index, SCALE - self.auto_exchange_bid_buffer)

    def auto_exchange_ask_rate(self, index: int) -> int:
        """USD that one unit of a debt counts for beside what could be sold; cut at 8 decimals."""
        return multiply_toward_zero(index, SCALE + self.auto_exchange_ask_buffer)


class Asset(Struct, frozen=True, kw_only=True, array_like=True):
    """Something that wallets hold.

    `futures`: it has a row in the futures account. `collateral`: it counts in
    multi-assets mode. `index`: its price in USD, in units of 1e-8, when first listed.
    """

    name: str
    full_name: str
    index: int
    futures: bool = False
    collateral: Collateral | None = None


class Bracket(Struct, frozen=True, kw_only=True, array_like=True):
    """One tier of a contract's leverage table; amounts and rates in units of 1e-8."""

    initial_leverage: int
    notional_floor: int
    notional_cap: int
    maint_margin_ratio: int
    cum: int


class Contract(Struct, frozen=True, kw_only=True, array_like=True):
    """A perpetual contract: its filters as `exchangeInfo` prints them, and its tiers."""

    symbol: str
    base_asset: str
    quote_asset: str
    margin_asset: str
    price_precision: int
    quantity_precision: int
    tick_size: str
    min_price: str
    max_price: str
    step_size: str
    min_qty: str
    max_qty: str
    market_min_qty: str
    market_max_qty: str
    min_notional: str
    multiplier_up: str
    multiplier_down: str
    multiplier_decimal: str
    liquidation_fee: str
    market_take_bound: str
    trigger_protect: str
    max_num_orders: int
    onboard_date: int
    funding_interval_hours: int
    funding_cap: str
    funding_floor: str
    brackets: tuple[Bracket, ...]

    @property
    def max_leverage(self) -> int:
        """The largest leverage that any tier allows."""
        return max(b.initial_leverage for b in self.brackets)

    def max_notional(self, leverage: int) -> int:
        """The largest position value at a leverage: the cap of the highest tier that allows it.

        Zero at a leverage that no tier allows.
        """
        largest = 0
        for bracket in self.brackets:
            if bracket.initial_leverage >= leverage and bracket.notional_cap > largest:
                largest = bracket.notional_cap
        return largest
