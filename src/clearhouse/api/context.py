"""What a handler gets: the caller, the moment, and the seam to the venue."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from msgspec import Raw, Struct

from clearhouse.api.wire import encode_json
from clearhouse.messages.commands import Command
from clearhouse.messages.events import Event
from clearhouse.messages.queries import KeyView, Query
from clearhouse.model.ids import Millis, Uid
from clearhouse.runtime.venue import Venue

A = TypeVar("A")
E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class Rendered:
    """Parts of answers that change with the catalogue only, kept as bytes.

    With hundreds of symbols these parts are nearly all of some answers.
    """

    kept: dict[str, tuple[int, Raw]] = field(default_factory=dict)

    def json(self, name: str, revision: int, build: Callable[[], object]) -> Raw:
        """JSON of what `build` gives, built once for each revision."""
        found = self.kept.get(name)
        if found is None or found[0] != revision:
            found = self.kept[name] = revision, Raw(encode_json(build()))
        return found[1]


class Context(Struct, gc=False):
    """One request in front of its handler."""

    venue: Venue
    now: Millis
    rendered: Rendered
    key: KeyView | None = None

    @property
    def uid(self) -> Uid:
        """The account of the caller; only signed operations may ask."""
        assert self.key is not None
        return self.key.uid

    def read(self, query: Query[A]) -> Coroutine[Any, Any, A]:
        """Ask the venue."""
        return self.venue.read(query)

    async def submit(self, command: Command, outcome: type[E]) -> E:
        """Tell the venue; the fact that it caused."""
        events = await self.venue.submit(command)
        caused = events[0]
        assert isinstance(caused, outcome)
        return caused
