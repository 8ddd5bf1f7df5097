"""What every journal must write for an export: each line of a window, once, in its order."""

from typing import Any

import pytest

from clearhouse.journal import exports
from clearhouse.journal.port import Journal
from clearhouse.ledger.chart import OUTSIDE
from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import Event, FundsDeposited, FundsWithdrawn, VenueReset
from clearhouse.messages.exports import ExportKind
from clearhouse.model.ids import VENUE, Millis, TranId, Uid
from clearhouse.model.orders import PositionSide, PriceMatch, SelfTrade, Side, TimeInForce
from clearhouse.model.wallets import UMFUTURE
from journal.history import ANN, BOB, START, USDT, deposit, records, transfer, withdrawal
from journal.trades import ended, filled, funded, placed

INCOME = b"symbol,incomeType,income,asset,info,time,tranId,tradeId"
ORDER = (
    b"avgPrice,clientOrderId,cumQuote,cumBase,executedQty,orderId,origQty,origType,price,"
    b"reduceOnly,side,positionSide,status,stopPrice,closePosition,symbol,pair,time,"
    b"timeInForce,type,activatePrice,priceRate,updateTime,workingType,priceProtect,"
    b"priceMatch,selfTradePreventionMode,goodTillDate"
)
TRADE = (
    b"buyer,commission,commissionAsset,id,maker,orderId,price,qty,quoteQty,baseQty,"
    b"marginAsset,realizedPnl,side,positionSide,symbol,pair,time"
)


def write(journal: Journal, events: list[Event]) -> None:
    journal.append(records(events, journal.head()))
    journal.commit()


def lines(
    journal: Journal,
    kind: ExportKind = ExportKind.INCOME,
    uid: Uid = ANN,
    window: tuple[int, int] = (0, 100_000),
) -> list[bytes]:
    """The lines below the header of the file."""
    ends = Millis(START + window[0]), Millis(START + window[1])
    text = b"".join(journal.export(kind, uid, *ends))
    header, *rest, end = text.split(b"\r\n")
    assert end == b""
    assert header == {"income": INCOME, "order": ORDER, "trade": TRADE}[kind]
    return rest


def numbers(found: list[bytes]) -> list[int]:
    return [int(line.split(b",")[6]) for line in found]


@pytest.mark.parametrize("kind", ExportKind)
def test_a_history_without_rows_has_its_header(journal: Journal, kind: ExportKind) -> None:
    assert lines(journal, kind) == []
    write(journal, [transfer(1, BOB, 1, at=1)])
    assert lines(journal, kind) == []


def test_income_is_every_movement_of_the_futures_wallet(journal: Journal) -> None:
    write(
        journal,
        [
            deposit(1, ANN, 1_000 * USDT, at=1),
            transfer(2, ANN, 250 * USDT, at=2),
            transfer(3, ANN, 1, at=3, ends=(UMFUTURE, UMFUTURE)),
            deposit(4, ANN, 2**63 - 1, at=4, wallet=UMFUTURE),
            withdrawal(5, ANN, 47 * USDT, at=5),
        ],
    )
    assert lines(journal) == [
        b",TRANSFER,250.00000000,USDT,TRANSFER,1760000000002,2,",
        b",TRANSFER,-0.00000001,USDT,TRANSFER,1760000000003,3,",
        b",TRANSFER,0.00000001,USDT,TRANSFER,1760000000003,3,",
        b",TRANSFER,92233720368.54775807,USDT,TRANSFER,1760000000004,4,",
    ]


def test_a_withdrawal_from_the_futures_wallet_is_a_transfer_out(journal: Journal) -> None:
    postings = Posting(ANN, UMFUTURE, "USDT", -47), Posting(VENUE, OUTSIDE, "USDT", 47)
    left = FundsWithdrawn(at=START, tran_id=TranId(7), uid=ANN, wallet=UMFUTURE, postings=postings)
    write(journal, [left])
    assert lines(journal) == [b",TRANSFER,-0.00000047,USDT,TRANSFER,1760000000000,7,"]


def test_income_of_a_trade_names_it(journal: Journal) -> None:
    fill = filled(1, 77, at=1, tran_id=TranId(5), realized=-10_000_000, commission=2_556_000)
    write(journal, [fill, funded(6, 640_000, at=2)])
    assert lines(journal) == [
        b"BTCUSDT,REALIZED_PNL,-0.10000000,USDT,REALIZED_PNL,1760000000001,5,77",
        b"BTCUSDT,COMMISSION,-0.02556000,USDT,COMMISSION,1760000000001,5,77",
        b"BTCUSDT,FUNDING_FEE,0.00640000,USDT,FUNDING_FEE,1760000000002,6,",
    ]


