"""explain: the tree of one field, the table of all, and the data."""

import re
from pathlib import Path

import pytest

from clearhouse.testing import Client, ServerProcess
from unit.cli.conftest import Run


@pytest.fixture(scope="module")
def account(server: ServerProcess) -> str:
    """An account with 1000 USDT and 0.5 BTC in futures, in single-asset mode."""
    client = Client(server.url)
    balances = {"UMFUTURE": {"USDT": "1000", "BTC": "0.5"}}
    opened = client.control("POST", "/accounts", {"uid": 77, "balances": balances})
    client.close()
    return str(opened.json["uid"])


def test_a_field_is_a_tree(run: Run, server: ServerProcess, account: str) -> None:
    ran = run("explain", account, "marginBalance", "--asset", "USDT", "--url", server.url)
    assert ran.status == 0
    lines = [line.rstrip() for line in ran.out.splitlines()]
    assert lines[:6] == [
        "marginBalance of USDT  1000.00000000",
        "= walletBalance + unrealizedProfit  (Balances)",
        "├── walletBalance of USDT  1000.00000000",
        "│   Σ postings to UMFUTURE:USDT  (Balances)",
        "└── unrealizedProfit of USDT  0.00000000",
        "    = Σ(unrealizedProfit); nothing open with its margin in USDT adds to it  (Positions)",
    ]
    assert "Postings to UMFUTURE:USDT  1000.00000000 in 1" in lines
    assert any(line.startswith("DEPOSIT  1         1000.00000000") for line in lines)
    assert lines[-1].startswith("account 77 in single-asset mode as of event ")


def test_the_page_shows_what_the_command_prints(run: Run, server: ServerProcess) -> None:
    """The sample of docs/reference/explain.md, up to what it leaves out."""
    client = Client(server.url)
    for kind, amount in (("MAIN_UMFUTURE", "1000.5"), ("UMFUTURE_MAIN", "0.5")):
        moved = {"type": kind, "asset": "USDT", "amount": amount}
        client.signed("POST", "/sapi/v1/asset/transfer", **moved)
    client.close()
    page = Path("docs/reference/explain.md").read_text("utf-8")
    command, *sample = re.findall(r"^    (.*)$", page.partition("The value is")[0], re.MULTILINE)
    assert command == "clearhouse explain 1000001 availableBalance --asset USDT"
    words = command.split()[1:]
    printed = [line.rstrip() for line in run(*words, "--url", server.url).out.splitlines()]
    cut = sample.index("…")
    assert printed[:cut] == sample[:cut]
    rest = printed.index(sample[cut + 1])
    assert printed[rest : rest + 3] == sample[cut + 1 :]


def test_a_step_that_is_needed_twice_is_grown_once(
    run: Run, server: ServerProcess, account: str
) -> None:
    words = ("explain", account, "maxWithdrawAmount", "--asset", "USDT", "--postings", "0")
    out = run(*words, "--url", server.url).out
    assert out.count("crossWalletBalance of USDT") == 1
    again = run("explain", account, "maxNotional", "--symbol", "BTCUSDT", "--url", server.url).out
    assert again.startswith(
        "maxNotional of BTCUSDT BOTH  100000000\nthe largest cap of the brackets"
    )
    assert "newest" not in out


def test_all_fields_are_a_table(run: Run, server: ServerProcess, account: str) -> None:
    out = run("explain", account, "--url", server.url).out
    rows = {tuple(line.split()[:2]) for line in out.splitlines()}
    assert ("feeTier", "0") in rows
    assert ("canTrade", "true") in rows
    assert ("totalWalletBalance", "1000.00000000") in rows
    assert ("USDT",) in rows
    assert ("BTC",) in rows
    assert ("walletBalance", "0.50000000") in rows
    assert "= walletBalance[USDT]" in out
    assert "Postings" not in out


def test_fields_of_a_symbol(run: Run, server: ServerProcess, account: str) -> None:
    out = run("explain", account, "--symbol", "ETHUSDC", "--url", server.url).out
    assert "ETHUSDC BOTH" in out
    assert "what was bought less what was sold in ETHUSDC" in out


def test_data(run: Run, guarded: ServerProcess) -> None:
    at = ("--json", "--url", guarded.url, "--admin-token", "open sesame")
    found = run("explain", "1000001", "feeTier", *at).json
    assert list(found) == ["uid", "seq", "multiAssetsMargin", "fields", "postings"]
    assert found["fields"][0]["value"] == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("7",), "no account 7"),
        (("77", "nothing"), "no field nothing is explained. Of the account: feeTier,"),
        (("77", "leverage"), "field: leverage is explained where a symbol is named"),
        (("77", "--asset", "A&B"), "A&B is no asset of the futures account"),
    ],
)
def test_refusals_are_sentences(
    run: Run, server: ServerProcess, account: str, words: tuple[str, ...], sentence: str
) -> None:
    ran = run("explain", *words, "--url", server.url)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"clearhouse: {sentence}")
