"""Recordings on real servers: played, steered, recorded again, and refused with file and line."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .served import Served, served

DAY = 1_704_067_200_000
MINUTE = 60_000
BTC = "BTCUSDT"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three minutes of trades at 65,000 and above, twice a second, and marks."""
    root = tmp_path / "archive"
    rows = ["id,price,qty,quote_qty,time,is_buyer_maker"]
    for number in range(360):
        price, at = 65_000 + number % 100, DAY + number * 500
        maker = "true" if number % 2 else "false"
        rows.append(f"{number + 1},{price}.0,0.0{number % 9 + 1}0,1,{at},{maker}")
    write(root / "BTCUSDT-trades-2024-01-01.csv", rows)
    marks = [
        f"{opened},65000.5,65009.25,64990,65001,0,{opened + MINUTE - 1},0,60,0,0,0"
        for opened in range(DAY, DAY + 3 * MINUTE, MINUTE)
    ]
    write(root / "markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv", marks)
    return root


@pytest.fixture
def venue() -> Iterator[Served]:
    with served() as client:
        yield client


def write(path: Path, rows: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{row}\n" for row in rows))
    return path


def command(client: Served, *words: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "clearhouse", "market", *words, "--url", client.url]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def said(client: Served, *words: str) -> str:
    running = command(client, *words)
    out, errors = running.communicate(timeout=60)
    assert running.returncode == 0, errors
    return out


def market(client: Served) -> Any:
    return client.control("GET", "/market").json


def wait(until: Callable[[], bool]) -> None:
    for _ in range(600):
        if until():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


def replay(client: Served, path: Path, **how: object) -> Any:
    body = {"source": "recorded", "replay": {"paths": [str(path)], **how}}
    return client.control("PUT", "/market", body).json


def recorded(client: Served, source: Path, target: Path) -> dict[str, bytes]:
    """Play a recording at its own time, as fast as it goes, and record it."""
    recording = command(client, "record", "--out", str(target))
    wait(lambda: market(client)["readers"] == 1)
    replay(client, source, speed="max", clock="recording")
    out, errors = recording.communicate(timeout=60)
    assert (recording.returncode, errors) == (0, "")
    assert "360 trades" in out
    found = sorted(path for path in target.rglob("*") if path.is_file())
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in found}


def test_a_recording_of_a_recording_is_the_same(
    archive: Path, tmp_path: Path, venue: Served
) -> None:
    first = recorded(venue, archive, tmp_path / "first")
    assert sorted(first) == [
        "aggTrades/BTCUSDT/BTCUSDT-aggTrades-2024-01-01.csv",
        "indexPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv",
        "markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv",
        "trades/BTCUSDT/BTCUSDT-trades-2024-01-01.csv",
    ]
    trades = first["trades/BTCUSDT/BTCUSDT-trades-2024-01-01.csv"].decode().splitlines()
    assert trades[1:3] == [
        f"1,65000.0,0.010,650,{DAY},false",
        f"2,65001.0,0.020,1300.02,{DAY + 500},true",
    ]
    marks = first["markPriceKlines/BTCUSDT/1m/BTCUSDT-1m-2024-01-01.csv"].decode().splitlines()
    assert marks[1] == (
        f"{DAY},65000.50000000,65009.25000000,64990.00000000,65001.00000000,0,{DAY + 59_999},"
        "0,60,0,0,0"
    )
    source = market(venue)["source"]
    assert (source["state"], source["percent"], source["clock"]) == ("ended", 100, "recording")
    assert venue.control("GET", "/clock").json["mode"] == "frozen"
    with served() as other:
        assert recorded(other, tmp_path / "first", tmp_path / "second") == first


def test_its_candles_are_those_of_its_time(archive: Path, venue: Served) -> None:
    said(venue, "replay", str(archive), "--speed", "max", "--clock", "recording")
    wait(lambda: market(venue)["source"]["state"] == "ended")
    path = f"/fapi/v1/klines?symbol={BTC}&interval=1m&startTime={DAY}&limit=3"
    rows = venue.send("GET", path).json
    sizes = [(number % 9 + 1) * 10 for number in range(360)]
    assert [(row[0], row[1], row[2], row[3], row[4], row[5], row[8]) for row in rows] == [
        (DAY, "65000.00", "65099.00", "65000.00", "65019.00", f"{sum(sizes[:120]) / 1000:.3f}", 120),
        (DAY + MINUTE, "65020.00", "65099.00", "65000.00", "65039.00", f"{sum(sizes[120:240]) / 1000:.3f}", 120),
        (DAY + 2 * MINUTE, "65040.00", "65099.00", "65000.00", "65059.00", f"{sum(sizes[240:]) / 1000:.3f}", 120),
    ]  # fmt: skip


def test_a_replay_is_steered(archive: Path, venue: Served) -> None:
    venue.control("PUT", "/clock", {"mode": "frozen"})
    said(venue, "replay", str(archive), "--no-wait")
    venue.control("POST", "/clock/advance", {"ms": 10_000})
    source = market(venue)["source"]
    assert (source["state"], source["position"], source["speed"]) == ("running", DAY + 10_000, "1")
    assert last(venue) == "65020.00"
    assert "paused" in said(venue, "pause")
    venue.control("POST", "/clock/advance", {"ms": 10_000})
    assert last(venue) == "65020.00"
    said(venue, "resume")
    said(venue, "speed", "10")
    venue.control("POST", "/clock/advance", {"ms": 1_000})
    assert last(venue) == "65040.00"
    said(venue, "seek", "2024-01-01T00:02:00.000")
    assert last(venue) in {"65039.00", "65040.00"}
    assert market(venue)["source"]["position"] == DAY + 120_000
    venue.control("POST", "/clock/advance", {"ms": 60_000})
    assert market(venue)["source"]["state"] == "ended"
    assert last(venue) == "65059.00"


def last(client: Served) -> str:
    return str(client.send("GET", f"/fapi/v2/ticker/price?symbol={BTC}").json["price"])


def test_what_is_broken_is_refused_and_nothing_changes(archive: Path, venue: Served) -> None:
    path = archive / "BTCUSDT-trades-2024-01-01.csv"
    rows = path.read_text().splitlines()
    rows[300] = rows[300].replace(".0,", ".05,", 1)
    write(path, rows)
    refused = replay(venue, archive)
    assert refused["error"]["message"] == (
        f"{path}, line 301: price 65099.05 is no multiple of the symbol's tick size 0.1"
    )
    assert market(venue)["source"] == {"name": "fixed", "state": "standing"}
    start = [sys.executable, "-m", "clearhouse", "serve", "--ephemeral", "--port", "0"]
    done = subprocess.run(
        [*start, "--market", "recorded", "--recording", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"{path}, line 301: price 65099.05" in done.stderr
    steered = venue.control("PUT", "/market/replay", {"paused": True}).json
    assert steered["error"]["code"] == "not_recorded"


def test_a_symbol_is_watched(archive: Path, venue: Served) -> None:
    said(venue, "replay", str(archive), "--speed", "max")
    picture = said(venue, "watch", BTC, "--once")
    assert "65059" in picture
    assert "recorded" in picture
    assert '"last": "65059"' in said(venue, "watch", BTC, "--json")
