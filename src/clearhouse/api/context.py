"""What a handler gets: the caller, the moment, and the seam to the venue."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from msgspec import Raw, Struct

from clearhouse.api.transport import Headers, origin_of
from clearhouse.api.wire import encode_json
from clearhouse.messages.commands import Command
from clearhouse.messages.events import Event
from clearhouse.messages.queries import (
    ExportView,
    KeyView,
    Query,
    ReadRevision,
)
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.runtime.exports.links import DownloadLinks
from clearhouse.runtime.listen_keys import ListenKeyTexts
from clearhouse.runtime.venue import Venue

A = TypeVar("A")
E = TypeVar("E", bound=Event)


Revision = int | tuple[int, ...]
"""What tells a state from the one before."""

ANSWERS_KEPT = 10_000
"""Small answers of accounts that are kept; the oldest goes first."""


@dataclass(slots=True)
class Rendered:
    """JSON that is made once and sent often.

    `kept`: parts that change with the catalogue only; with hundreds of symbols they are nearly
    all of some answers; and the levels of books. `answers`: small answers of an account, which
    is polled far more often than it changes.
    """

    kept: dict[str, tuple[Revision, Raw]] = field(default_factory=dict)
    answers: dict[tuple[str, Uid], tuple[tuple[Seq, Seq], Raw]] = field(default_factory=dict)

    def found(self, name: str, revision: Revision) -> Raw | None:
        """JSON that was made of a revision, if it was."""
        kept = self.kept.get(name)
        return kept[1] if kept is not None and kept[0] == revision else None

    def json(self, name: str, revision: Revision, build: Callable[[], object]) -> Raw:
        """JSON of what `build` gives, built once for each revision."""
        found = self.found(name, revision)
        if found is None:
            found = Raw(encode_json(build()))
            self.kept[name] = revision, found
        return found

    def keep(self, name: str, uid: Uid, revision: tuple[Seq, Seq], answer: object) -> Raw:
        """JSON of an account's answer, for as long as the revision stands."""
        if len(self.answers) >= ANSWERS_KEPT:
            del self.answers[next(iter(self.answers))]
        raw = Raw(encode_json(answer))
        self.answers[name, uid] = revision, raw
        return raw


class Context(Struct, gc=False):
    """One request in front of its handler."""

    venue: Venue
    now: Millis
    rendered: Rendered
    listen_keys: ListenKeyTexts
    links: DownloadLinks
    key: KeyView | None = None
    headers: Headers = ()

    @property
    def uid(self) -> Uid:
        """The account of the caller; only signed operations may ask."""
        assert self.key is not None
        return self.key.uid

    def link_to(self, export: ExportView) -> str:
        """The URL of an export's file, on this server as the caller knows it."""
        return origin_of(self.headers, self.links.home) + self.links.path_of(export)

    def read(self, query: Query[A]) -> Coroutine[Any, Any, A]:
        """Ask the venue."""
        return self.venue.read(query)

    async def kept(self, name: str, query: Query[A], build: Callable[[A], object]) -> Raw:
        """JSON of the caller's answer, built again only when account or catalogue changed."""
        key = self.key
        assert key is not None
        revision = await self.venue.read(ReadRevision(key.uid))
        found = self.rendered.answers.get((name, key.uid))
        if found is not None and found[0] == revision:
            return found[1]
        answer = build(await self.venue.read(query))
        return self.rendered.keep(name, key.uid, revision, answer)

    async def submit(self, command: Command, outcome: type[E]) -> E:
        """Tell the venue; the fact that it caused."""
        events = await self.venue.submit(command)
        caused = events[0]
        assert isinstance(caused, outcome)
        return caused
