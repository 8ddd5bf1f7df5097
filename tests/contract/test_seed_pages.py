"""The five pages, field for field: names, order, JSON types and number formats.

The pages are account information V2, balance V2, universal transfer, the futures page that
points to it, and the WebSocket API's account.balance.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from websockets.sync.client import connect

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

from .pages import (
    ACCOUNT,
    ASSET,
    BALANCE_ROW,
    KINDS,
    POSITION,
    RATE_LIMIT,
    SOCKET_REPLY,
    TRANSFER,
    Fields,
)

WALLETS = {
    "MAIN": {"USDT": "1000", "BTC": "1"},
    "FUNDING": {"USDT": "1000"},
    "UMFUTURE": {"USDT": "23.72469206", "USDC": "103.12345678"},
    "CMFUTURE": {"USDT": "1000"},
    "MARGIN": {"USDT": "1000"},
    "ISOLATED_MARGIN:BTCUSDT": {"USDT": "1000"},
    "OPTION": {"USDT": "1000"},
    "PORTFOLIO_MARGIN": {"USDT": "1000"},
}
SYMBOLS = 10


def check(fields: Fields, row: dict[str, Any]) -> None:
    """Names, their order, and the JSON text of every value."""
    assert list(row) == list(fields)
    for name, pattern in fields.items():
        text = json.dumps(row[name], ensure_ascii=False)
        assert re.fullmatch(pattern, text), f"{name}: {text}"


@pytest.fixture
def account(server: ServerProcess, client: Client) -> Iterator[Client]:
    """A new account with money in every wallet, in the pages' amounts for futures."""
    made = client.control("POST", "/accounts", {"balances": WALLETS}).json
    with closing(Client(server.url, made["apiKey"], made["apiSecret"])) as speaking:
        yield speaking


def test_account_information_in_single_asset_mode(account: Client) -> None:
    """Totals count USDT only, whatever else lies there."""
    answer = account.signed("GET", "/fapi/v2/account").json
    check(ACCOUNT, answer)
    assert answer["multiAssetsMargin"] is False
    assert answer["tradeGroupId"] == -1
    assert answer["totalWalletBalance"] == "23.72469206"
    assert answer["totalMarginBalance"] == "23.72469206"
    assert answer["totalCrossWalletBalance"] == "23.72469206"
    assert answer["availableBalance"] == "23.72469206"
    assert answer["maxWithdrawAmount"] == "23.72469206"
    for row in answer["assets"]:
        check(ASSET, row)
    rows = {row["asset"]: row for row in answer["assets"]}
    assert rows["USDT"]["walletBalance"] == "23.72469206"
    assert rows["USDC"]["maxWithdrawAmount"] == "103.12345678"


def test_account_information_in_multi_assets_mode(account: Client) -> None:
    """Totals are USD values of all assets, so they are above those of USDT alone."""
    switched = account.signed("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
    assert switched.json == {"code": 200, "msg": "success"}
    answer = account.signed("GET", "/fapi/v2/account").json
    check(ACCOUNT, answer)
    assert answer["multiAssetsMargin"] is True
    assert answer["totalWalletBalance"].startswith("126.")
    for row in answer["assets"]:
        check(ASSET, row)


@pytest.mark.parametrize(
    ("hedge", "sides"), [(False, ["BOTH"] * SYMBOLS), (True, ["LONG", "SHORT"] * SYMBOLS)]
)
def test_positions_list_every_symbol_by_mode(
    account: Client, hedge: bool, sides: list[str]
) -> None:
    if hedge:
        account.signed("POST", "/fapi/v1/positionSide/dual", dualSidePosition="true")
    positions = account.signed("GET", "/fapi/v2/account").json["positions"]
    assert [row["positionSide"] for row in positions] == sides
    for row in positions:
        check(POSITION, row)


def test_balance(account: Client) -> None:
    rows = account.signed("GET", "/fapi/v2/balance").json
    for row in rows:
        check(BALANCE_ROW, row)
    assert {row["asset"]: row["balance"] for row in rows} == {
        "USDT": "23.72469206",
        "USDC": "103.12345678",
        "BTC": "0.00000000",
        "ETH": "0.00000000",
        "BNB": "0.00000000",
        "FDUSD": "0.00000000",
    }


def test_websocket_balance(server: ServerProcess, account: Client) -> None:
    """The page's frame, signed per request; an id is echoed, and the limits are there."""
    stamp = wall_clock_ms()
    payload = f"apiKey={account.api_key}&timestamp={stamp}".encode()
    signature = hmac.new(account.secret.encode(), payload, hashlib.sha256).hexdigest()
    sent = {
        "id": "605a6d20-6588-4cb9-afa0-b0ab087507ba",
        "method": "account.balance",
        "params": {"apiKey": account.api_key, "timestamp": stamp, "signature": signature},
    }
    with connect(server.url.replace("http", "ws") + "/ws-fapi/v1", proxy=None) as socket:
        socket.send(json.dumps(sent))
        reply = json.loads(socket.recv(timeout=10))
    check(SOCKET_REPLY, reply)
    assert reply["id"] == "605a6d20-6588-4cb9-afa0-b0ab087507ba"
    assert reply["result"] == account.signed("GET", "/fapi/v2/balance").json
    for row in reply["result"]:
        check(BALANCE_ROW, row)
    for row in reply["rateLimits"]:
        check(RATE_LIMIT, row)


@pytest.mark.parametrize("kind", KINDS)
def test_universal_transfer_takes_every_kind(account: Client, kind: str) -> None:
    answer = account.signed(
        "POST", "/sapi/v1/asset/transfer", type=kind, asset="USDT", amount="1.5", **KINDS[kind]
    )
    assert answer.status == 200, answer.body
    check(TRANSFER, answer.json)
    listed = account.signed("GET", "/sapi/v1/asset/transfer", type=kind, **KINDS[kind]).json
    assert listed["total"] == 1
    row = listed["rows"][0]
    assert row["tranId"] == answer.json["tranId"]
    assert (row["type"], row["asset"], row["amount"]) == (kind, "USDT", "1.5")


@pytest.mark.parametrize("kind", [kind for kind, pairs in KINDS.items() if pairs])
def test_a_kind_with_an_isolated_wallet_needs_its_pair(account: Client, kind: str) -> None:
    answer = account.signed(
        "POST", "/sapi/v1/asset/transfer", type=kind, asset="USDT", amount="1.5"
    )
    first = next(iter(KINDS[kind]))
    assert answer.status == 400
    assert answer.json == {
        "code": -1102,
        "msg": f"Mandatory parameter '{first}' was not sent, was empty/null, or malformed.",
    }


def test_the_futures_page_moves_money_there_and_back(account: Client) -> None:
    """«Transfer between spot and futures»: both directions of the universal transfer."""
    there = account.signed(
        "POST", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE", asset="USDT", amount="100"
    ).json
    back = account.signed(
        "POST", "/sapi/v1/asset/transfer", type="UMFUTURE_MAIN", asset="USDT", amount="123.72469206"
    ).json
    assert back["tranId"] > there["tranId"]
    rows = account.signed("GET", "/fapi/v2/balance").json
    assert rows[0]["balance"] == "0.00000000"


def test_transfers_cost_900_by_account(account: Client) -> None:
    answer = account.signed(
        "POST", "/sapi/v1/asset/transfer", type="MAIN_UMFUTURE", asset="USDT", amount="1"
    )
    assert answer.headers["x-sapi-used-uid-weight-1m"] == "900"