def test_an_order_is_a_line_as_it_stands(journal: Journal) -> None:
    """Amounts have their significant digits; what only conditional orders have is empty."""
    sold: dict[str, Any] = {
        "client_id": "a",
        "side": Side.SELL,
        "position_side": PositionSide.LONG,
        "quantity": 300_000,
        "reduce_only": True,
        "stop_price": 6_450_050_000_000,
        "price_match": PriceMatch.QUEUE,
        "self_trade": SelfTrade.NONE,
        "good_till": 1_760_000_900_000,
        "time_in_force": TimeInForce.GTD,
    }
    write(journal, [placed(4_000_000_001, at=1), placed(4_000_000_002, at=2, **sold)])
    write(journal, [filled(4_000_000_002, 1, at=3, executed=300_000, total_quote=19_170_000_001)])
    write(journal, [ended(4_000_000_001, at=4), placed(4_000_000_003, at=5, uid=BOB)])
    assert lines(journal, ExportKind.ORDER) == [
        (
            b"0,client-4000000001,0,0,0,4000000001,0.002,LIMIT,63990,false,BUY,BOTH,CANCELED,0,false,"
            b"BTCUSDT,BTCUSDT,1760000000001,GTC,LIMIT,,,1760000000004,CONTRACT_PRICE,false,NONE,"
            b"EXPIRE_MAKER,0"
        ),
        (
            b"63900.00000333,a,191.70000001,0.003,0.003,4000000002,0.003,LIMIT,63990,true,SELL,LONG,"
            b"PARTIALLY_FILLED,64500.5,false,BTCUSDT,BTCUSDT,1760000000002,GTD,LIMIT,,,1760000000003,"
            b"CONTRACT_PRICE,false,QUEUE,NONE,1760000900000"
        ),
    ]


@pytest.mark.parametrize(
    ("quote", "executed", "shown"),
    [
        (0, 0, b"0"),
        (100, 100, b"1"),
        (1, 3, b"0.33333333"),
        (2, 3, b"0.66666666"),
        (10, 4, b"2.5"),
        (2**63 - 1, 1, b"9223372036854775807"),
        (2**63 - 1, 10**17, b"92.23372036"),
        (5, 9 * 10**17, b"0"),
    ],
)
def test_the_average_price_is_cut_at_eight_decimals(
    journal: Journal, quote: int, executed: int, shown: bytes
) -> None:
    write(journal, [placed(1, at=1, executed=executed, quote=quote)])
    [line] = lines(journal, ExportKind.ORDER)
    assert line.split(b",")[0] == shown


def test_a_trade_is_a_line(journal: Journal) -> None:
    bought = filled(4_000_000_001, 7, at=1, commission=2_556_000, commission_asset="BNB")
    sold: dict[str, Any] = {
        "side": Side.SELL,
        "position_side": PositionSide.SHORT,
        "maker": False,
        "symbol": "ETHUSDT",
        "realized": -10_000_000,
        "quote": 6_400_050_000,
    }
    write(journal, [bought, filled(4_000_000_002, 3, at=2, **sold), filled(9, 9, at=3, uid=BOB)])
    assert lines(journal, ExportKind.TRADE) == [
        (
            b"true,0.02556000,BNB,7,true,4000000001,64000,0.001,64,0.001,USDT,0.00000000,BUY,BOTH,"
            b"BTCUSDT,BTCUSDT,1760000000001"
        ),
        (
            b"false,0.00000001,USDT,3,false,4000000002,64000,0.001,64.0005,0.001,USDT,-0.10000000,SELL,"
            b"SHORT,ETHUSDT,ETHUSDT,1760000000002"
        ),
    ]


