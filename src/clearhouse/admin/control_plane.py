"""The control plane as an application.

A call that changes something is a `Plan`: commands, and the answer that follows from what
they caused. One place runs every plan, so every POST is idempotent in the same way: a call
with an `Idempotency-Key` keeps its answer, sealed, in the commit of its effect, and a second
call with the key gets that answer and has no effect.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from weakref import WeakValueDictionary

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clearhouse import __version__
from clearhouse.admin.errors import CONFLICT, NOT_FOUND, AdminError, malformed, of_rejection
from clearhouse.admin.guard import check_caller
from clearhouse.engine.execute import Decision
from clearhouse.messages.commands import Command
from clearhouse.messages.events import AnswerKept, Event
from clearhouse.messages.queries import FindAnswer
from clearhouse.messages.rejections import Rejected
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.sealing import Sealer
from clearhouse.runtime.venue import Venue

PREFIX = "/_clearhouse/v1"
MAX_BODY = 1024 * 1024
MAX_IDEMPOTENCY_KEY = 200
MAX_ROWS = 1_000
"""The most that one call lists."""


class Plan(NamedTuple):
    """What a call does: commands in one commit, and the answer made of what they caused.

    `then`: what else there is to wait for before the answer leaves.
    """

    commands: list[Command]
    answer: Callable[[Decision], object]
    then: Callable[[], Awaitable[object]] | None = None


Read = Callable[[Request], Awaitable[object]]
Change = Callable[[Request, bytes], Awaitable[Plan]]
Steer = Callable[[Request, bytes], Awaitable[object]]


class ControlPlane:
    """Guards, runs and answers control-plane calls."""

    def __init__(self, venue: Venue, sealer: Sealer, token: str | None) -> None:
        self.venue = venue
        self.sealer = sealer
        self._token = token
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def reading(self, path: str, read: Read) -> Route:
        """A GET that reads."""

        async def endpoint(request: Request) -> Response:
            return await self._guarded(request, lambda: read(request))

        endpoint.__doc__ = read.__doc__
        return Route(PREFIX + path, endpoint, methods=["GET"])

    def changing(self, path: str, change: Change, *, method: str = "POST") -> Route:
        """A call that changes something."""

        async def endpoint(request: Request) -> Response:
            return await self._guarded(request, lambda: self._run(request, change))

        endpoint.__doc__ = change.__doc__
        return Route(PREFIX + path, endpoint, methods=[method])

    def steering(self, path: str, steer: Steer, *, method: str = "PUT") -> Route:
        """A call that changes how the server runs, which is in no journal."""

        async def endpoint(request: Request) -> Response:
            async def act() -> object:
                return await steer(request, await read_body(request))

            return await self._guarded(request, act)

        endpoint.__doc__ = steer.__doc__
        return Route(PREFIX + path, endpoint, methods=[method])

    async def _guarded(self, request: Request, act: Callable[[], Awaitable[object]]) -> Response:
        try:
            check_caller(request, self._token)
            answer = await act()
            return answer if isinstance(answer, Response) else json_response(answer)
        except AdminError as error:
            return error_response(error)
        except Rejected as refusal:
            return error_response(of_rejection(refusal))
        except VenueStoppedError as stopped:
            return error_response(AdminError(503, "stopped", str(stopped)))

    async def _run(self, request: Request, change: Change) -> object:
        body = await read_body(request)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is None:
            plan = await change(request, body)
            return await self._done(plan, await self.venue.submit_all(plan.commands))
        if not 0 < len(key) <= MAX_IDEMPOTENCY_KEY:
            raise malformed(f"Idempotency-Key: 1 to {MAX_IDEMPOTENCY_KEY} characters")
        call = f"{request.method} {request.url.path}\n".encode() + body
        turn = self._turns.setdefault(key, asyncio.Lock())
        async with turn:  # a call that is repeated while the first is under way waits for it
            return await self._run_once(key, hashlib.sha256(call).digest(), request, body, change)

    async def _run_once(
        self, key: str, fingerprint: bytes, request: Request, body: bytes, change: Change
    ) -> object:
        kept = await self.venue.read(FindAnswer(key))
        if kept:
            if kept.fingerprint != fingerprint:
                reason = "this Idempotency-Key was used for another call"
                raise AdminError(CONFLICT, "idempotency_key_reused", reason)
            return msgspec.Raw(self.sealer.open(kept.sealed))
        plan = await change(request, body)

        def keep(events: Decision) -> Event:
            sealed = self.sealer.seal(msgspec.json.encode(plan.answer(events)))
            return AnswerKept(at=events[-1].at, key=key, fingerprint=fingerprint, sealed=sealed)

        return await self._done(plan, await self.venue.submit_all(plan.commands, also=keep))

    async def _done(self, plan: Plan, events: Decision) -> object:
        if plan.then:
            await plan.then()
        return plan.answer(events)


async def read_body(request: Request) -> bytes:
    """The body, up to one mebibyte."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise AdminError(413, "too_large", f"the body is longer than {MAX_BODY} bytes")
    return body


def json_response(answer: object, status: int = 200) -> Response:
    """An answer of the control plane."""
    headers = {"x-clearhouse": __version__, "x-content-type-options": "nosniff"}
    body = msgspec.json.encode(answer)
    return Response(body, status, headers, media_type="application/json")


def error_response(error: AdminError) -> Response:
    """A refusal of the control plane."""
    return json_response({"error": {"code": error.code, "message": error.message}}, error.status)


def no_such_call(request: Request, allowed: str) -> AdminError:
    """404, or 405 where other methods are `allowed`, with the way out."""
    path = request.url.path[:200]
    if allowed:
        return AdminError(405, "wrong_method", f"{path} takes {allowed}, not {request.method}")
    return AdminError(NOT_FOUND, "not_found", f"{path} is no call of this server; see /docs")
