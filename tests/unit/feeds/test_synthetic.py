"""The synthetic market: the same every time, without jumps, and within its bounds for ever."""

from itertools import pairwise

import pytest
from msgspec.structs import replace

from clearhouse.feeds.pace import Stride, strides
from clearhouse.feeds.port import Prices
from clearhouse.feeds.synthetic import Synthetic
from clearhouse.model.ids import Millis
from unit.feeds.markets import BEGIN, SLOT, Market, View

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
UNIT = 10**8


def test_the_same_seed_and_the_same_clock_give_the_same_bytes() -> None:
    one, two, other = Market(), Market(), Market()
    one.run(Synthetic(1), BEGIN + 5 * SECOND)
    two.run(Synthetic(1), BEGIN + 5 * SECOND)
    other.run(Synthetic(2), BEGIN + 5 * SECOND)
    assert one.log == two.log
    assert one.log != other.log


def test_a_source_that_is_late_delivers_what_one_in_time_does() -> None:
    """But for quotes, of which only the last of a turn is told."""
    slow, fast = Market(), Market()
    fast.run(Synthetic(1), BEGIN + 40 * SECOND, symbol="BTCUSDT")
    slow.run(Synthetic(1), BEGIN + 40 * SECOND, turn=7 * SECOND, symbol="BTCUSDT")
    assert fast.at == slow.at
    assert _columns(fast) == _columns(slow)


def _columns(market: Market) -> list[tuple[int, int, int, bool]]:
    runs = [row for row in market.log if isinstance(row[1], list)]
    return [one for _, *columns in runs for one in zip(*columns, strict=True)]


def test_a_restart_changes_nothing() -> None:
    """A source keeps no price, so a new one goes on where the last one was."""
    whole, parted = Market(), Market()
    whole.run(Synthetic(1), BEGIN + 20 * SECOND)
    parted.run(Synthetic(1), BEGIN + 10 * SECOND)
    parted.run(Synthetic(1), BEGIN + 20 * SECOND)
    assert [at.index for at in whole.at.values()] == [at.index for at in parted.at.values()]
    assert [at.mark for at in whole.at.values()] == [at.mark for at in parted.at.values()]


@pytest.mark.parametrize("price", [30_000, 64_000, 90_000])
def test_it_goes_on_from_a_price_that_somebody_set(price: int) -> None:
    market, source = Market(), Synthetic(1)
    market.run(source, BEGIN + 10 * SECOND, symbol="BTCUSDT")
    units = price * UNIT
    market.at["BTCUSDT"] = Prices(last=units, mark=units, index=units)
    market.log.clear()
    market.run(source, BEGIN + 12 * SECOND, symbol="BTCUSDT")
    for at, each, _, _ in _columns(market):
        assert abs(each - units) * 1_000 < units, (at, each)
    assert abs(market.at["BTCUSDT"].index - units) * 1_000 < units