@pytest.mark.parametrize("kind", [ExportKind.ORDER, ExportKind.TRADE])
@pytest.mark.parametrize("count", [1, 499, 500, 501, 1_234])
def test_orders_and_trades_come_in_chunks_that_join(
    journal: Journal, kind: ExportKind, count: int
) -> None:
    """By symbol, oldest first; the window holds both of its ends."""
    symbols = ("BTCUSDT", "ETHUSDT")
    numbered = range(1, count + 1)
    facts: list[tuple[int, dict[str, Any]]] = [
        (n, {"at": n // 7, "symbol": symbols[n % 2]}) for n in numbered
    ]
    if kind is ExportKind.ORDER:
        write(journal, [placed(n, **of) for n, of in facts])
    else:
        write(journal, [filled(1, n, **of) for n, of in facts])
    expected = sorted(numbered, key=lambda n: (symbols[n % 2], n))
    column = {ExportKind.ORDER: 5, ExportKind.TRADE: 3}[kind]
    found = [int(line.split(b",")[column]) for line in lines(journal, kind)]
    assert found == expected
    window = (1, count // 14)
    inside = [n for n in expected if window[0] <= n // 7 <= window[1]]
    found = [int(line.split(b",")[column]) for line in lines(journal, kind, window=window)]
    assert found == inside


@pytest.mark.parametrize("kind", [ExportKind.ORDER, ExportKind.TRADE])
def test_orders_and_trades_that_come_meanwhile_are_left_out(
    journal: Journal, kind: ExportKind
) -> None:
    def both(first: int, last: int) -> list[Event]:
        numbered = range(first, last)
        fills = [filled(n, n, at=n) for n in numbered]
        return [*(placed(n, at=n) for n in numbered), *fills]

    write(journal, both(1, 801))
    writing = journal.export(kind, ANN, START, Millis(START + 10_000))
    next(writing)
    first = next(writing)
    write(journal, both(801, 1_000))
    assert (first + b"".join(writing)).count(b"\r\n") == 800


@pytest.mark.parametrize(
    ("asset", "field"),
    [
        ("USDT", b"USDT"),
        ("A,B", b'"A,B"'),
        ('A"B', b'"A""B"'),
        ("ÄÖ币", "ÄÖ币".encode()),
        ("A\nB", b'"A\nB"'),
    ],
)
def test_a_name_is_quoted_where_it_must_be(journal: Journal, asset: str, field: bytes) -> None:
    postings = Posting(VENUE, UMFUTURE, asset, -5), Posting(ANN, UMFUTURE, asset, 5)
    paid = FundsDeposited(
        at=Millis(START), tran_id=TranId(1), uid=ANN, wallet=UMFUTURE, postings=postings
    )
    write(journal, [paid])
    assert lines(journal) == [b",TRANSFER,0.00000005," + field + b",TRANSFER,1760000000000,1,"]


@pytest.mark.parametrize(
    ("window", "expected"),
    [((2, 4), [2, 3, 4]), ((3, 3), [3]), ((6, 9), []), ((0, 1), [1]), ((-9, 99), [1, 2, 3, 4, 5])],
)
def test_a_window_holds_both_of_its_ends(
    journal: Journal, window: tuple[int, int], expected: list[int]
) -> None:
    write(journal, [transfer(n, ANN, 1, at=n) for n in range(1, 6)])
    write(journal, [transfer(n, BOB, 1, at=n) for n in range(11, 16)])
    assert numbers(lines(journal, window=window)) == expected


def test_rows_come_by_time_then_by_position(journal: Journal) -> None:
    """Also where the clock went back between them."""
    write(journal, [transfer(1, ANN, 1, at=5), transfer(2, ANN, 1, at=5)])
    write(journal, [transfer(3, ANN, 1, at=4), transfer(4, ANN, 1, at=5)])
    assert numbers(lines(journal)) == [3, 1, 2, 4]


@pytest.mark.parametrize("count", [499, 500, 501, 1_000, 1_234])
def test_chunks_join_without_a_gap_and_without_a_row_twice(journal: Journal, count: int) -> None:
    """Seven rows share each moment, so that chunks end between rows of one moment."""
    assert exports.ROWS_A_CHUNK == 500
    write(journal, [transfer(n, ANN, n, at=n // 7) for n in range(1, count + 1)])
    assert numbers(lines(journal)) == list(range(1, count + 1))
    end = Millis(START + count)
    chunks = list(journal.export(ExportKind.INCOME, ANN, START, end))
    assert all(chunk.endswith(b"\r\n") for chunk in chunks)
    assert [chunk.count(b"\r\n") for chunk in chunks] == [
        1,
        *[500] * (count // 500),
        *[count % 500] * (count % 500 > 0),
    ]


def test_rows_that_come_while_the_file_is_written_are_left_out(journal: Journal) -> None:
    """So the file of a busy account has an end."""
    write(journal, [transfer(n, ANN, 1, at=n) for n in range(1, 801)])
    writing = journal.export(ExportKind.INCOME, ANN, START, Millis(START + 10_000))
    assert next(writing).startswith(INCOME)
    first = next(writing)
    write(journal, [transfer(801, ANN, 1, at=600), transfer(802, ANN, 1, at=801)])
    rest = b"".join(writing)
    assert numbers((first + rest).splitlines()) == list(range(1, 801))


def test_a_reset_in_the_middle_ends_the_file(journal: Journal) -> None:
    write(journal, [transfer(n, ANN, 1, at=n) for n in range(1, 801)])
    writing = journal.export(ExportKind.INCOME, ANN, START, Millis(START + 10_000))
    assert next(writing)
    assert next(writing).count(b"\r\n") == 500
    write(journal, [VenueReset(at=START), transfer(801, ANN, 1, at=700)])
    assert list(writing) == []


def test_a_file_that_is_not_read_to_its_end_is_let_go_of(journal: Journal) -> None:
    write(journal, [transfer(n, ANN, 1, at=n) for n in range(1, 801)])
    writing = journal.export(ExportKind.INCOME, ANN, START, Millis(START + 10_000))
    next(writing)
    next(writing)
    writing.close()
    assert list(writing) == []
    write(journal, [transfer(801, ANN, 1, at=801)])
    assert len(lines(journal)) == 801
