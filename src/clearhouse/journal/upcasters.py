"""Old records become new events, one pure step a version.

A released event never changes. To change one: copy its class here as `...V1` with its old
tag, give the class in `messages/events.py` the next version, and add the step to `STEPS`.
"""

from collections.abc import Callable
from typing import Any, Final

from clearhouse.messages.events import Event

STORED_TYPES: Final = Event
"""Every class that a journal may hold: today's events and the retired versions."""

STEPS: Final[dict[type[Any], Callable[[Any], Any]]] = {}
"""From a retired version to the next one."""


def upcast(event: Any) -> Event:
    """The event in its newest version."""
    while step := STEPS.get(type(event)):
        event = step(event)
    newest: Event = event
    return newest
