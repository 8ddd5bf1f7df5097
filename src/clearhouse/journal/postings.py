"""Postings and income: every movement of money, and why it was made.

A posting of a fill says by its counterpart why it was made: profit comes out of clearing, a
commission goes to the fees. The two follow on one another, so the venue's one of a pair speaks
for both.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import repeat
from typing import Any

from clearhouse.journal.rows import Rows, Table
from clearhouse.ledger.chart import CLEARING, FEES
from clearhouse.messages import trading_events as trading
from clearhouse.messages.events import Event
from clearhouse.model.ids import Seq
from clearhouse.model.wallets import UMFUTURE, Wallet


class Why(StrEnum):
    """Why a posting was made. What the futures wallet shows as income is named as there."""

    TRANSFER = "TRANSFER"
    DEPOSIT = "DEPOSIT"
    WITHDRAWAL = "WITHDRAWAL"
    DIVIDEND = "DIVIDEND"
    DUST = "DUST"
    REALIZED_PNL = "REALIZED_PNL"
    COMMISSION = "COMMISSION"
    FUNDING_FEE = "FUNDING_FEE"
    INSURANCE_CLEAR = "INSURANCE_CLEAR"
    AUTO_EXCHANGE = "AUTO_EXCHANGE"


INCOME_TYPES = {
    Why.TRANSFER: "TRANSFER",
    Why.DEPOSIT: "TRANSFER",
    Why.WITHDRAWAL: "TRANSFER",
    Why.REALIZED_PNL: "REALIZED_PNL",
    Why.COMMISSION: "COMMISSION",
    Why.FUNDING_FEE: "FUNDING_FEE",
    Why.INSURANCE_CLEAR: "INSURANCE_CLEAR",
    Why.AUTO_EXCHANGE: "AUTO_EXCHANGE",
}
"""How the income history calls each reason for which a futures wallet can move."""

_OF_A_FILL: dict[Wallet, Why] = {CLEARING: Why.REALIZED_PNL, FEES: Why.COMMISSION}

TABLES = (
    Table(
        "postings",
        "seq INTEGER NOT NULL, leg INTEGER NOT NULL, tran_id INTEGER NOT NULL, "
        "uid INTEGER NOT NULL, wallet TEXT NOT NULL, asset TEXT NOT NULL, "
        "units INTEGER NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL, symbol TEXT NOT NULL, "
        "PRIMARY KEY (seq, leg)",
        "seq, leg",
        ("postings_by_owner ON postings (uid, seq)",),
        without_rowid=True,
    ),
    Table(  # what the futures wallets show, in the order in which it is read: a page is one range
        "income",
        "uid INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL, leg INTEGER NOT NULL, "
        "tran_id INTEGER NOT NULL, asset TEXT NOT NULL, units INTEGER NOT NULL, "
        "why TEXT NOT NULL, symbol TEXT NOT NULL, trade_id INTEGER NOT NULL, "
        "PRIMARY KEY (uid, at, seq, leg)",
        "seq, leg",
        (
            "income_by_symbol ON income (uid, symbol, at) WHERE symbol <> ''",
            "income_of_funding ON income (uid, at) WHERE why = 'FUNDING_FEE'",
        ),
        without_rowid=True,
    ),
)


def post(rows: Rows, seq: Seq, event: Any, why: Why) -> None:
    """The postings of an event that moves money for one reason."""
    _post(rows, seq, event, repeat(why.value))


def post_fill(rows: Rows, seq: Seq, event: Any) -> None:
    """The postings of one side of a trade: profit and commission, each with its counterpart."""
    causes: list[str] = []
    for one, other in zip(event.postings[::2], event.postings[1::2], strict=True):
        why = _OF_A_FILL.get(other.wallet) or _OF_A_FILL[one.wallet]
        causes += (why.value, why.value)
    _post(rows, seq, event, causes, event.symbol, event.trade_id)


def _post_funding(rows: Rows, seq: Seq, event: Any) -> None:
    _post(rows, seq, event, repeat(Why.FUNDING_FEE.value), event.symbol)


def _post_clearance(rows: Rows, seq: Seq, event: Any) -> None:
    _post(rows, seq, event, repeat(Why.INSURANCE_CLEAR.value), event.symbol)


def _post_exchange(rows: Rows, seq: Seq, event: trading.AutoExchanged) -> None:
    """Each asset's pair of postings has a number of its own, as income rows of one type must."""
    why, at = Why.AUTO_EXCHANGE.value, event.at
    for leg, p in enumerate(event.postings):
        tran_id, money = event.tran_id + leg // 2, (p.asset, p.units)
        rows.add("postings", (seq, leg, tran_id, p.uid, p.wallet, *money, at, why, ""))
        if p.wallet == UMFUTURE:
            rows.add("income", (p.uid, at, seq, leg, tran_id, *money, why, "", 0))


def _post(
    rows: Rows, seq: Seq, event: Any, causes: Iterable[str], symbol: str = "", trade_id: int = 0
) -> None:
    at, tran_id = event.at, event.tran_id
    for leg, (p, why) in enumerate(zip(event.postings, causes, strict=False)):
        uid, wallet, asset, units = p.uid, p.wallet, p.asset, p.units
        rows.add("postings", (seq, leg, tran_id, uid, wallet, asset, units, at, why, symbol))
        if wallet == UMFUTURE:
            row = (uid, at, seq, leg, tran_id, asset, units, why, symbol, trade_id)
            rows.add("income", row)


PROJECTIONS: dict[type[Event], Callable[[Rows, Seq, Any], None]] = {
    trading.FundingPaid: _post_funding,
    trading.FundingSettled: _post_funding,
    trading.InsuranceCleared: _post_clearance,
    trading.AutoExchanged: _post_exchange,
}
"""Events that have postings and no other rows."""
