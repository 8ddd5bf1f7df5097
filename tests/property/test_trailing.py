"""Trailing orders against a twin that reads the whole row of prices again each time."""

from hypothesis import given
from hypothesis import strategies as st

from clearhouse.messages.trading_commands import SetPrice
from clearhouse.model.orders import Side, WorkingType
from unit.trading.algos import BTC, funded, trailing
from unit.world import UNIT

TICK = UNIT // 10
START = 65_000 * UNIT


def naive(side: Side, activate: int, rate: int, prices: list[int]) -> bool:
    """Whether the last of the prices fires: by all of them, from the first on that activated."""
    reached = [p <= activate if side is Side.BUY else p >= activate for p in prices]
    if True not in reached:
        return False
    seen = prices[reached.index(True) :]
    if side is Side.BUY:
        return seen[-1] * 10**8 >= min(seen) * (10**8 + rate)
    return seen[-1] * 10**8 <= max(seen) * (10**8 - rate)


@given(
    side=st.sampled_from(list(Side)),
    ticks=st.none() | st.integers(1, 20_000),
    rate=st.sampled_from([100_000, 123_456, 1_000_000, 3_333_333, 10_000_000]),
    steps=st.lists(st.integers(-6_000, 6_000), min_size=1, max_size=30),
)
def test_it_fires_when_the_twin_says(
    side: Side, ticks: int | None, rate: int, steps: list[int]
) -> None:
    """The mark moves, the last price stands still, so that no order moves what is watched."""
    world = funded()
    activate = START - side.sign * ticks * TICK if ticks else 0
    command = trailing(
        side=side,
        callback_rate=rate,
        activate_price=activate,
        working_type=WorkingType.MARK_PRICE,
        quantity=UNIT // 1000,
    )
    world.do(command)
    prices = [START]
    for step in steps:
        prices.append(max(40_000 * UNIT, prices[-1] + step * TICK))
        world.all(SetPrice(symbol=BTC, mark=prices[-1], last=START))
        over = not world.state.orders.algos
        assert over == naive(side, activate or START, rate, prices)
        if over:
            return
