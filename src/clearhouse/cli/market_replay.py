"""What `clearhouse market` shows and writes while it goes on: a replay's progress, a recording."""

import http.client
import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from clearhouse.cli.control import PREFIX, Control, server_address
from clearhouse.cli.output import Refusal
from clearhouse.cli.times import utc
from clearhouse.feeds.archive.faults import ArchiveError
from clearhouse.feeds.recorder import Recorder, RecordingError

LOOK_SECONDS = 0.2
READ_SECONDS = 30
_OVER = ("ended", "failed")
_OK = 200


def follow(control: Control) -> Any:
    """Draw how far a replay is until it ends, pauses or somebody presses Ctrl-C."""
    columns = (
        TextColumn("{task.fields[at]}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}% {task.fields[speed]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns) as progress, _interruptible() as stopped:
        bar = progress.add_task("", total=100, at="", speed="")
        while True:
            answer = control.get("/market")
            source = answer["source"]
            if "position" not in source:
                return answer
            speed = source["speed"] if source["speed"] == "max" else f"{source['speed']}x"
            progress.update(
                bar, completed=source["percent"], at=utc(source["position"]), speed=speed
            )
            if source["state"] != "running" or stopped():
                return answer
            time.sleep(LOOK_SECONDS)


def record(control: Control, target: Path, symbols: str, seconds: float | None) -> dict[str, int]:
    """Write what the source delivers until it ends, Ctrl-C, or for some seconds."""
    recorder = Recorder(target)
    console = Console(stderr=True)
    try:
        with (
            closing(_opened(control, symbols)) as answer,
            _interruptible() as stopped,
            Live(console=console, transient=True, refresh_per_second=4) as live,
        ):
            until = None if seconds is None else time.monotonic() + seconds
            for line in _lines(answer):
                recorder.take([line])
                live.update(_counted(recorder.rows))
                late = until is not None and time.monotonic() > until
                if late or stopped() or recorder.state in _OVER:
                    break
    except (RecordingError, ArchiveError) as error:
        raise Refusal(f"the recording ends here: {error}") from None
    finally:
        recorder.close()
    return recorder.rows


def _counted(rows: dict[str, int]) -> str:
    return ", ".join(f"{kind} {number:,}" for kind, number in rows.items())


def _opened(control: Control, symbols: str) -> http.client.HTTPResponse:
    """The lines of the tap."""
    place = server_address(control.url)
    secure = place.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(place.hostname or "", place.port, timeout=READ_SECONDS)
    try:
        path = f"{PREFIX}/market/deliveries" + (f"?symbols={symbols}" if symbols else "")
        connection.request("GET", path, headers=control.headers)
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        raise Refusal(f"no Clearhouse answers at {control.url} ({error})") from None
    if answer.status != _OK:
        raise Refusal(json.loads(answer.read())["error"]["message"])
    return answer


def _lines(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Lines until the server goes."""
    try:
        while line := answer.readline():
            yield line
    except (OSError, http.client.HTTPException):
        return


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C and SIGTERM end what goes on, and not the program."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
