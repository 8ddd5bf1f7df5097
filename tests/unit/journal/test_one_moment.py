"""An answer of several statements is of one moment, though commits go on beside it."""

from pathlib import Path

from clearhouse.journal.sqlite import SqliteJournal
from clearhouse.messages.histories import TransferHistory
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.ids import Millis
from journal.history import ANN, START, records, transfer


def test_a_page_and_its_total_are_of_one_moment(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.db")
    written: list[int] = []

    def write(number: int) -> None:
        written.append(number)
        journal.append(records([transfer(number, ANN, 1, at=number)], journal.head()))
        journal.commit()

    def meanwhile(statement: str) -> None:
        if "count(*)" in statement:
            write(len(written) + 1)

    write(1)
    journal._reader.set_trace_callback(meanwhile)
    asked = TransferHistory(
        uid=ANN,
        kinds=(TransferKind.MAIN_UMFUTURE,),
        start=START,
        end=Millis(START + 9),
        offset=0,
        limit=9,
    )
    for expected in (1, 2, 3):
        page = journal.history(asked)
        assert (page.total, len(page.rows), len(written)) == (expected, expected, expected + 1)
    journal.close()
