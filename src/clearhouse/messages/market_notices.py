"""Notices of the public market: what everybody may be told, of the state right after it."""

from msgspec import Struct

from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Contract
from clearhouse.model.orders import Order


class MarketChanged(Struct, frozen=True):
    """Prices, trades or the book of a symbol are not what they were."""

    symbol: str


class PositionForced(Struct, frozen=True, kw_only=True):
    """An order that liquidates a position was filled. `order` is a copy, `quantity` the fill's."""

    at: Millis
    order: Order
    quantity: int

    @property
    def symbol(self) -> str:
        """The market in which it was."""
        return self.order.symbol


class ContractChanged(Struct, frozen=True, kw_only=True):
    """A contract was listed or configured anew. `brackets`: they are other ones now."""

    at: Millis
    contract: Contract
    brackets: bool

    @property
    def symbol(self) -> str:
        """The contract's name."""
        return self.contract.symbol


class MarketsReset(Struct, frozen=True):
    """Everything began anew, the numbers of trades too."""

    symbol: str = ""


MarketNotice = MarketChanged | PositionForced | ContractChanged | MarketsReset
