"""A Clearhouse to measure: seeded accounts, a running server, requests signed ahead of time."""

import contextlib
import hashlib
import hmac
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.harness import Served, serving
from benchmarks.report import UnavailableError
from benchmarks.wrk import Request

FIRST_UID = 10_000_001
AMOUNT = "1.5"
WALLETS = ("MAIN", "UMFUTURE")
# A request stays valid for the longest window there is, so that a run fits into it.
RECV_WINDOW_MS = 60_000


@dataclass(frozen=True)
class Account:
    """What a client knows of its account."""

    uid: int
    api_key: str
    api_secret: str


def accounts(count: int) -> list[Account]:
    """Make some accounts with uids in a row."""
    return [account(uid) for uid in range(FIRST_UID, FIRST_UID + count)]


def account(uid: int) -> Account:
    """Make an account whose keys have the exchange's shape and are the same in every run."""
    return Account(uid, token(f"key {uid}"), token(f"secret {uid}"))


def token(text: str) -> str:
    """Return 64 characters that depend on nothing but the text."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_seed(path: Path, holders: Sequence[Account]) -> None:
    """Write the seed file: two wallets with money, so that transfers go both ways for ever."""
    balances = {wallet: {"USDT": "1000"} for wallet in WALLETS}
    rows = [
        {"uid": a.uid, "apiKey": a.api_key, "apiSecret": a.api_secret, "balances": balances}
        for a in holders
    ]
    path.write_text(json.dumps({"accounts": rows}))


@contextlib.contextmanager
def clearhouse(
    directory: Path, holders: Sequence[Account], *, cores: Sequence[int], durable: bool
) -> Iterator[Served]:
    """Serve seeded accounts, with the journal on disk or (for reads) in memory.

    Rate limits are off: they would refuse the load, and the references have none.
    """
    seed = directory / "seed.json"
    write_seed(seed, holders)
    with serve(directory, "--seed-file", str(seed), cores=cores, durable=durable) as server:
        yield server


def serve(
    directory: Path, *options: str, cores: Sequence[int], durable: bool = True
) -> contextlib.AbstractContextManager[Served]:
    """Start `clearhouse serve` on the data file of a directory, or on memory."""
    store = ["--data", str(directory / "clearhouse.db")] if durable else ["--ephemeral"]
    command = [str(Path(sys.executable).with_name("clearhouse")), "serve", "--port", "0"]
    command += [*store, "--no-rate-limits", *options]
    return serving(command, directory / "clearhouse.log", cores=cores, patience_s=300)


def signed(account: Account, method: str, path: str, parameters: dict[str, str]) -> Request:
    """Sign one REST request now."""
    query = urlencode(parameters | {"recvWindow": RECV_WINDOW_MS, "timestamp": now_ms()})
    return Request(method, f"{path}?{query}&signature={sign(account, query)}", account.api_key)


def sign(account: Account, payload: str) -> str:
    """Return the HMAC-SHA256 that the exchange asks for."""
    return hmac.digest(account.api_secret.encode(), payload.encode(), "sha256").hex()


def now_ms() -> int:
    """Return the wall clock: a signature is about real time."""
    return time.time_ns() // 1_000_000


def transfers(holders: Sequence[Account]) -> list[Request]:
    """Sign one transfer each into the futures wallet, then one each back: nothing runs dry."""
    kinds = ("MAIN_UMFUTURE", "UMFUTURE_MAIN")
    path, fixed = "/sapi/v1/asset/transfer", {"asset": "USDT", "amount": AMOUNT}
    return [signed(a, "POST", path, {"type": kind, **fixed}) for kind in kinds for a in holders]


def reads(holders: Sequence[Account], path: str) -> list[Request]:
    """Sign one read for each account, so that no single answer could serve them all."""
    return [signed(account, "GET", path, {}) for account in holders]


def ask(server: Served, request: Request) -> bytes:
    """Send one request and return the body: the proof that a run measures answers, not errors."""
    headers = {"X-MBX-APIKEY": request.api_key}
    return call(server, request.method, request.path, headers=headers)


def call(
    server: Served, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str]
) -> bytes:
    """Send one plain HTTP request; a refusal ends the benchmark with the server's words."""
    url = server.url + path
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as refusal:
        message = refusal.read().decode(errors="replace")
        raise UnavailableError(f"{method} {path.partition('?')[0]}: {message}") from refusal
