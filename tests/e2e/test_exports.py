"""Exports as a user takes them: asked for with the official SDK, downloaded, compared row by row."""

import csv
import io
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import official_rest, official_wallet

DAY_MS = 86_400_000
ROWS = 1_203
"""More than two chunks of five hundred."""

INCOME = ["symbol", "incomeType", "income", "asset", "info", "time", "tranId", "tradeId"]


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess("--ephemeral", "--no-rate-limits") as running:
        yield running


@pytest.fixture
def account(control: Client) -> Account:
    return open_account(control, {"MAIN": {"USDT": "1000"}})


def finished(ask: Any, number: str) -> Any:
    """The status of an export as soon as its file is there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = ask(download_id=number).data()
        if found.status == "completed":
            return found
        assert found.status == "processing"
        assert (found.url, found.notified, found.expiration_timestamp) == ("", False, -1)
        time.sleep(0.02)
    raise AssertionError("the file was not written within 30 seconds")


def rows(url: str) -> list[list[str]]:
    """The lines of the one file in the archive behind a link, fetched without any key."""
    answer = requests.get(url, timeout=30)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        (name,) = archive.namelist()
        text = archive.read(name).decode()
    assert text.endswith("\r\n")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def year() -> dict[str, int]:
    now = wall_clock_ms()
    return {"start_time": now - 365 * DAY_MS, "end_time": now + DAY_MS}


def test_every_movement_of_the_futures_wallet_is_a_line(
    server: ServerProcess, account: Account
) -> None:
    client = Client(server.url, account.api_key, account.secret)
    expected = []
    for number in range(1, ROWS + 1):
        kind, sign = ("MAIN_UMFUTURE", "") if number % 3 else ("UMFUTURE_MAIN", "-")
        amount = f"0.{number:08d}"
        path = "/sapi/v1/asset/transfer"
        moved = client.signed("POST", path, type=kind, asset="USDT", amount=amount)
        assert moved.status == 200, moved.body
        tran_id = str(moved.json["tranId"])
        expected.append(["", "TRANSFER", sign + amount, "USDT", "TRANSFER", tran_id, ""])
    history = client.signed("GET", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE", size=100).json[
        "rows"
    ]
    times = {str(row["tranId"]): str(row["timestamp"]) for row in history}
    client.close()

    futures = official_rest(server.url, account)
    requested = futures.get_download_id_for_futures_transaction_history(**year()).data()
    found = finished(
        futures.get_futures_transaction_history_download_link_by_id, requested.download_id
    )
    assert found.notified is True
    assert found.is_expired is None
    assert found.download_id == requested.download_id
    assert 0 < found.expiration_timestamp - wall_clock_ms() <= 7 * DAY_MS
    header, *lines = rows(found.url)
    assert header == INCOME
    assert [line[:5] + line[6:] for line in lines] == expected
    assert [line[5] for line in lines] == sorted(line[5] for line in lines)
    assert {line[6]: line[5] for line in lines if line[6] in times} == times


def test_orders_and_trades_are_asked_for_in_the_same_way(
    server: ServerProcess, account: Account
) -> None:
    futures = official_rest(server.url, account)
    order = futures.get_download_id_for_futures_order_history(**year()).data()
    trade = futures.get_download_id_for_futures_trade_history(**year()).data()
    assert order.download_id != trade.download_id
    orders = finished(futures.get_futures_order_history_download_link_by_id, order.download_id)
    trades = finished(futures.get_futures_trade_download_link_by_id, trade.download_id)
    (order_columns,) = rows(orders.url)
    (trade_columns,) = rows(trades.url)
    assert {"orderId", "clientOrderId", "avgPrice", "goodTillDate"} < set(order_columns)
    assert {"id", "orderId", "realizedPnl", "commissionAsset"} < set(trade_columns)


def test_a_window_without_rows_is_a_header(server: ServerProcess, account: Account) -> None:
    official_wallet(server.url, account).user_universal_transfer(
        type="MAIN_UMFUTURE", asset="USDT", amount=1
    )
    futures = official_rest(server.url, account)
    long_ago = {"start_time": 1_500_000_000_000, "end_time": 1_500_000_000_000 + DAY_MS}
    requested = futures.get_download_id_for_futures_transaction_history(**long_ago).data()
    assert requested.avg_cost_timestamp_of_last30d == 0
    found = finished(
        futures.get_futures_transaction_history_download_link_by_id, requested.download_id
    )
    assert rows(found.url) == [INCOME]


def test_a_changed_link_is_refused(server: ServerProcess, account: Account) -> None:
    futures = official_rest(server.url, account)
    requested = futures.get_download_id_for_futures_order_history(**year()).data()
    url = finished(futures.get_futures_order_history_download_link_by_id, requested.download_id).url
    assert url.startswith(f"{server.url}/_clearhouse/downloads/")
    forged = url.replace(requested.download_id, str(int(requested.download_id) - 1))
    for wrong in (forged, url.removesuffix(".zip"), url.replace(".zip", "0.zip")):
        assert requests.get(wrong, timeout=30).status_code == 404
