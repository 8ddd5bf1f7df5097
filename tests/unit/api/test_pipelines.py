"""Many requests at once on one connection: answered in their order, within bounds."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess
from unit.api.test_sockets import HOST, PING, POST
from unit.api.wires import Wire, serves_others

TIME = b"GET /fapi/v1/time HTTP/1.1\r\n" + HOST
INFO = b"GET /fapi/v1/exchangeInfo HTTP/1.1\r\n" + HOST
HEALTH = b"GET /_clearhouse/v1/health HTTP/1.1\r\n" + HOST


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """With a journal on disk, so that transfers have something to wait for."""
    data = str(tmp_path_factory.mktemp("store") / "clearhouse.db")
    with ServerProcess("--data", data, "--no-request-log", "--no-rate-limits") as process:
        yield process


@pytest.fixture
def wire(server: ServerProcess) -> Iterator[Wire]:
    with Wire(server) as connection:
        yield connection
    serves_others(server)


def transfer(server: ServerProcess) -> bytes:
    client = Client(server.url)
    what = {"type": "MAIN_FUNDING", "asset": "USDT", "amount": "0.00000001"}
    query = client.sign({**what, "timestamp": wall_clock_ms(), "recvWindow": 60_000})
    line = f"POST /sapi/v1/asset/transfer?{query} HTTP/1.1\r\nX-MBX-APIKEY: {client.api_key}\r\n"
    return line.encode() + b"Content-Length: 0\r\n" + HOST


def kind(body: bytes) -> str:
    """Which of the requests here an answer belongs to."""
    found = json.loads(body)
    return next(iter(found), "ping") if isinstance(found, dict) else "list"


def test_answers_come_in_the_order_of_the_requests(server: ServerProcess, wire: Wire) -> None:
    """A transfer waits for the disk; what follows it waits for the transfer."""
    move = transfer(server)
    wire.send((move + PING + HOST + HEALTH + TIME + move + move + HEALTH + PING + HOST) * 20)
    kinds = [kind(wire.answer()[1]) for _ in range(160)]
    one = ["tranId", "ping", "status", "serverTime", "tranId", "tranId", "status", "ping"]
    assert kinds == one * 20


def test_many_requests_behind_one_that_waits(server: ServerProcess, wire: Wire) -> None:
    """They are more than Python's stack has room for."""
    wire.send(transfer(server) + (PING + HOST) * 5_000)
    assert kind(wire.answer()[1]) == "tranId"
    assert {wire.answer() for _ in range(5_000)} == {(200, b"{}")}


def test_tran_ids_of_a_pipeline_count_up(server: ServerProcess, wire: Wire) -> None:
    wire.send(transfer(server) * 300)
    ids = [json.loads(wire.answer()[1])["tranId"] for _ in range(300)]
    assert ids == list(range(ids[0], ids[0] + 300))


def test_a_client_that_leaves_with_answers_under_way(server: ServerProcess, wire: Wire) -> None:
    for _ in range(20):
        with Wire(server) as leaving:
            leaving.send(transfer(server) * 50)
    wire.send(PING + HOST)
    assert wire.answer() == (200, b"{}")


def resident_mb(server: ServerProcess) -> int:
    pages = Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]
    return int(pages) * 4096 // 2**20


@pytest.mark.parametrize("asked", [INFO, HEALTH + INFO, INFO + PING + HOST, INFO * 3 + HEALTH])
def test_a_client_that_never_reads(server: ServerProcess, wire: Wire, asked: bytes) -> None:
    """Answers that nobody takes are not collected: gigabytes are asked for, little is held."""
    client = Client(server.url)
    before = resident_mb(server)
    wire.socket.setblocking(False)
    burst, sent, until = asked * 2_000, 0, time.monotonic() + 1
    while time.monotonic() < until:
        try:
            sent += wire.socket.send(burst[sent % len(asked) :])
        except BlockingIOError:
            time.sleep(0.01)
    assert sent > 100 * len(asked)
    assert client.send("GET", "/fapi/v1/time").status == 200
    assert resident_mb(server) - before < 30
    client.close()
    wire.socket.settimeout(10)
    for _ in range(100):  # it goes on where it stood when the client reads after all
        assert wire.answer()[0] == 200


@pytest.mark.parametrize(
    "endless",
    [
        PING + b"X: ",
        PING + b"X: y\r\n",
        POST + b"Transfer-Encoding: chunked\r\n" + HOST + b"0\r\nTrailer: ",
        POST + b"Transfer-Encoding: chunked\r\n" + HOST + b"3;extension=",
        b"POST /_clearhouse/v1/accounts HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
        + HOST
        + b"0\r\nTrailer: ",
    ],
)
def test_what_does_not_end_is_given_up(server: ServerProcess, endless: bytes) -> None:
    before = resident_mb(server)
    with Wire(server) as wire, pytest.raises((BrokenPipeError, ConnectionResetError)):
        wire.send(endless, *[b"x" * 65_536] * 1_000)
    assert resident_mb(server) - before < 10
    serves_others(server)
