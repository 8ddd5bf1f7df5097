"""Rate limits: pools of weight by address and by account, refusals that turn into bans.

All numbers stand in the tables below; `exchangeInfo`, the WebSocket API's `rateLimits` rows
and the documentation read them here. A window is a minute, a second, or five minutes of real
time: the venue's clock may be frozen. Counting never stops; `enforced=False`
(`--no-rate-limits`) only refuses nothing.
"""

from contextlib import suppress
from dataclasses import dataclass, field

from msgspec import Struct

from clearhouse.api.endpoint import Operation, OrderCounts, Weight, WeightKind
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.model.ids import MINUTE_MS, Millis, Uid

SECOND_MS = 1_000
FIVE_MINUTES_MS = 5 * MINUTE_MS


class Pool(Struct, frozen=True):
    """Requests of a window share a limit. `per_operation`: each operation has its own.

    `every`: the window in the words of a refusal; futures and the wallets have their own.
    """

    name: str
    limit: int
    headers: tuple[bytes, ...]
    per_operation: bool = False
    window_ms: int = MINUTE_MS
    every: str = "1 MINUTE"


class OrderPool(Struct, frozen=True):
    """New orders of an account per interval."""

    interval: str
    interval_num: int
    interval_ms: int
    limit: int
    header: bytes


FUNDING_POOL = "funding"
"""`fundingRate` and `fundingInfo`."""

STATISTICS_POOL = "statistics"
"""All of `/futures/data` but `delivery-price`."""

_USED = b"x-mbx-used-weight-1m"
_FUTURES = Pool("futures", 2400, (_USED,), every="minute")

IP_POOLS: dict[Family, Pool] = {
    Family.FAPI: _FUTURES,
    Family.FUTURES_DATA: _FUTURES,
    Family.DAPI: _FUTURES,
    Family.EAPI: Pool("options", 400, (_USED,), every="minute"),
    Family.PAPI: Pool("portfolio", 6000, (_USED,), every="minute"),
    Family.SPOT: Pool("spot", 6000, (_USED, b"x-mbx-used-weight")),
    Family.SAPI: Pool("wallet-ip", 12_000, (b"x-sapi-used-ip-weight-1m",), per_operation=True),
}
"""By address. USDⓈ-M and COIN-M share one pool since 2026-06-30."""

OWN_POOLS = {
    pool: Pool(pool, most, (), window_ms=FIVE_MINUTES_MS, every="5 minutes")
    for pool, most in ((FUNDING_POOL, 500), (STATISTICS_POOL, 1000))
}
"""By address, for requests that several operations share; no header tells how much is used."""

UID_POOL = Pool("wallet-uid", 180_000, (b"x-sapi-used-uid-weight-1m",), per_operation=True)
"""By account, for each operation of the wallet family that says so."""

UID_SECOND_POOL = Pool(
    "wallet-uid-second",
    180_000,
    (b"x-sapi-used-uid-weight-1s",),
    per_operation=True,
    window_ms=SECOND_MS,
    every="1 SECOND",
)
"""The same by the second."""

ORDER_POOLS = (
    OrderPool("SECOND", 10, 10_000, 300, b"x-mbx-order-count-10s"),
    OrderPool("MINUTE", 1, MINUTE_MS, 1200, b"x-mbx-order-count-1m"),
)
"""By account, for new orders."""

_HINTS = {
    SECOND_MS: "this limit is one of a second",
    FIVE_MINUTES_MS: "this limit is one of five minutes, and of requests",
}

WS_HANDSHAKE_WEIGHT = 5
UNSEEN_ADDRESS_WEIGHT = 1
"""What a request for no known operation costs, and one that fails before its account is known."""

UNKNOWN = "unknown"
"""The name under which such requests are counted where each operation has its own limit."""

REFUSALS_BEFORE_BAN = 20
FIRST_BAN_MS = 2 * MINUTE_MS
LONGEST_BAN_MS = 3 * 24 * 60 * MINUTE_MS
ADDRESSES_REMEMBERED = 100_000


@dataclass(slots=True)
class _Ban:
    """An address that went on after being refused. Each ban is twice as long as the last."""

    until: Millis = Millis(0)
    next_ms: int = FIRST_BAN_MS


@dataclass(slots=True)
class _Window:
    """What was used in the window of time that has this number."""

    number: int = 0
    used: dict[tuple[str, str | Uid], int] = field(default_factory=dict)


@dataclass(slots=True)
class _OrderWindow:
    """New orders by account in the window of a pool that has this number."""

    pool: OrderPool
    number: int = 0
    counts: dict[Uid, int] = field(default_factory=dict)

    def count(self, uid: Uid, amount: int, now: Millis) -> int:
        """Count new orders; how many there are by now."""
        number = now // self.pool.interval_ms
        if number != self.number:
            self.number = number
            self.counts.clear()
        self.counts[uid] = counted = self.counts.get(uid, 0) + amount
        return counted


