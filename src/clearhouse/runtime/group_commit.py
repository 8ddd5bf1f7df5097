"""Group commit: what was decided waits for the journal together, and whoever depends on it waits.

Records gather while the journal is busy; then they are staged as one batch and committed on a
thread, while the next commands are already decided. What of candles and samples belongs to them
goes with the same commit.

When the journal fails, the state in memory is ahead of what is stored and must not be shown:
every waiter and every later call gets `VenueStoppedError`, and the process ends.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from clearhouse.journal.port import Journal
from clearhouse.journal.record import Record
from clearhouse.model.ids import Seq
from clearhouse.runtime.sampling import Sampler
from clearhouse.tape.tape import Tape, ToSave


class VenueStoppedError(Exception):
    """The venue answers no more; the outcome of what was under way is unknown to the caller."""


class GroupCommit:
    """Feeds the journal. `durable` is the position that it has, `failure` why it has no more.

    `on_stage` is called before a batch is handed over, `on_commit` when the journal has it,
    `on_failure` once.
    """

    def __init__(
        self,
        journal: Journal,
        tape: Tape,
        sampler: Sampler,
        *,
        on_stage: Callable[[], None],
        on_commit: Callable[[], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        self.failure: Exception | None = None
        self.durable: Seq = journal.head().seq
        self._journal = journal
        self._tape = tape
        self._sampler = sampler
        self._on_stage = on_stage
        self._on_commit = on_commit
        self._on_failure = on_failure
        self._staged: Seq = self.durable
        self._pending: list[Record] = []
        self._to_keep: dict[str, None] = {}
        self._scheduled = False
        self._commit: asyncio.Future[None] | None = None
        self._waiters: deque[tuple[Seq, asyncio.Future[None]]] = deque()
        self._thread = ThreadPoolExecutor(1, "journal")

    @property
    def is_busy(self) -> bool:
        """Whether a batch is on its way."""
        return self._scheduled or self._commit is not None

    def add(self, record: Record) -> None:
        """Let a record wait for the next batch; `schedule` sees to that."""
        self._pending.append(record)

    def keep_candles(self, symbols: Iterable[str]) -> None:
        """Let the journal have what changed in the candles of some symbols, with a commit."""
        self._to_keep.update(dict.fromkeys(symbols))
        if not self.failure:
            self.schedule()

    def schedule(self) -> None:
        """Stage once this round of the loop is over, so that its commands share a commit."""
        if (self._pending or self._to_keep) and not self.is_busy:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._stage)

    async def until(self, seq: Seq) -> None:
        """Return when the journal has a position."""
        self.check()
        if seq > self.durable:
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append((seq, waiter))
            await waiter

    def check(self) -> None:
        """Refuse to go on after a failure."""
        if self.failure:
            raise VenueStoppedError(str(self.failure))

    def fail(self, why: str) -> None:
        """The venue stops: nobody gets an answer any more."""
        self.failure = VenueStoppedError(why)
        while self._waiters:
            waiter = self._waiters.popleft()[1]
            if not waiter.done():
                waiter.set_exception(VenueStoppedError(why))
        self._on_failure(self.failure)

    async def finish(self) -> None:
        """Wait for the last commit and let the thread go."""
        while (self._pending or self._to_keep or self._commit) and not self.failure:
            await (asyncio.wait({self._commit}) if self._commit else asyncio.sleep(0))
        self._thread.shutdown()

    def _stage(self) -> None:
        """Hand over what waits."""
        self._scheduled = False
        self._on_stage()
        records, self._pending = self._pending, []
        candles = self._candles()
        if not (records or candles.rows or candles.forget):
            return
        try:
            if records:
                self._journal.keep_samples(self._sampler.handed_over())
                self._journal.append(records)
        except Exception as error:  # noqa: BLE001  whatever a store raises ends the venue
            self._journal_failed(error)
            return
        self._staged = records[-1].seq if records else self._staged
        loop = asyncio.get_running_loop()
        self._commit = loop.run_in_executor(self._thread, self._write, candles)
        self._commit.add_done_callback(self._committed)

    def _candles(self) -> ToSave:
        """Candles that go with this commit: they show no fact that it does not have."""
        symbols, self._to_keep = self._to_keep, {}
        return self._tape.to_save(symbols)

    def _write(self, candles: ToSave) -> None:
        """On the journal's thread."""
        if candles.rows or candles.forget:
            self._journal.save_candles(candles.rows, forget=candles.forget)
        self._journal.commit()

    def _committed(self, commit: asyncio.Future[None]) -> None:
        self._commit = None
        self._tape.saved()
        error = commit.exception()
        if error:
            self._journal_failed(error)
            return
        self.durable = self._staged
        self.schedule()
        while self._waiters and self._waiters[0][0] <= self.durable:
            release(self._waiters.popleft()[1])
        if not self.failure:
            self._on_commit()

    def _journal_failed(self, error: BaseException) -> None:
        self.fail(f"the journal {self._journal.name} failed: {error}")


def release(*waiters: asyncio.Future[None]) -> None:
    """Let waiters go on; the request of one may have been cancelled meanwhile."""
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
