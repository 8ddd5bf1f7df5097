"""serve: what it says when it is ready, and what it refuses in a sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from clearhouse import __version__
from clearhouse.cli import banner
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET
from clearhouse.testing import ServerProcess
from unit.cli.conftest import Run


def first_words(*arguments: str, **environment: str) -> str:
    """Everything on standard output up to the ready line."""
    command = (sys.executable, "-m", "clearhouse", "serve", "--port", "0", *arguments)
    here = {"PYTHONPATH": os.pathsep.join(sys.path)}  # the source under test, whatever is installed
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment | here,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("clearhouse ready"):
            break
    process.terminate()
    rest = process.stdout.read()
    process.stdout.close()
    assert (process.wait(), rest) == (0, "")
    return "".join(lines)


def test_the_banner_of_a_first_start() -> None:
    said = first_words("--ephemeral")
    url = said.splitlines()[-1].removeprefix("clearhouse ready ")
    assert said.startswith(f"Clearhouse {__version__}: ")
    assert "memory: nothing is kept" in said
    assert "1 account, " in said
    assert DEMO_KEY in said
    assert DEMO_SECRET in said
    assert f'base_path="{url}"' in said
    assert "ccxt.binanceusdm" in said
    assert f"clearhouse urls --all --url {url}" in said


def test_the_banner_says_what_moves_the_market() -> None:
    flags = ("--market", "synthetic", "--market-seed", "7", "--profile", "harsh")
    said = first_words("--ephemeral", *flags)
    assert "market       synthetic, seed 7; harsh; klines before the birth are seeded\n" in said
    said = first_words("--ephemeral", CLEARHOUSE_MARKET="fixed")
    assert "market       stands still until prices are set; ideal; klines before" in said


def test_a_key_of_ones_own_is_not_printed() -> None:
    own = {"CLEARHOUSE_DEMO_KEY": "K" * 64, "CLEARHOUSE_DEMO_SECRET": "S" * 64}
    said = first_words("--ephemeral", **own)
    assert "S" * 64 not in said
    assert "K" * 64 not in said
    assert DEMO_SECRET not in said
    assert "CLEARHOUSE_DEMO_KEY" in said


def test_the_published_key_is_not_printed_where_it_opens_nothing(tmp_path: Path) -> None:
    """The store began with another key, and the next start does not name it."""
    data = str(tmp_path / "venue.db")
    own = {"CLEARHOUSE_DEMO_KEY": "K" * 64, "CLEARHOUSE_DEMO_SECRET": "S" * 64}
    first_words("--data", data, **own)
    said = first_words("--data", data, "--no-rate-limits", "--as-of", "2025-12-09")
    assert DEMO_KEY not in said
    assert "27 events (27 replayed)" in said
    assert "counted, not enforced" in said
    assert "rules of     2025-12-09" in said


def test_every_flag_can_stand_in_the_environment(tmp_path: Path) -> None:
    data = tmp_path / "named.db"
    first_words(CLEARHOUSE_DATA=str(data), CLEARHOUSE_NO_RATE_LIMITS="1")
    assert data.exists()


def test_a_store_by_url(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "url.db"
    first_words("--store", f"sqlite:///{data}")
    assert data.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--as-of", "yesterday"), "--as-of takes a date such as"),
        (("--store", "postgresql://x/y"), "--store takes sqlite:///FILE"),
        (("--host", "0.0.0.0", "--ephemeral"), "--admin-token"),
        (("--host", "0.0.0.0", "--ephemeral", "--admin-token", "t"), "CLEARHOUSE_DEMO_KEY"),
        (("--ephemeral", "--seed-file", "/nowhere.json"), "cannot be read"),
        (("--ephemeral", "--market", "moon"), "there is no source 'moon'; choose fixed, synthetic"),
        (("--ephemeral", "--profile", "kind"), "choose ideal, realistic, harsh"),
        (("--ephemeral", "--host", "203.0.113.1", "--admin-token", "t"), "the demo key is public"),
    ],
)
def test_a_refusal_is_one_sentence(run: Run, words: tuple[str, ...], sentence: str) -> None:
    ran = run("serve", *words)
    assert (ran.status, ran.out) == (1, "")
    assert sentence in ran.err
    assert ran.err.count("\n") == 1


def test_a_port_in_use(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = run("serve", "--ephemeral", "--port", str(taken.getsockname()[1]))
    assert ran.status == 1
    assert "choose another --port" in ran.err


def test_a_file_in_use(run: Run, tmp_path: Path) -> None:
    data = str(tmp_path / "venue.db")
    with ServerProcess("--data", data):
        ran = run("serve", "--data", data, "--port", "0")
    assert ran.status == 1
    assert "in use by another server" in ran.err


class Terminal:
    """Standard error with a person in front of it."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def test_a_bar_shows_a_long_replay_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    terminal = Terminal()
    clock = iter([0.0, 0.1, 0.6, 0.65, 0.8])
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(banner, "monotonic", lambda: next(clock))
    monkeypatch.setattr(banner.ReplayBar, "_count", lambda self: 1000)
    bar = banner.ReplayBar(tmp_path / "venue.db")
    bar(1)
    assert terminal.text == ""
    for seq in (250, 300, 500):
        bar(seq)
    bar.finish()
    drawn = [part.strip() for part in terminal.text.split("\r")[1:]]
    assert drawn == [
        f"reading the journal [{'#' * 7}{'.' * 23}] 250 of 1,000 events",
        f"reading the journal [{'#' * 15}{'.' * 15}] 500 of 1,000 events",
        "\x1b[K",
    ]


def test_the_bar_counts_the_events_of_the_file(tmp_path: Path) -> None:
    data = tmp_path / "venue.db"
    first_words("--data", str(data))
    assert banner.ReplayBar(data)._count() == 27
    assert banner.ReplayBar(None)._count() == 0
