"""The seeded past: what every candle of it promises, and that it is the same every time."""

from itertools import pairwise

import pytest

from clearhouse.market.rules import Rules
from clearhouse.messages.market_queries import Candle, CandleKind
from clearhouse.model.intervals import LENGTHS
from unit.feeds.pasts import BORN, DAY, HOUR, MINUTE, asked, past, rules

UNIT = 10**8
KINDS = list(CandleKind)


def bar(candle: Candle) -> tuple[str, ...]:
    """A candle as decimals, as far as its numbers go."""
    four = (candle.open, candle.high, candle.low, candle.close)
    prices = (f"{price / UNIT:.1f}" for price in four)
    return (*prices, f"{candle.volume / UNIT:.3f}", f"{candle.quote / UNIT:.4f}")


@pytest.mark.parametrize("interval", LENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_there_are_1500_candles_of_every_interval_but_the_month(
    kind: CandleKind, interval: str
) -> None:
    candles = asked(past(), interval, kind=kind)
    assert len(candles) == (346 if interval == "1M" else 1_500)
    assert all(one.open_at < two.open_at for one, two in pairwise(candles))


@pytest.mark.parametrize("interval", LENGTHS)
def test_every_interval_ends_with_the_price_of_the_listing(interval: str) -> None:
    assert asked(past(), interval, limit=1)[0].close == 65_000 * UNIT
    assert asked(past(), interval, limit=1, kind=CandleKind.INDEX)[0].close == 65_000 * UNIT
    assert asked(past(), interval, limit=1, kind=CandleKind.PREMIUM)[0].close == 0


@pytest.mark.parametrize(
    ("symbol", "price", "filters"),
    [
        ("BTCUSDT", "65000", rules(low="556.8", high="4529764")),
        ("1000SHIBUSDT", "0.02", rules("0.000001", "1")),
        ("DOGEUSDT", "0.15", rules("0.000010", "1", low="0.00244", high="30")),
        ("FINE", "1234.56789012", rules("0.00000001", "0.00000001")),
        ("COARSE", "3", rules("1", "1", low="1")),
        ("FIXED", "1", rules("1", "1", low="1", high="1")),
        ("FREE", "0.00000007", rules("0.00000001", "1")),
        ("DEAR", "90000", rules("0.01", "0.1")),
        ("ODD", "100.03", rules("0.07", "0.3", low="0.05")),
    ],
)
@pytest.mark.parametrize("interval", ["1m", "15m", "12h", "1d", "1M"])
def test_a_candle_is_possible(symbol: str, price: str, filters: Rules, interval: str) -> None:
    """Prices on the tick and in order, quantities on the step; what was paid was possible."""
    for candle in asked(past(symbol, price=price, filters=filters), interval):
        assert 0 < candle.low <= min(candle.open, candle.close)
        assert max(candle.open, candle.close) <= candle.high
        for one in (candle.open, candle.high, candle.low, candle.close):
            assert (one - candle.close) % filters.tick == 0
            assert one >= filters.price.low
            assert not filters.price.high or one <= filters.price.high
        sold = candle.volume - candle.taker_volume
        for quantity, quote in (
            (candle.volume, candle.quote),
            (candle.taker_volume, candle.taker_quote),
            (sold, candle.quote - candle.taker_quote),
        ):
            assert quantity > 0
            assert quantity % filters.step == 0
            assert candle.low * quantity <= quote * UNIT <= candle.high * quantity
        assert 0 < candle.trades * filters.step <= candle.volume
        assert max(candle.volume, candle.quote) < 2**63


@pytest.mark.parametrize("interval", [name for name in LENGTHS if name != "1m"])
def test_each_candle_opens_where_the_one_before_closed(interval: str) -> None:
    candles = asked(past(), interval)
    assert all(one.close == two.open for one, two in pairwise(candles))


def test_windows_are_those_of_a_client() -> None:
    """From `start` on the first ones, otherwise the latest ones; both ends belong to it."""
    of = past()
    nine = BORN // DAY * DAY - 15 * HOUR
    [first, second] = asked(of, "1h", start=nine + 1, end=nine + 2 * HOUR)
    assert (first.open_at, second.open_at) == (nine + HOUR, nine + 2 * HOUR)
    assert asked(of, "1h", start=nine + 1, limit=1) == (first,)
    assert asked(of, "1h", end=nine + 2 * HOUR, limit=1) == (second,)
    assert asked(of, "1h", end=nine + 3 * HOUR - 1, limit=2) == (first, second)
    assert asked(of, "1h", start=BORN) == ()
    assert asked(of, "1h", end=0) == ()
    assert asked(of, "1h", limit=0) == ()


def test_the_past_ends_with_the_minute_before_the_listing() -> None:
    [last] = asked(past(), "1m", limit=1)
    assert last.open_at == BORN // MINUTE * MINUTE - MINUTE
    [cut] = asked(past(), "1d", limit=1)
    assert cut.open_at == BORN // DAY * DAY
    assert cut.volume == sum(m.volume for m in asked(past(), "1m", start=cut.open_at))


@pytest.mark.parametrize("after", [0, MINUTE, HOUR, 15 * MINUTE + 1, DAY - 1])
def test_a_venue_may_begin_at_any_minute(after: int) -> None:
    midnight = BORN // DAY * DAY
    of = past(born=midnight + after)
    for interval in LENGTHS:
        candles = asked(of, interval, limit=50)
        assert len(candles) == 50
        assert candles[-1].close == 65_000 * UNIT
        minutes = asked(of, "1m", start=candles[-1].open_at)
        if len(minutes) < 1_500:
            assert sum(m.trades for m in minutes) == candles[-1].trades


def test_before_1970_there_is_nothing() -> None:
    assert asked(past(born=30_000), "1m") == ()
    assert len(asked(past(born=600_000), "1m")) == 10
    assert len(asked(past(born=600_000), "1M")) == 1
    assert asked(past(born=600_000), "1w") == ()


def test_a_past_is_the_same_in_whatever_order_it_is_asked_for() -> None:
    one, two = past(), past()
    whole = asked(one, "1m", limit=1_500)
    for number in (1_400, 3, 700, 699):
        assert asked(two, "1m", start=whole[number].open_at, limit=1) == (whole[number],)
    assert asked(two, "5m") == asked(one, "5m")


def test_another_seed_and_another_symbol_have_another_past() -> None:
    first = asked(past(), "1h", limit=5)
    assert asked(past(seed=2), "1h", limit=5) != first
    assert asked(past("ETHUSDT"), "1h", limit=5) != first


def test_contracts_on_one_asset_went_together() -> None:
    tether, circle = asked(past(), "1d"), asked(past("BTCUSDC"), "1d")
    assert all(
        abs(one.close - two.close) * 100 < one.close
        for one, two in zip(tether, circle, strict=True)
    )
    assert all(one.volume > two.volume for one, two in zip(tether, circle, strict=True))


def test_the_past_of_seed_1_to_the_byte() -> None:
    """Written out: a change of how the past is drawn is seen, and breaks recorded tests of users."""
    of = past()
    assert [bar(candle) for candle in asked(of, "1m", limit=2)] == [
        ("65084.2", "65089.1", "65081.1", "65087.2", "3.288", "214001.8145"),
        ("65087.2", "65095.4", "64933.0", "65000.0", "56.483", "3671963.2680"),
    ]
    assert [bar(candle) for candle in asked(of, "1d", limit=2)] == [
        ("66834.4", "68014.6", "64678.6", "64903.8", "13243.759", "875516433.4081"),
        ("64903.8", "65347.3", "64813.0", "65000.0", "6608.050", "429629144.0012"),
    ]
    assert [bar(candle) for candle in asked(of, "1M", limit=2)] == [
        ("79225.2", "80504.9", "68884.7", "76244.3", "352709.997", "26302386922.3154"),
        ("76244.3", "80188.9", "64678.6", "65000.0", "258218.624", "18268874947.9820"),
    ]
