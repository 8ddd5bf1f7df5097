"""Checkpoints of the write-ahead log beside the commits instead of inside them.

Left to itself SQLite copies the log into the database within the COMMIT that fills it, and
every reply of that commit waits tens of milliseconds. Here a thread with a connection of its
own copies while commits go on; when it is done the journal's own connection copies what came
meanwhile, which is little, so the log is copied whole and the next commit starts it over.
"""

import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

PAGES_BETWEEN = 4096
PAGES_A_COMMIT, PAGES_A_RECORD = 8, 2
"""What a commit writes at least, and what each of its records adds: SQLite does not tell the
length of its log cheaply, and a rough one is enough."""
_CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpoints:
    """Sees to it that the log of one database stays short."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, "checkpoint")
        self._copying: Future[None] | None = None
        self._pages = 0

    def committed(self, db: sqlite3.Connection, records: int) -> None:
        """Look after a commit, on the committing thread, whether it is time."""
        self._pages += PAGES_A_COMMIT + PAGES_A_RECORD * records
        if self._copying is not None:
            if self._copying.done():
                self._copying.result()
                self._copying = None
                db.execute(_CHECKPOINT)
        elif self._pages >= PAGES_BETWEEN:
            self._pages = 0
            self._copying = self._thread.submit(self._copy)

    def close(self) -> None:
        """Wait for a copy under way."""
        self._thread.shutdown()

    def _copy(self) -> None:
        db = sqlite3.connect(self._database, isolation_level=None)
        try:
            db.execute(_CHECKPOINT)
        finally:
            db.close()
