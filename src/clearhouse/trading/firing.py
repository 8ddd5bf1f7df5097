"""Provisional."""

from collections.abc import Iterator

from clearhouse.messages.events import Event
from clearhouse.model.ids import Millis
from clearhouse.trading.state import Trading


def fire_triggers(state: Trading, symbol: str, at: Millis) -> Iterator[Event]:
    return
    yield
