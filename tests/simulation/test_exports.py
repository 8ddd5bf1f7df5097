"""An export survives the server that writes it, and does not take it down.

The rows are written into the data file of a stopped server: facts like any others, which the
next start replays.
"""

import io
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from clearhouse.journal.record import chain
from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.ledger.chart import OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import FundsDeposited
from clearhouse.model.ids import FIRST_UID, VENUE, Millis, TranId
from clearhouse.model.wallets import UMFUTURE
from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

ROWS = 60_000
A_COMMIT = 5_000
FIRST_NUMBER = 20_000_000_000
DAY_MS = 86_400_000
LAUNCHER = Path(__file__).with_name("limited.py")
HEADER = "symbol,incomeType,income,asset,info,time,tranId,tradeId"


def _server(path: Path) -> ServerProcess:
    return ServerProcess("--data", str(path), "--no-rate-limits", "--no-request-log")


def _pay_in(path: Path, at: Millis, rows: int = ROWS) -> list[str]:
    """Deposits of 1, 2, … units into the demo account's futures wallet; the lines they make."""
    journal = SqliteJournal(path)
    for first in range(1, rows + 1, A_COMMIT):
        deposits = [_deposit(number, at) for number in range(first, first + A_COMMIT)]
        journal.append(chain(journal.head(), deposits))
        journal.commit()
    journal.close()
    return [
        f",TRANSFER,0.{number:08d},USDT,TRANSFER,{at + number},{FIRST_NUMBER + number},"
        for number in range(1, rows + 1)
    ]


def _deposit(number: int, at: Millis) -> FundsDeposited:
    return FundsDeposited(
        at=Millis(at + number),
        tran_id=TranId(FIRST_NUMBER + number),
        uid=FIRST_UID,
        wallet=UMFUTURE,
        postings=(
            Posting(VENUE, OUTSIDE, "USDT", -number),
            Posting(FIRST_UID, UMFUTURE, "USDT", number),
        ),
    )


def _request(client: Client) -> str:
    now = wall_clock_ms()
    window = {"startTime": now - 365 * DAY_MS, "endTime": now}
    return str(client.signed("GET", "/fapi/v1/income/asyn", **window).json["downloadId"])


def _status(client: Client, number: str) -> dict[str, object]:
    found = client.signed("GET", "/fapi/v1/income/asyn/id", downloadId=number)
    assert found.status == 200, found.body
    answer: dict[str, object] = found.json
    return answer


def _until(holds: Callable[[], bool], seconds: float = 30, every: float = 0.02) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(every)


def _downloaded(server: ServerProcess, client: Client, number: str) -> list[str]:
    """The lines of a finished export."""
    url = str(_status(client, number)["url"])
    file = client.send("GET", url.removeprefix(server.url))
    assert file.status == 200
    with zipfile.ZipFile(io.BytesIO(file.body)) as archive:
        assert archive.testzip() is None
        text = archive.read(f"income-{number}.csv").decode()
    return text.split("\r\n")


def _names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir()) if directory.is_dir() else []


def test_an_export_is_written_anew_when_the_server_was_killed_over_it(tmp_path: Path) -> None:
    path, directory = tmp_path / "killed.db", tmp_path / "killed.db.exports"
    with _server(path):
        pass
    lines = _pay_in(path, Millis(wall_clock_ms() - DAY_MS))
    server = _server(path)
    client = Client(server.start())
    number = _request(client)
    _until(lambda: _names(directory) == [f"{number}.draft"], every=0)
    server.kill()
    client.close()
    assert _names(directory) == [f"{number}.draft"], "it was finished before it could be killed"
    with _server(path) as again:
        client = Client(again.url)
        _until(lambda: _status(client, number)["status"] == "completed")
        assert _names(directory) == [f"{number}.zip"]
        assert _downloaded(again, client, number) == [HEADER, *lines, ""]
        client.close()


def test_sigterm_does_not_wait_for_an_export(tmp_path: Path) -> None:
    path, directory = tmp_path / "stopped.db", tmp_path / "stopped.db.exports"
    with _server(path):
        pass
    rows = 4 * ROWS  # long enough that the signal comes before the end of the file
    _pay_in(path, Millis(wall_clock_ms() - DAY_MS), rows)
    server = _server(path)
    client = Client(server.start())
    number = _request(client)
    _until(lambda: _names(directory) == [f"{number}.draft"], every=0)
    assert server.stop() == 0
    client.close()
    assert _names(directory) == []
    with _server(path) as again:
        client = Client(again.url)
        _until(lambda: _status(client, number)["status"] == "completed")
        assert len(_downloaded(again, client, number)) == rows + 2
        client.close()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
def test_a_file_that_does_not_fit_is_told_and_written_when_it_does(tmp_path: Path) -> None:
    """The journal is in memory, so that nothing but the export needs the disk."""
    complaints = tmp_path / "stderr"
    limited = [sys.executable, str(LAUNCHER), "2000", str(complaints)]
    server = ServerProcess(
        "--ephemeral",
        "--no-rate-limits",
        "--no-request-log",
        command=[*limited, sys.executable, "-m", "clearhouse"],
    )
    client = Client(server.start())
    for amount in range(1, 301):
        path = "/sapi/v1/asset/transfer"
        sent = client.signed("POST", path, type="MAIN_UMFUTURE", asset="USDT", amount=amount)
        assert sent.status == 200
    number = _request(client)
    _until(lambda: "\n" in complaints.read_text())
    said = complaints.read_text()
    assert said.startswith(f'{{"level":"error","trouble":"export {number} could not be written: ')
    assert "it is tried again in 5 s" in said
    assert _status(client, number)["status"] == "processing"
    assert client.signed("GET", "/fapi/v2/balance").status == 200
    _, most = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (most, most))
    _until(lambda: _status(client, number)["status"] == "completed")
    assert len(_downloaded(server, client, number)) == 302
    client.close()
    assert server.stop() == 0
