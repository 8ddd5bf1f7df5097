"""clock, ledger check, journal verify, coverage."""

import json
from pathlib import Path

import msgspec
import pytest

from clearhouse.api.coverage import OperationRow, WeightBySymbol, coverage_markdown, weight_text
from clearhouse.cli import journal
from clearhouse.cli.clock import duration, moment
from clearhouse.cli.control import Control
from clearhouse.runtime.audit import Audit
from clearhouse.testing import Client, ServerProcess
from unit.cli.conftest import Run


def test_the_clock_is_frozen_moved_and_let_go(run: Run, server: ServerProcess) -> None:
    at = ("--json", "--url", server.url)
    frozen = run("clock", "set", "frozen", "--now", "2026-01-31T12:00:00", *at).json
    assert frozen == {"mode": "frozen", "now": 1_769_860_800_000}
    assert run("clock", "advance", "8h", *at).json["now"] == 1_769_889_600_000
    assert run("clock", "show", "--url", server.url).out == (
        "frozen: 2026-01-31T20:00:00.000+00:00 (1769889600000)\n"
    )
    assert run("clock", "set", "scaled", "--rate", "60", *at).json["mode"] == "scaled"
    assert "60 times as fast" in run("clock", "show", "--url", server.url).out
    assert run("clock", "set", "real", *at).json["mode"] == "real"


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("5", 5),
        ("500ms", 500),
        ("90s", 90_000),
        ("5m", 300_000),
        ("8h", 28_800_000),
        ("1d", 86_400_000),
    ],
)
def test_steps(text: str, ms: int) -> None:
    assert duration(text) == ms


def test_moments_without_a_zone_are_utc() -> None:
    assert moment("0") == 0
    assert moment("1970-01-01T00:00:01") == 1000
    assert moment("1970-01-01T01:00:01+01:00") == 1000


def test_the_books_balance(run: Run, server: ServerProcess) -> None:
    found = run("ledger", "check", "--json", "--url", server.url).json
    assert found["ok"]
    assert found["assets"]["USDT"]["sum"] == "0.00000000"
    assert "the books balance" in run("ledger", "check", "--url", server.url).out


def test_books_that_do_not_balance_are_an_exit_status(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {
        "ok": False,
        "assets": {"USDT": {"sum": "0.00000001", "accounts": 2}},
        "journal": {"seq": 3, "hash": "00" * 32},
    }
    monkeypatch.setattr(Control, "get", lambda self, path: wrong)
    ran = run("ledger", "check")
    assert ran.status == 1
    assert "the books do not balance" in ran.out


def test_a_journal_is_verified_while_its_server_runs(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "venue.db"
    with ServerProcess("--data", str(file)) as server:
        client = Client(server.url)
        client.signed("POST", "/sapi/v1/asset/transfer", type="MAIN_FUNDING", asset="BTC", amount=1)
        beside = run("journal", "verify", "--data", str(file), "--json").json
        head = client.control("GET", "/ledger/check").json["journal"]
        client.close()
    assert beside["ok"]
    assert {name: beside[name] for name in ("seq", "hash")} == head
    assert beside["transfers"] == 1
    later = run("journal", "verify", CLEARHOUSE_DATA=str(file))
    assert later.status == 0
    assert "the journal is sound" in later.out
    assert beside["digest"] in later.out


def test_a_journal_with_problems_is_an_exit_status(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Audit(
        ok=False, seq=1, hash="", digest="", accounts=0, transfers=0, postings=0, assets={},
        problems=("records [7] to 9 are missing",),
    )  # fmt: skip
    monkeypatch.setattr(journal, "audit", lambda *_: found)
    ran = run("journal", "verify")
    assert ran.status == 1
    assert "records [7] to 9 are missing" in ran.out


def test_no_journal_is_a_sentence(run: Run, tmp_path: Path) -> None:
    ran = run("journal", "verify", "--data", str(tmp_path / "none.db"))
    assert (ran.status, ran.out) == (1, "")
    assert "name the file with --data" in ran.err


def test_coverage(run: Run) -> None:
    rows = run("coverage", "--json").json
    operations = [row for row in rows if "stream" not in row]
    assert {"method", "path", "ws_method", "weight"} <= set(operations[0])
    named = {(row["method"], row["path"], row["ws_method"]) for row in operations}
    assert len(named) == len(operations)
    streams = {row["stream"]: row for row in rows[len(operations) :]}
    assert streams["ACCOUNT_UPDATE"] == {"stream": "ACCOUNT_UPDATE", "status": "built"}
    refused = [row for row in streams.values() if row["status"] == "refused"]
    assert refused
    assert all(set(row) == {"stream", "status", "reason"} for row in refused)
    assert run("coverage", "--markdown").out == coverage_markdown()
    shown = run("coverage").out
    assert "/sapi/v1/asset/transfer" in shown
    assert json.dumps("nothing") not in shown


def test_a_weight_for_people() -> None:
    row = OperationRow("GET", "/", None, "NONE", 5, "IP", "built", ())
    assert weight_text(row) == "5 IP"
    by_symbol = msgspec.structs.replace(row, weight=WeightBySymbol(5, 10))
    assert weight_text(by_symbol) == "5 IP, without symbol 10"
