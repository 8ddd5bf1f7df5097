"""Writes the lines of a tap as files of the archive."""

from collections.abc import Iterable
from pathlib import Path

from clearhouse.feeds.archive.writer import Decimals, Quoted, Traded, Writer
from clearhouse.feeds.deliveries import (
    Beat,
    Begun,
    Cut,
    Line,
    PricesDelivered,
    QuotesDelivered,
    TradesDelivered,
    read_line,
)


class RecordingError(Exception):
    """A recording that cannot go on; what was written until then is whole."""


class Recorder:
    """One recording, from the first line to the last."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._writer: Writer | None = None
        self.state = ""
        """How the source does, as far as it was told."""

    @property
    def rows(self) -> dict[str, int]:
        """Rows written by kind."""
        return self._writer.rows if self._writer else {}

    def take(self, lines: Iterable[bytes]) -> None:
        """Write what lines tell; refuses when no more are to come."""
        for text in lines:
            self._write(read_line(text))

    def close(self) -> None:
        """Give every file its name."""
        if self._writer:
            self._writer.close()

    def _write(self, line: Line) -> None:
        if isinstance(line, Begun):
            decimals = {name: Decimals(*found) for name, found in line.decimals.items()}
            self._writer = Writer(self._root, decimals)
            return
        if isinstance(line, Beat):
            self.state = line.state
            return
        if isinstance(line, Cut):
            raise RecordingError(line.reason)
        assert self._writer is not None
        if isinstance(line, TradesDelivered):
            columns = zip(line.at, line.price, line.quantity, line.buyer_maker, strict=True)
            self._writer.trades(line.symbol, (Traded(*row) for row in columns))
        elif isinstance(line, QuotesDelivered):
            quote = Quoted(line.at, line.bid, line.bid_quantity, line.ask, line.ask_quantity)
            self._writer.quote(line.symbol, quote)
        elif isinstance(line, PricesDelivered):
            self._writer.prices(line.symbol, line.at, mark=line.mark, index=line.index)
