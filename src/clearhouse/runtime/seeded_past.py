"""The seeded past of what this venue lists: candles from before each symbol's birth."""

from collections.abc import Sequence

from clearhouse.engine.state import State
from clearhouse.feeds.past import Past, Window
from clearhouse.messages.market_queries import Birth, Candle, CandleKind
from clearhouse.model.intervals import Interval, steps
from clearhouse.tape.fill import Span


class SeededPast:
    """A past for every listed symbol; what is not listed any more has none."""

    def __init__(self, seed: int, state: State) -> None:
        self._past = Past(seed)
        self._state = state

    def candles(
        self,
        symbol: str,
        birth: Birth,
        kind: CandleKind,
        interval: Interval,
        span: Span,
    ) -> Sequence[Candle]:
        """Candles that open in a span and before the birth, oldest first; they end with it."""
        catalogue = self._state.catalogue
        contract = catalogue.contracts.get(symbol)
        if contract is None or span.first > span.last:
            return ()
        asked = Window(
            kind=kind,
            interval=interval,
            limit=steps(interval, span.first, span.last) + 1,
            start=span.first,
            end=span.last,
        )
        return self._past.candles(contract, catalogue.rules[symbol], birth, asked)
