"""Funding that falls due on a real server, as ccxt and a signed reader see it; and a restart."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import ccxt_client
from .market import fresh, set_price

BTC = "BTC/USDT:USDT"
EIGHT_HOURS = 28_800_000


@pytest.fixture
def account(control: Client) -> Iterator[Account]:
    fresh(control)
    yield open_account(control, {"UMFUTURE": {"USDT": "10000"}})
    control.control("PUT", "/clock", {"mode": "real"})


@pytest.fixture
def exchange(server: ServerProcess, account: Account) -> Iterator[Any]:
    client = ccxt_client("binanceusdm", server.url, account)
    with closing(client.session):
        client.load_markets()
        yield client


def until_due(control: Client) -> int:
    """The venue's clock stands where the next funding is due; when that is."""
    now = control.control("PUT", "/clock", {"mode": "frozen"}).json["now"]
    due = (now // EIGHT_HOURS + 1) * EIGHT_HOURS
    assert control.control("POST", "/clock/advance", {"ms": due - now}).json["now"] == due
    return int(due)


def fees(client: Client, account: Account, at: int) -> list[tuple[int, str]]:
    """(time, amount) of the account's funding."""
    client.api_key, client.secret = account.api_key, account.secret
    path, kind = "/fapi/v1/income", "FUNDING_FEE"
    rows = client.signed("GET", path, incomeType=kind, timestamp=at).json
    return [(row["time"], row["income"]) for row in rows]


def test_ccxt_reads_what_was_settled_and_what_is_coming(control: Client, exchange: Any) -> None:
    """A premium of 0.1% since the venue began gives 0.05%."""
    set_price(control, "65000", mark="65065", index="65000")
    coming = exchange.fetch_funding_rate(BTC)
    due = (wall_clock_ms() // EIGHT_HOURS + 1) * EIGHT_HOURS
    assert (coming["markPrice"], coming["indexPrice"]) == (65065, 65000)
    assert coming["fundingTimestamp"] == due
    assert until_due(control) == due
    [row] = exchange.fetch_funding_rate_history(BTC)
    assert row["timestamp"] == due
    # A sample or two may be from before the price was set.
    assert row["fundingRate"] == pytest.approx(0.0005, rel=0.001)
    assert coming["fundingRate"] == pytest.approx(0.0005, rel=0.001)
    intervals = exchange.fetch_funding_intervals()
    assert (intervals[BTC]["interval"], len(intervals)) == ("8h", len(exchange.markets))
    every = exchange.fetch_funding_rates()
    assert every[BTC]["fundingTimestamp"] == due + EIGHT_HOURS


def test_a_position_pays_when_it_is_due(
    server: ServerProcess, control: Client, exchange: Any, account: Account
) -> None:
    """0.1 BTC at 65,000 and 0.01%."""
    exchange.create_order(BTC, "market", "buy", 0.1)
    due = until_due(control)
    with closing(Client(server.url)) as client:
        assert fees(client, account, due) == [(due, "-0.65000000")]


def test_it_is_due_once_over_a_restart(tmp_path: Path) -> None:
    file = str(tmp_path / "venue.db")
    with ServerProcess("--data", file) as server, closing(Client(server.url)) as control:
        due = until_due(control)
    with ServerProcess("--data", file) as server, closing(Client(server.url)) as control:
        again = control.control("POST", "/clock/advance", {"ms": EIGHT_HOURS}).json["now"]
        assert again == due + EIGHT_HOURS
        rows = control.send("GET", "/fapi/v1/fundingRate?symbol=BTCUSDT").json
        assert [row["fundingTime"] for row in rows] == [due, again]
        assert control.control("GET", "/ledger/check").json["ok"] is True
