"""What a handler gets: the caller, the moment, and the seam to the venue."""

from collections.abc import Awaitable, Callable, Coroutine
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
    Revision,
)
from clearhouse.model.ids import Millis, Uid
from clearhouse.runtime.exports.links import DownloadLinks
from clearhouse.runtime.listen_keys import ListenKeyTexts
from clearhouse.runtime.venue import Venue

A = TypeVar("A")
E = TypeVar("E", bound=Event)


Stamp = int | tuple[int, ...]
"""What tells what a part was made of from what was before."""

ANSWERS_KEPT = 10_000
BYTES_KEPT = 64 * 2**20
"""How many answers of accounts are kept, and how large they are together; the oldest go first."""


@dataclass(slots=True)
class Rendered:
    """JSON that is made once and sent often.

    `kept`: parts that change with the catalogue only; with hundreds of symbols they are nearly
    all of some answers; and the levels of books. `answers`: answers of an account, which is polled
    far more often than it changes.
    """

    kept: dict[str, tuple[Stamp, Any]] = field(default_factory=dict)
    answers: dict[tuple[str, Uid], tuple[Revision, Raw]] = field(default_factory=dict)
    answer_bytes: int = 0

    def made(self, name: str, revision: Stamp, build: Callable[[], A]) -> A:
        """What `build` gives, made once for each revision."""
        found = self.kept.get(name)
        if found is None or found[0] != revision:
            found = self.kept[name] = revision, build()
        part: A = found[1]
        return part

    def found(self, name: str, revision: Stamp) -> Any | None:
        """What was made of a revision, if it was."""
        kept = self.kept.get(name)
        return kept[1] if kept is not None and kept[0] == revision else None

    def json(self, name: str, revision: Stamp, build: Callable[[], object]) -> Raw:
        """JSON of what `build` gives, built once for each revision."""
        return self.made(name, revision, lambda: Raw(encode_json(build())))

    def keep(self, name: str, uid: Uid, revision: Revision, answer: object) -> Raw:
        """JSON of an account's answer, for as long as the revision stands."""
        raw = Raw(encode_json(answer))
        self._forget((name, uid))
        self.answers[name, uid] = revision, raw
        self.answer_bytes += len(bytes(raw))
        while len(self.answers) > ANSWERS_KEPT or self.answer_bytes > BYTES_KEPT:
            self._forget(next(iter(self.answers)))
        return raw

    def _forget(self, key: tuple[str, Uid]) -> None:
        found = self.answers.pop(key, None)
        if found is not None:
            self.answer_bytes -= len(bytes(found[1]))


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

    async def kept(self, name: str, build: "Callable[[Context], Awaitable[object]]") -> Raw:
        """JSON of the caller's answer, built again only when something it shows has changed."""
        key = self.key
        assert key is not None
        revision = await self.venue.read(ReadRevision(key.uid))
        found = self.rendered.answers.get((name, key.uid))
        if found is not None and found[0] == revision:
            return found[1]
        return self.rendered.keep(name, key.uid, revision, await build(self))

    async def submit(self, command: Command, outcome: type[E]) -> E:
        """Tell the venue; the fact that it caused."""
        events = await self.venue.submit(command)
        caused = events[0]
        assert isinstance(caused, outcome)
        return caused
