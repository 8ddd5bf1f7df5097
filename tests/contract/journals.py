"""Writing to a journal, and asking it for the histories of an account.

Times are milliseconds after `START`; what is not asked for leaves nothing out.
"""

from typing import Any

from clearhouse.journal.port import Journal
from clearhouse.journal.record import Head
from clearhouse.messages.events import Event
from clearhouse.messages.histories import (
    DepositHistory,
    DepositRow,
    DividendHistory,
    DividendRow,
    DustHistory,
    DustRow,
    IncomeHistory,
    IncomeRow,
    WithdrawalHistory,
    WithdrawalRow,
)
from clearhouse.model.ids import Millis, TranId, Uid
from clearhouse.model.wallets import FUNDING, MAIN, Wallet
from journal.history import ANN, START, records

LARGEST = 2**63 - 1
EVER = (0, 10_000)


def write(journal: Journal, events: list[Event]) -> Head:
    """One batch, durable."""
    batch = records(events, journal.head())
    journal.append(batch)
    journal.commit()
    return Head(batch[-1].seq, batch[-1].hash)


def read(journal: Journal, after: Head) -> list[Event]:
    return [event for _, events in journal.events(after) for event in events]


def at(offset: int) -> Millis:
    return Millis(START + offset)


def income(
    journal: Journal,
    *,
    uid: Uid = ANN,
    window: tuple[int, int] = EVER,
    offset: int = 0,
    limit: int = 10,
    newest: bool = False,
    whys: tuple[str, ...] | None = None,
    symbol: str | None = None,
) -> tuple[IncomeRow, ...]:
    return journal.history(
        IncomeHistory(
            uid=uid,
            start=at(window[0]),
            end=at(window[1]),
            offset=offset,
            limit=limit,
            newest=newest,
            whys=whys,
            symbol=symbol,
        )
    )


def deposits(
    journal: Journal,
    *,
    uid: Uid = ANN,
    wallets: tuple[Wallet, ...] = (MAIN, FUNDING),
    window: tuple[int, int] = EVER,
    offset: int = 0,
    limit: int = 10,
    asset: str | None = None,
    tran_id: int | None = None,
) -> tuple[DepositRow, ...]:
    return journal.history(
        DepositHistory(
            uid=uid,
            wallets=wallets,
            start=at(window[0]),
            end=at(window[1]),
            offset=offset,
            limit=limit,
            asset=asset,
            tran_id=None if tran_id is None else TranId(tran_id),
        )
    )


def withdrawals(
    journal: Journal,
    *,
    uid: Uid = ANN,
    window: tuple[int, int] = EVER,
    offset: int = 0,
    limit: int = 10,
    asset: str | None = None,
    order_id: str | None = None,
    tran_ids: tuple[int, ...] | None = None,
) -> tuple[WithdrawalRow, ...]:
    return journal.history(
        WithdrawalHistory(
            uid=uid,
            start=at(window[0]),
            end=at(window[1]),
            offset=offset,
            limit=limit,
            asset=asset,
            order_id=order_id,
            tran_ids=None if tran_ids is None else tuple(map(TranId, tran_ids)),
        )
    )


def dividends(
    journal: Journal,
    *,
    uid: Uid = ANN,
    window: tuple[int, int] = EVER,
    limit: int = 10,
    asset: str | None = None,
) -> tuple[int, tuple[DividendRow, ...]]:
    found = journal.history(
        DividendHistory(uid=uid, start=at(window[0]), end=at(window[1]), limit=limit, asset=asset)
    )
    return found.total, found.rows


def conversions(
    journal: Journal,
    *,
    uid: Uid = ANN,
    wallet: Wallet = MAIN,
    window: tuple[int, int] = EVER,
    limit: int = 10,
) -> tuple[DustRow, ...]:
    return journal.history(
        DustHistory(uid=uid, wallet=wallet, start=at(window[0]), end=at(window[1]), limit=limit)
    )


def numbers(rows: tuple[Any, ...]) -> list[int]:
    return [row.tran_id for row in rows]
