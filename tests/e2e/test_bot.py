"""A bot written with ccxt opens, scales, reverses and closes; every number it reads is explained."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, open_account
from .clients import ccxt_client
from .market import fresh, set_price, settle_funding

SYMBOL = "BTC/USDT:USDT"
TYPES = {
    "DEPOSIT": "transfer",
    "TRANSFER": "transfer",
    "COMMISSION": "commission",
    "REALIZED_PNL": "trade",
    "FUNDING_FEE": "fee",
}
"""Why something was posted, and what ccxt calls that in its ledger."""


class Reading(NamedTuple):
    """What ccxt makes of the USDT of the futures account."""

    total: float
    used: float
    free: float


class Bot:
    """What a program does that knows ccxt and nothing else."""

    def __init__(self, exchange: Any) -> None:
        self.exchange = exchange

    def trade(self, kind: str, side: str, amount: float, *more: Any) -> Any:
        return self.exchange.create_order(SYMBOL, kind, side, amount, *more)

    def reading(self) -> Reading:
        usdt = self.exchange.fetch_balance()["USDT"]
        return Reading(usdt["total"], usdt["used"], usdt["free"])

    def position(self) -> Any:
        """Side, size and entry price, or nothing."""
        open_ones = [p for p in self.exchange.fetch_positions([SYMBOL]) if p["contracts"]]
        return [(p["side"], p["contracts"], p["entryPrice"]) for p in open_ones]


class Auditor:
    """Holds whatever the bot's account shows against what `explain` says of it."""

    def __init__(self, control: Client, account: Account, exchange: Any) -> None:
        self._control = control
        self._account = account
        self._exchange = exchange

    def check(self) -> None:
        """Every field of account, assets and positions; and the postings below them."""
        info = self._exchange.fetch_balance()["info"]
        assets, positions = info.pop("assets"), info.pop("positions")
        assert info == self._explained(info)
        for row in assets:
            assert row == self._explained(row, f"asset={row['asset']}")
        for row in positions:
            assert row == self._explained(row, f"symbol={row['symbol']}")
        self._check_postings(Decimal(info["totalWalletBalance"]))

    def _explained(self, row: dict[str, Any], of: str = "") -> dict[str, Any]:
        """The same fields, as explained."""
        fields = self._explain(of)["fields"]
        # Without a question it tells of all assets too: the account's own come without a name.
        own = fields if of else [field for field in fields if "asset" not in field]
        said = {field["name"]: field for field in own}
        assert all("formula" in said[name] or "source" in said[name] for name in row)
        return {name: said[name]["value"] for name in row}

    def _check_postings(self, wallet: Decimal) -> None:
        """They add up to the wallet, and to what the bot's own ledger says, type by type."""
        [source] = self._explain("asset=USDT&field=walletBalance")["postings"]
        assert Decimal(source["amount"]) == wallet
        posted: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in source["sums"]:
            posted[TYPES[row["why"]]] += Decimal(row["amount"])
        income: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in self._exchange.fetch_ledger("USDT", limit=1000):
            income[row["type"]] += Decimal(row["info"]["income"])
        assert posted == income
        assert sum(income.values()) == wallet

    def _explain(self, of: str) -> Any:
        path = f"/accounts/{self._account.uid}/explain?{of}"
        return self._control.control("GET", path).json


@pytest.fixture
def account(control: Client) -> Account:
    fresh(control)
    return open_account(control, {"UMFUTURE": {"USDT": "10000"}})


@pytest.fixture
def exchange(server: ServerProcess, account: Account) -> Iterator[Any]:
    client = ccxt_client("binanceusdm", server.url, account)
    with closing(client.session):
        client.load_markets()
        yield client


def test_a_bot_trades_and_every_balance_that_it_reads_is_accounted_for(
    control: Client, account: Account, exchange: Any
) -> None:
    bot, auditor = Bot(exchange), Auditor(control, account, exchange)
    exchange.set_leverage(10, SYMBOL)

    bot.trade("market", "buy", 0.1)  # at 65,000.1; 3.250005 of commission
    assert bot.position() == [("long", 0.1, 65000.1)]
    assert bot.reading() == Reading(9996.739995, 650, 9346.739995)
    auditor.check()

    order = bot.trade("limit", "buy", 0.1, 64000)  # the larger way is 12,900 by now
    assert bot.reading() == Reading(9996.739995, 1290, 8706.739995)
    auditor.check()

    set_price(control, "63990")  # takes the order at its price; 1.28 of commission
    assert exchange.fetch_order(order["id"], SYMBOL)["status"] == "closed"
    assert bot.position() == [("long", 0.2, 64500.05)]
    assert bot.reading() == Reading(9893.459995, 1279.8, 8613.659995)
    auditor.check()

    set_price(control, "66000")
    bot.trade("market", "sell", 0.5)  # 299.97 on 0.2, the rest is a short; 16.499975
    assert bot.position() == [("short", 0.3, 65999.9)]
    assert bot.reading() == Reading(10278.91002, 1980, 8298.91002)
    auditor.check()

    stop = bot.trade("market", "buy", 0.3, None, {"stopLossPrice": 67000, "reduceOnly": True})
    set_price(control, "65000")
    settle_funding(control, "0.0001")  # the short gets 1.95
    assert bot.reading() == Reading(10580.86002, 1950, 8630.86002)
    auditor.check()

    bot.trade("market", "buy", 0.3, None, {"reduceOnly": True})  # 299.94; 9.750015
    exchange.cancel_order(stop["id"], SYMBOL, {"trigger": True})
    assert bot.position() == []
    assert bot.reading() == Reading(10571.080005, 0, 10571.080005)
    auditor.check()

    exchange.transfer("USDT", 571.08, "swap", "spot")
    assert bot.reading() == Reading(10000.000005, 0, 10000.000005)
    auditor.check()
    trades = exchange.fetch_my_trades(SYMBOL)
    assert [(t["side"], t["amount"], t["price"], t["takerOrMaker"]) for t in trades] == [
        ("buy", 0.1, 65000.1, "taker"),
        ("buy", 0.1, 64000, "maker"),
        ("sell", 0.5, 65999.9, "taker"),
        ("buy", 0.3, 65000.1, "taker"),
    ]
    assert control.control("GET", "/ledger/check").json["ok"]
