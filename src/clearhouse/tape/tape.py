"""The tape: what the public market did, told as it happens."""

from clearhouse.engine.state import State
from clearhouse.messages.events import Event
from clearhouse.model.trades import Trades


class Tape:
    """What the public market did, of every symbol. It belongs to no state and to no journal."""

    def observe(self, state: State, event: Event) -> None:
        """Take in what an event that was just applied did to a market."""

    def traded(self, state: State, symbol: str, first_id: int, trades: Trades) -> None:
        """Take in trades of the outside, numbered from `first_id` on."""

    def moved(self, state: State, symbol: str) -> None:
        """The prices of a symbol are others now."""

    def booked(self, state: State, symbol: str) -> None:
        """The book of a symbol is another now."""
