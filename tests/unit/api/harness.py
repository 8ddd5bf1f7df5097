"""A server without sockets: the ASGI application over a journal in memory, called directly.

Time stands still unless a test moves it: the venue's clock is frozen at `NOW`, and the real
time that limits are counted by is `Wall`. So an answer depends on nothing but the requests.
"""

import asyncio
import contextlib
import hmac
import json
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode

import msgspec
import pytest

from clearhouse.api.transport import App, Scope
from clearhouse.api.ws_protocol import PUSH, frame_of
from clearhouse.app import Application
from clearhouse.config import Config
from clearhouse.engine.snapshot import digest
from clearhouse.engine.state import State
from clearhouse.journal.memory import MemoryJournal
from clearhouse.journal.port import Journal
from clearhouse.messages.commands import SetClock
from clearhouse.model.ids import Millis
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET
from clearhouse.runtime.opening import Opened, open_venue

NOW = 1_760_000_000_000
"""The venue's time in every test."""
WALL = 1_760_000_060_000
"""Real time at the start of every test: 20 seconds after a minute began."""
DEMO_UID = 1_000_001
HOME = "127.0.0.1"

T = TypeVar("T")


@dataclass
class Wall:
    """The real time that limits are counted by."""

    now: int = WALL

    def __call__(self) -> Millis:
        return Millis(self.now)


@dataclass(frozen=True)
class Answer:
    """Status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def refusal(self) -> tuple[int, int, str]:
        """(status, code, message) of an exchange-shaped refusal."""
        found = self.json
        assert set(found) == {"code", "msg"}
        return self.status, found["code"], found["msg"]

    @property
    def error(self) -> tuple[int, str]:
        """(status, code) of a control-plane refusal, which must also say a sentence."""
        found = self.json
        assert set(found) == {"error"}
        assert set(found["error"]) == {"code", "message"}
        assert found["error"]["message"]
        return self.status, found["error"]["code"]


@dataclass
class House:
    """A running application and ways to call it."""

    application: Application
    app: App
    opened: Opened
    wall: Wall
    key: str = DEMO_KEY
    secret: str = DEMO_SECRET
    uid: int = DEMO_UID
    address: str = HOME

    @property
    def state(self) -> State:
        return self.opened.sequencer.state

    def digest(self) -> str:
        """A fingerprint of the whole state."""
        return digest(self.state).hex()

    async def send(
        self,
        method: str,
        path: str,
        query: str | bytes = b"",
        body: str | bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        address: str | None = None,
    ) -> Answer:
        """Any request, byte for byte."""
        scope = _scope(method, path, raw(query), headers or {}, address or self.address)
        return await call_asgi(self.app, scope, raw(body))

    def sign(self, text: str, secret: str | None = None) -> str:
        """HMAC-SHA256 in hex."""
        return hmac.digest((secret or self.secret).encode(), text.encode(), "sha256").hex()

    def query(self, **params: object) -> str:
        """A signed query string with the timestamp of now."""
        text = urlencode({k: v for k, v in ({"timestamp": NOW} | params).items() if v is not None})
        return f"{text}&signature={self.sign(text)}"

    async def signed(
        self,
        method: str,
        path: str,
        params: Mapping[str, object] | None = None,
        *,
        address: str | None = None,
    ) -> Answer:
        """A signed request, everything in the query string; None leaves a parameter out."""
        return await self.send(
            method,
            path,
            self.query(**params or {}),
            headers={"x-mbx-apikey": self.key},
            address=address,
        )

    async def transfer(self, kind: str, asset: str, amount: str, **more: object) -> Answer:
        """`POST /sapi/v1/asset/transfer`."""
        params = {"type": kind, "asset": asset, "amount": amount, **more}
        return await self.signed("POST", "/sapi/v1/asset/transfer", params)

    async def control(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """A call of the control plane; a body of bytes is sent as it is."""
        sent = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        names = {"host": "127.0.0.1:7400"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return await self.send(method, "/_clearhouse/v1" + path, b"", sent, headers=names)

    def as_key(self, key: str, secret: str = "", uid: int = DEMO_UID) -> "House":
        """The same house, called with another key."""
        return House(
            self.application, self.app, self.opened, self.wall, key, secret, uid, self.address
        )

    async def new_key(
        self, *, kind: str = "HMAC", permissions: list[str] | None = None, **more: object
    ) -> "House":
        """The same house, called with a new key of the demo account."""
        body: dict[str, object] = {"kind": kind, **more}
        if permissions is not None:
            body["permissions"] = permissions
        made = await self.control("POST", f"/accounts/{self.uid}/keys", body)
        assert made.status == 200, made.body
        return self.as_key(made.json["apiKey"], made.json.get("apiSecret", ""), self.uid)

    async def account(self, **balances: dict[str, str]) -> "House":
        """The same house, called with the key of a new account."""
        made = await self.control("POST", "/accounts", {"balances": balances})
        assert made.status == 200, made.body
        return self.as_key(made.json["apiKey"], made.json["apiSecret"], made.json["uid"])

    def socket(self, query: str = "", *, path: str = "/ws-fapi/v1") -> "Socket":
        """A WebSocket connection; enter it to open it."""
        return Socket(self, query, path)

    @contextlib.asynccontextmanager
    async def exporting(self) -> AsyncIterator[None]:
        """Have the files of exports written meanwhile; they are gone afterwards."""
        journal = self.opened.sequencer._journal
        try:
            async with self.application.exporting(self.opened, journal):
                yield
        finally:
            self.application.export_files.close()

    def revive(self) -> Coroutine[Any, Any, None]:
        """Close the venue and open it again from what its journal holds."""
        return _revive(self)


class Socket:
    """A client's end of a WebSocket API connection."""

    def __init__(self, house: House, query: str, path: str) -> None:
        self._house = house
        self._query = query
        self._path = path
        self._to_server: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self._from_server: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self._task: asyncio.Future[None] | None = None
        self.opening: MutableMapping[str, Any] = {}

    async def __aenter__(self) -> Self:
        scope: Scope = {
            "type": "websocket",
            "path": self._path,
            "query_string": self._query.encode(),
            "headers": [],
            "client": (self._house.address, 50_000),
            "extensions": {PUSH: self._pushed},
        }
        self._to_server.put_nowait({"type": "websocket.connect"})
        serving = self._house.app(scope, self._to_server.get, self._from_server.put)
        self._task = asyncio.ensure_future(serving)
        self.opening = await self.next()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task
        self._to_server.put_nowait({"type": "websocket.disconnect", "code": 1005})
        await asyncio.wait_for(self._task, 5)

    async def next(self) -> MutableMapping[str, Any]:
        """The server's next message."""
        return await asyncio.wait_for(self._from_server.get(), 5)

    def _pushed(self, text: bytes, frame: bytes = b"") -> bool:
        assert frame in (b"", frame_of(text))
        self._from_server.put_nowait({"type": "websocket.send", "text": text.decode()})
        return True

    def push(self, text: str) -> None:
        """A text frame, as it is."""
        self._to_server.put_nowait({"type": "websocket.receive", "text": text})

    def push_bytes(self, data: bytes) -> None:
        """A binary frame."""
        self._to_server.put_nowait({"type": "websocket.receive", "bytes": data})

    async def reply(self) -> Any:
        """The next text frame, decoded."""
        message = await self.next()
        assert message["type"] == "websocket.send", message
        return json.loads(message["text"])

    async def ask(self, method: str, params: object = None, id: object = 1) -> Any:  # noqa: A002
        """One request and its answer."""
        self.push(json.dumps({"id": id, "method": method, "params": params}))
        return await self.reply()

    async def ask_raw(self, text: str) -> Any:
        """One frame, as it is, and its answer."""
        self.push(text)
        return await self.reply()

    async def signed(self, method: str, **params: object) -> Any:
        """A request signed with HMAC."""
        return await self.ask(method, ws_signed(self._house, **params))


