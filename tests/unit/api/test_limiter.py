"""The limiter by itself: order pools, and that its memory is bounded."""

import pytest

from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.limits import Limiter
from clearhouse.model.ids import Millis, Uid

START = Millis(1_760_000_040_000)  # the start of a minute, and of ten seconds
ONE, TWO = Uid(1), Uid(2)


def test_orders_are_counted_for_ten_seconds_and_a_minute() -> None:
    limiter = Limiter()
    assert limiter.charge_order(ONE, (1, 1), START) == (1, 1)
    assert limiter.charge_order(ONE, (5, 1), START) == (6, 2)  # a batch
    assert limiter.charge_order(TWO, (1, 1), START) == (1, 1)
    assert limiter.charge_order(ONE, (1, 1), Millis(START + 9_999)) == (7, 3)
    assert limiter.charge_order(ONE, (1, 1), Millis(START + 10_000)) == (1, 4)
    assert limiter.charge_order(ONE, (1, 1), Millis(START + 60_000)) == (1, 1)


@pytest.mark.parametrize(
    ("amounts", "times", "every"), [((1, 0), 300, "10 SECOND"), ((0, 1), 1200, "1 MINUTE")]
)
def test_too_many_orders(amounts: tuple[int, int], times: int, every: str) -> None:
    limiter = Limiter()
    for _ in range(times):
        limiter.charge_order(ONE, amounts, START)
    with pytest.raises(ApiError) as refused:
        limiter.charge_order(ONE, amounts, START)
    assert refused.value.failure(Family.FAPI) == (
        -1015,
        429,
        f"Too many new orders; current limit is {times} orders per {every}.",
    )
    limiter.charge_order(TWO, amounts, START)
    Limiter(enforced=False).charge_order(ONE, (9_999, 9_999), START)


def test_what_an_earlier_minute_used_is_forgotten_whole() -> None:
    limiter = Limiter()
    for number in range(1000):
        limiter.charge_address(Family.FAPI, "x", 1, f"10.0.{number // 250}.{number % 250}", START)
    assert len(limiter._minute.used) == 1000
    limiter.charge_address(Family.FAPI, "x", 1, "10.9.9.9", Millis(START + 60_000))
    assert len(limiter._minute.used) == 1


def test_refusals_of_an_earlier_minute_lead_to_no_ban() -> None:
    limiter = Limiter()
    now = START
    for _ in range(5):
        limiter.charge_address(Family.FAPI, "x", 2400, "10.0.0.1", now)
        for _ in range(20):
            with pytest.raises(ApiError) as refused:
                limiter.charge_address(Family.FAPI, "x", 1, "10.0.0.1", now)
            assert refused.value.cause is Fault.TOO_MANY_REQUESTS
        now = Millis(now + 60_000)
    limiter.check_ban("10.0.0.1", now)