def test_a_gap_between_last_price_and_mark_closes_in_minutes() -> None:
    market, source = Market(), Synthetic(1)
    market.at["BTCUSDT"] = Prices(last=70_000 * UNIT, mark=65_000 * UNIT, index=65_000 * UNIT)
    gaps = []
    for _ in range(5):
        market.run(source, market.time + MINUTE, symbol="BTCUSDT")
        at = market.at["BTCUSDT"]
        gaps.append((at.last - at.mark) // UNIT)
    assert gaps[0] > 1_500
    assert all(one > two for one, two in pairwise(gaps))
    assert abs(gaps[-1]) < 80


def test_contracts_on_one_asset_move_together() -> None:
    market = Market()
    for symbol in ("BTCUSDT", "BTCUSDC"):
        market.time = BEGIN
        market.run(Synthetic(1), BEGIN + HOUR, turn=20 * MINUTE, symbol=symbol)
    tether, circle = market.at["BTCUSDT"], market.at["BTCUSDC"]
    assert tether.index == circle.index != 65_000 * UNIT


def test_trades_are_possible() -> None:
    """On the tick, on the step, at the time of their turn, at the bid or the ask."""
    market = Market()
    market.run(Synthetic(1), BEGIN + 10 * SECOND)
    count = 0
    for symbol, *rest in market.log:
        rules = View(market).rules(str(symbol))
        if isinstance(rest[0], list):
            for at, price, quantity, _ in zip(*rest, strict=True):
                assert at % SLOT == 0
                assert BEGIN < at <= market.time
                assert (price - rules.price.low) % rules.tick == 0
                assert quantity % rules.step == 0
                assert quantity >= rules.quantity.low
                count += 1
        elif len(rest) == 2:
            bid, ask = rest
            assert isinstance(bid, int)
            assert isinstance(ask, int)
            assert rules.price.low < bid < ask < rules.price.high
    assert 130 < count < 320  # the table says 22.6 a second


def test_quotes_are_as_far_apart_as_the_profile_says() -> None:
    market = Market(half_spread=UNIT // 5_000)
    market.run(Synthetic(1), BEGIN + 2 * SLOT, symbol="BTCUSDT")
    bid, ask = (int(str(price)) for price in market.log[-1][1:])
    assert (ask - bid) // UNIT == 26  # 2 · 0.0002 · 65,000


@pytest.mark.parametrize(
    ("advance", "most"), [(MINUTE, 60), (HOUR, 120), (DAY, 180), (400 * DAY, 370)]
)
def test_an_advanced_clock_is_followed_in_bounded_work(advance: int, most: int) -> None:
    steps = list(strides(BEGIN, BEGIN + advance))
    assert len(steps) <= most
    assert steps[-1].until == BEGIN + advance
    market = Market()
    market.run(Synthetic(1), BEGIN + advance, turn=advance, symbol="BTCUSDT")
    assert market.time == BEGIN + advance
    last = _columns(market)[-1]
    assert last[0] > market.time - 5 * SECOND


@pytest.mark.parametrize("symbol", ["BTCUSDT", "DOGEUSDT"])
def test_prices_stay_within_bounds_for_centuries(symbol: str) -> None:
    market = Market()
    worth, rules = View(market).worth(symbol), View(market).rules(symbol)
    walk = Synthetic(3).walk(market.listed[symbol], View(market))
    at, seen = market.at[symbol], []
    for day in range(100_000):
        at = walk.step(at, Stride(day * DAY, DAY), worth)
        assert at.mark > 0
        seen.append(at.index)
    assert max(worth // 10, rules.price.low) <= min(seen) < worth * 3 // 4
    assert worth * 5 // 4 < max(seen) <= min(worth * 10, rules.price.high)


def test_a_price_out_of_bounds_is_drawn_back_and_not_taken_back() -> None:
    market, source = Market(), Synthetic(1)
    far = 4_000_000 * UNIT
    market.at["BTCUSDT"] = Prices(last=far, mark=far, index=far)
    market.run(source, BEGIN + 2 * SECOND, symbol="BTCUSDT")
    assert far * 999 // 1_000 < market.at["BTCUSDT"].index <= far
    market.run(source, BEGIN + 900 * DAY, turn=90 * DAY, symbol="BTCUSDT")
    assert market.at["BTCUSDT"].index <= 650_000 * UNIT


def test_a_contract_that_is_changed_or_new_is_taken_up() -> None:
    market, source = Market(), Synthetic(1)
    market.run(source, BEGIN + 2 * SECOND)
    coarse = replace(market.listed["BTCUSDT"], tick_size="10", min_price="10")
    market.list(coarse)
    market.list(replace(market.listed["ETHUSDT"], symbol="NEWUSDT"))
    market.log.clear()
    market.run(source, BEGIN + 20 * SECOND)
    prices = [
        price
        for symbol, *rest in market.log
        if symbol == "BTCUSDT" and len(rest) == 2
        for price in rest
    ]
    assert all(int(str(price)) % (10 * UNIT) == 0 for price in prices)
    assert any(symbol == "NEWUSDT" for symbol, *_ in market.log)


def test_the_first_seconds_of_seed_1_to_the_byte() -> None:
    """Written out: a change of how the market is drawn is seen, and breaks tests of users."""
    market = Market()
    market.run(Synthetic(1), Millis(BEGIN + SECOND), symbol="BTCUSDT")
    assert market.log == [
        ("BTCUSDT", 6499980000000, 6499990000000),
        ("BTCUSDT", 6500090000000, 6500100000000),
        ("BTCUSDT", [1795284000600], [6500030000000], [600000], [False]),
        ("BTCUSDT", 6500020000000, 6500030000000),
        ("BTCUSDT", 6500100000000, 6500110000000),
        ("BTCUSDT", None, 6499941164902, 6499941561399),
        ("BTCUSDT", [1795284001000], [6499830000000], [1900000], [True]),
        ("BTCUSDT", 6499830000000, 6499840000000),
    ]