def ws_signed(house: House, **params: object) -> dict[str, object]:
    """Parameters with key, timestamp and HMAC signature; None leaves one out."""
    sent: dict[str, object] = {"apiKey": house.key, "timestamp": NOW, **params}
    sent = {name: value for name, value in sent.items() if value is not None}
    return {**sent, "signature": house.sign(ws_text(sent))}


def ws_text(params: dict[str, object]) -> str:
    """What a WebSocket API request signs: sorted by name, in JSON's spelling."""
    return "&".join(f"{name}={_spelled(params[name])}" for name in sorted(params))


def _spelled(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@contextlib.asynccontextmanager
async def open_house(config: Config | None = None) -> AsyncIterator[House]:
    """An application over a fresh journal, its clock frozen at `NOW`."""
    settings = config or Config(data=None)
    settings = msgspec.structs.replace(settings, request_log=False)
    application = Application(settings)
    opened = await _open(application, MemoryJournal())
    await opened.venue.submit(SetClock(mode="frozen", now=Millis(NOW)))
    wall = Wall()
    with pytest.MonkeyPatch.context() as patch:
        for name, module in sys.modules.items():
            if name.startswith("clearhouse.api.") and hasattr(module, "wall_clock_ms"):
                patch.setattr(module, "wall_clock_ms", wall)
        house = House(application, application.build(opened), opened, wall)
        try:
            yield house
        finally:
            await house.opened.venue.stop()


def in_house(scene: Callable[[House], Coroutine[Any, Any, T]], config: Config | None = None) -> T:
    """Play a scene in a fresh house."""

    async def play() -> T:
        async with open_house(config) as house:
            return await scene(house)

    return asyncio.run(play())


def _scope(method: str, path: str, query: bytes, headers: dict[str, str], address: str) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": quote(path).encode(),
        "root_path": "",
        "query_string": query,
        "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()],
        "client": (address, 50_000),
        "server": ("127.0.0.1", 7400),
    }


async def call_asgi(app: App, scope: Scope, body: bytes) -> Answer:
    """One HTTP request."""
    to_server: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return to_server.pop(0) if to_server else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    names = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], names, sent[1]["body"])


def raw(text: str | bytes) -> bytes:
    """Bytes of the wire."""
    return text if isinstance(text, bytes) else text.encode("latin-1")


async def _open(application: Application, journal: Journal) -> Opened:
    return await open_venue(journal, genesis=application.genesis, on_failure=_raise)


async def _revive(house: House) -> None:
    await house.opened.venue.stop()
    journal = house.opened.sequencer._journal
    house.opened = await _open(house.application, journal)
    house.app = house.application.build(house.opened)


def _raise(error: Exception) -> None:
    raise error
