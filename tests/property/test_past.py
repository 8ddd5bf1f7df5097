"""Small candles of the seeded past add up to large ones exactly, in any window and of any kind."""

from hypothesis import given, settings
from hypothesis import strategies as st

from clearhouse.feeds.past import SymbolPast
from clearhouse.messages.market_queries import Candle, CandleKind
from clearhouse.model.intervals import LENGTHS, following, opening
from unit.feeds.pasts import BORN, DAY, asked, past

PASTS = [past(), past("ADAUSDT", price="0.45", seed=7)]
PARTS = {
    "3m": "1m", "5m": "1m", "15m": "5m", "30m": "15m", "1h": "15m", "2h": "1h", "4h": "2h",
    "6h": "3m", "8h": "4h", "12h": "5m", "1d": "1m", "3d": "12h", "1w": "6h", "1M": "8h",
}  # fmt: skip


def folded(parts: tuple[Candle, ...]) -> tuple[int, ...]:
    return (
        parts[0].open_at,
        parts[0].open,
        max(one.high for one in parts),
        min(one.low for one in parts),
        parts[-1].close,
        *(
            sum(getattr(one, name) for one in parts)
            for name in ("volume", "quote", "trades", "taker_volume", "taker_quote")
        ),
    )


@given(
    of=st.sampled_from(PASTS),
    interval=st.sampled_from(sorted(PARTS)),
    kind=st.sampled_from(list(CandleKind)),
    ago=st.integers(0, 9_000 * DAY),
)
@settings(max_examples=300, deadline=None)
def test_parts_add_up(of: SymbolPast, interval: str, kind: CandleKind, ago: int) -> None:
    at = opening(interval, BORN - ago)
    if following(interval, at) - LENGTHS[interval] < of.first_day * DAY:
        return
    [whole] = asked(of, interval, kind=kind, start=at, limit=1)
    end = following(interval, at) - 1
    parts = asked(of, PARTS[interval], kind=kind, start=at, end=end)
    assert folded((whole,)) == folded(parts)
