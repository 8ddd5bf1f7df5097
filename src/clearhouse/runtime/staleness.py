"""What happens to orders while the market that they would trade in is stale.

Prices that a live source no longer confirms may be far from the truth. Refused orders never reach
the core, so the journal knows nothing of it and a replay is the same. Filled ones trade at the
last prices, and every answer says how old those are. Cancelling is always possible; a conditional
order waits for a price, and none comes.
"""

from collections.abc import Callable

from clearhouse.messages.commands import Command
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.messages.trading_commands import AmendOrder, PlaceOrder

_TRADING = (PlaceOrder, AmendOrder)


def refusing(stale: Callable[[str], str | None]) -> Callable[[Command], None]:
    """Admits everything but orders in a symbol that is stale; `stale` says why it is."""

    def admit(command: Command) -> None:
        if isinstance(command, _TRADING) and (why := stale(command.symbol)):
            raise Rejected(
                Reason.MARKET_STALE, f"{why}; the order was not placed (when stale: refuse)"
            )

    return admit


def everything(_command: Command) -> None:
    """Admit whatever comes."""
