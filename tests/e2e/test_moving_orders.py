"""Orders in a market that moves by itself: filled as it passes, kept by a crash, hard under harsh."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from clearhouse.testing import Client, ServerProcess

NOW = 1_760_000_000_000
HOUR = 3_600_000


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ServerProcess]:
    flags = ("--data", str(tmp_path / "moving.db"), "--no-request-log", "--market", "synthetic")
    with ServerProcess(*flags) as running:
        yield running


class Trader:
    """An account with money, and a frozen clock that it moves."""

    def __init__(self, url: str, key: dict[str, str] | None = None) -> None:
        self.control = Client(url)
        if key is None:
            self.control.control("PUT", "/clock", {"mode": "frozen", "now": NOW})
            money = {"balances": {"UMFUTURE": {"USDT": "100000"}}}
            key = self.control.control("POST", "/accounts", money).json
        assert key is not None
        self.key = key
        self.client = Client(url, key["apiKey"], key["apiSecret"])

    @property
    def now(self) -> int:
        now: int = self.control.control("GET", "/clock").json["now"]
        return now

    def call(self, method: str, path: str, **params: object) -> Any:
        return self.client.signed(method, f"/fapi/{path}", timestamp=self.now, **params).json

    def order(self, **params: object) -> Any:
        return self.call("POST", "v1/order", symbol="BTCUSDT", **params)

    def advance(self, ms: int) -> None:
        assert self.control.control("POST", "/clock/advance", {"ms": ms}).status == 200

    def close(self) -> None:
        self.client.close()
        self.control.close()

    def last(self) -> float:
        return float(self.control.control("GET", "/symbols/BTCUSDT").json["last"])


@pytest.fixture
def ann(process: ServerProcess) -> Iterator[Trader]:
    with closing(Trader(process.url)) as trader:
        yield trader


def test_a_resting_order_is_filled_when_the_market_comes_by(ann: Trader) -> None:
    ann.advance(60_000)
    price = round(ann.last() * 0.999, 1)
    placed = ann.order(side="BUY", type="LIMIT", timeInForce="GTC", quantity="0.1", price=price)
    found, hours = placed, 0
    while found["status"] == "NEW" and hours < 48:
        ann.advance(HOUR)
        hours += 1
        found = ann.call("GET", "v1/order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert found["status"] == "FILLED"
    assert float(found["avgPrice"]) == price
    [position] = ann.call("GET", "v3/positionRisk", symbol="BTCUSDT")
    assert position["positionAmt"] == "0.100"


def test_a_crash_takes_nothing_of_a_position_in_a_moving_market(
    process: ServerProcess, ann: Trader
) -> None:
    ann.order(side="BUY", type="MARKET", quantity="0.5")
    ann.advance(10 * HOUR)  # over a settlement of funding
    account, positions = ann.call("GET", "v3/account"), ann.call("GET", "v3/positionRisk")
    last = ann.last()
    process.kill()
    process.start()
    with closing(Trader(process.url, ann.key)) as again:
        assert again.call("GET", "v3/account") == account
        assert again.call("GET", "v3/positionRisk") == positions
        assert abs(again.last() - last) < last / 1_000  # nothing depended on trades of others
        assert again.control.control("GET", "/ledger/check").json["ok"]
        again.advance(1_000)
        assert abs(again.last() - last) < last / 1_000
        [funding] = again.call("GET", "v1/income", incomeType="FUNDING_FEE")
        assert float(funding["income"]) < 0


def test_a_harsh_market_fills_in_part_and_refuses_some(ann: Trader) -> None:
    conditions = {"profile": "harsh", "conditions": {"latencyMs": [0, 0], "rejectRate": "0.5"}}
    assert ann.control.control("PUT", "/market", conditions).status == 200
    answers = [
        ann.order(side="BUY", type="MARKET", quantity="0.1", newOrderRespType="RESULT")
        for _ in range(30)
    ]
    refused = [answer for answer in answers if answer.get("code") == -1008]
    filled = [answer for answer in answers if answer.get("executedQty") == "0.100"]
    assert 5 < len(refused) < 25
    assert len(filled) == 15  # what the house offers: 20 levels of 0.076
    partly = [answer for answer in answers if answer.get("executedQty", "0") not in ("0.100", "0")]
    assert partly
    reduced = ann.order(side="SELL", type="MARKET", quantity="0.1", reduceOnly="true")
    assert "orderId" in reduced
