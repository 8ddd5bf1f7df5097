"""What a request with orders meets on its way in: the latency of a profile, and overload.

A server that is overloaded refuses new and changed orders and nothing else: cancels and whatever
closes or reduces a position get through, as on the exchange. Which request is refused follows
from the seed and from how many came before it.
"""

import asyncio
from collections.abc import Callable, Mapping

from clearhouse.api.endpoint import Operation, Security
from clearhouse.api.errors import ApiError, Fault
from clearhouse.feeds.noise import draw, key_of
from clearhouse.feeds.profiles import Profile
from clearhouse.model.money import SCALE

_EXEMPT = ("reduceOnly", "closePosition")
_LATER = 2**62


class Conditions:
    """The profile in force, applied to requests."""

    def __init__(self, profile: Callable[[], Profile], seed: int) -> None:
        self._profile = profile
        self._key = key_of(seed, "conditions")
        self._met = 0

    async def meet(self, operation: Operation, sent: Mapping[str, str]) -> bool:
        """Wait as long as the profile says, and tell if so; refuses what meets an overload."""
        if not _with_orders(operation):
            return False
        profile = self._profile()
        self._met += 1
        least, most = profile.latency_ms
        if most:
            wait = least + draw(self._key, self._met) % (most - least + 1)
            await asyncio.sleep(wait / 1000)
        if not profile.reject_rate or not operation.orders or not any(operation.orders):
            return most > 0
        exempt = any(sent.get(name, "").lower() == "true" for name in _EXEMPT)
        if not exempt and draw(self._key, self._met + _LATER) % SCALE < profile.reject_rate:
            raise ApiError(Fault.OVERLOADED, hint=f"the profile '{profile.name}' refuses some")
        return most > 0


def _with_orders(operation: Operation) -> bool:
    return operation.security is Security.TRADE and "rder" in operation.path