@dataclass(slots=True)
class Limiter:
    """Counts, and refuses what is too much. Memory is bounded: windows are forgotten whole."""

    enforced: bool = True
    _minute: _Window = field(default_factory=_Window)
    _second: _Window = field(default_factory=_Window)
    _own: dict[str, _Window] = field(
        default_factory=lambda: {name: _Window() for name in OWN_POOLS}
    )
    _refused: dict[str, int] = field(default_factory=dict)
    _bans: dict[str, _Ban] = field(default_factory=dict)
    _orders: tuple[_OrderWindow, ...] = field(
        default_factory=lambda: tuple(map(_OrderWindow, ORDER_POOLS))
    )

    def check_ban(self, address: str, now: Millis) -> None:
        """Refuse a banned address before anything else (418)."""
        ban = self._bans.get(address) if self._bans else None
        if ban and now < ban.until and self.enforced:
            raise ApiError(Fault.BANNED, ban.until, retry_after=_seconds(ban.until - now))

    def charge_address(
        self, family: Family, operation: str, weight: int, address: str, now: Millis
    ) -> int:
        """Count a request against its address; the weight used so far. Refuses with 429."""
        pool = IP_POOLS[family]
        return self._charge(pool, operation, weight, address, address, now)

    def charge_own_pool(self, weight: Weight, address: str, now: Millis) -> None:
        """Count a request in the pool of its operation, if it has one. Refuses with 429."""
        if weight.own_pool:
            pool = OWN_POOLS[weight.own_pool]
            self._charge(pool, "", 1, address, address, now)

    def charge_account(self, operation: Operation, uid: Uid, address: str, now: Millis) -> int:
        """Count a request against its account; the weight used so far. Refuses with 429."""
        weight = operation.weight
        return self._charge(uid_pool(weight), operation.name, weight.amount, uid, address, now)

    def charge_order(self, uid: Uid, amounts: OrderCounts, now: Millis) -> OrderCounts:
        """Count new orders of an account; the counts so far. Refuses with -1015."""
        short, long = self._orders
        in_short = self._charge_orders(short, uid, amounts[0], now)
        return in_short, self._charge_orders(long, uid, amounts[1], now)

    def used(
        self,
        family: Family,
        address: str,
        operation: Operation | None = None,
        uid: Uid | None = None,
    ) -> int:
        """Weight used in this window of the pool that an operation counts in."""
        if operation and operation.weight.kind is WeightKind.UID:
            window = self._second if operation.weight.by_second else self._minute
            return window.used.get((operation.name, uid), 0) if uid is not None else 0
        pool = IP_POOLS[family]
        name = operation.name if operation else UNKNOWN
        return self._minute.used.get((name if pool.per_operation else pool.name, address), 0)

    def clear(self) -> None:
        """Forget everything, bans included."""
        self._minute.used.clear()
        self._second.used.clear()
        for own in self._own.values():
            own.used.clear()
        self._refused.clear()
        self._bans.clear()
        for window in self._orders:
            window.counts.clear()

    def _charge(
        self, pool: Pool, operation: str, weight: int, who: str | Uid, address: str, now: Millis
    ) -> int:
        window = self._window(pool)
        number = now // pool.window_ms
        if number != window.number:
            window.number = number
            window.used.clear()
            if window is self._minute:
                self._refused.clear()
        key = (operation if pool.per_operation else pool.name, who)
        used = window.used.get(key, 0) + weight
        window.used[key] = used
        if used > pool.limit and self.enforced:
            self._refuse(pool, address, now)
        return used

    def _window(self, pool: Pool) -> _Window:
        if pool.name in self._own:
            return self._own[pool.name]
        return self._minute if pool.window_ms == MINUTE_MS else self._second

    def _charge_orders(self, window: _OrderWindow, uid: Uid, amount: int, now: Millis) -> int:
        pool, count = window.pool, window.count(uid, amount, now)
        if count > pool.limit and self.enforced:
            every = f"{pool.interval_num} {pool.interval}"
            left = pool.interval_ms - now % pool.interval_ms
            raise ApiError(Fault.TOO_MANY_ORDERS, pool.limit, every, retry_after=_seconds(left))
        return count

    def offend(self, address: str, now: Millis) -> None:
        """Note that a connection had to be closed; that counts towards a ban like a refusal."""
        with suppress(ApiError):  # the ban refuses what comes next
            self._count_refusal(address, now)

    def _refuse(self, pool: Pool, address: str, now: Millis) -> None:
        self._count_refusal(address, now)
        left = pool.window_ms - now % pool.window_ms
        hint = _HINTS.get(pool.window_ms, "")
        raise ApiError(
            Fault.TOO_MANY_REQUESTS, pool.limit, pool.every, hint=hint, retry_after=_seconds(left)
        )

    def _count_refusal(self, address: str, now: Millis) -> None:
        refused = self._refused.get(address, 0) + 1
        self._refused[address] = refused
        if refused > REFUSALS_BEFORE_BAN:
            self._ban(address, now)

    def _ban(self, address: str, now: Millis) -> None:
        if len(self._bans) >= ADDRESSES_REMEMBERED:
            self._bans = {a: ban for a, ban in self._bans.items() if ban.until > now}
        ban = self._bans.setdefault(address, _Ban())
        ban.until = Millis(now + ban.next_ms)
        ban.next_ms = min(2 * ban.next_ms, LONGEST_BAN_MS)
        self._refused.pop(address, None)
        self.check_ban(address, now)


def used_names(family: Family, weight: Weight | None) -> tuple[bytes, ...]:
    """The headers that tell a client how much it has used."""
    if weight is not None and weight.own_pool:
        return OWN_POOLS[weight.own_pool].headers
    if weight is not None and weight.kind is WeightKind.UID:
        return uid_pool(weight).headers
    return IP_POOLS[family].headers


def uid_pool(weight: Weight) -> Pool:
    """The pool of an account that a weight counts in."""
    return UID_SECOND_POOL if weight.by_second else UID_POOL


def _seconds(ms: int) -> int:
    return -(-ms // 1000)
