"""The calls of the control plane about the venue: health, clock, ledger, reset.

Those about accounts stand in `admin/accounts.py`, those about markets in `admin/market.py`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from clearhouse import __version__
from clearhouse.admin.accounts import AccountCalls
from clearhouse.admin.bodies import (
    AdvanceBody,
    ClockBody,
    decode_body,
    units_of,
)
from clearhouse.admin.control_plane import MAX_ROWS, ControlPlane, Plan
from clearhouse.admin.errors import AdminError, malformed
from clearhouse.admin.market import MarketCalls
from clearhouse.admin.sources import SourceCalls, market_of
from clearhouse.admin.urls import integer_in
from clearhouse.engine.execute import Decision
from clearhouse.engine.state import FROZEN, REAL, SCALED
from clearhouse.messages.commands import (
    AdvanceClock,
    Command,
    ResetVenue,
    SetClock,
)
from clearhouse.messages.events import ClockSet
from clearhouse.messages.histories import PostingHistory
from clearhouse.model.ids import Millis, Seq, Uid
from clearhouse.model.money import SCALE, fixed8, trimmed
from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.runtime.feeding import Feeding

FASTEST_CLOCK = 1_000_000 * SCALE
"""A million times as fast: a day of it stays far below what the journal can hold."""
Settings = dict[str, Any]


class Calls:
    """Every call, bound to a venue."""

    def __init__(
        self,
        plane: ControlPlane,
        *,
        genesis: Callable[[], Iterable[Command]],
        settings: Settings,
        on_reset: Callable[[], None],
        feeding: Feeding | None = None,
    ) -> None:
        self._plane = plane
        self._venue = plane.venue
        self._genesis = genesis
        self._settings = settings
        self._on_reset = on_reset
        self._feeding = feeding

    def routes(self) -> list[Route]:
        """The table of calls."""
        read, change = self._plane.reading, self._plane.changing
        return [
            read("/health", self.health),
            read("/ready", self.ready),
            read("/info", self.info),
            *AccountCalls(self._plane).routes(),
            *MarketCalls(self._plane).routes(),
            *SourceCalls(self._plane, self._feeding).routes(),
            read("/clock", self.clock),
            change("/clock", self.set_clock, method="PUT"),
            change("/clock/advance", self.advance_clock),
            change("/reset", self.reset),
            read("/ledger/check", self.check_ledger),
            read("/ledger/postings", self.postings),
        ]

    async def health(self, _request: Request) -> object:
        """The process answers."""
        return {"status": "ok"}

    async def ready(self, _request: Request) -> object:
        """The venue takes requests."""
        if self._venue.failure:
            raise AdminError(503, "stopped", str(self._venue.failure))
        return {"status": "ready"}

    async def info(self, _request: Request) -> object:
        """Version, settings, where the market comes from, and the end of the journal."""
        market = {"market": market_of(self._feeding)} if self._feeding else {}
        return {
            "name": "clearhouse",
            "version": __version__,
            "settings": self._settings,
            **market,
            "time": self._venue.now(),
            "journal": {"seq": self._venue.head.seq},
        }

    async def clock(self, _request: Request) -> object:
        """The clock in force."""
        setting = self._venue.clock_setting
        return _clock(setting.mode, self._venue.now(), setting.rate)

    async def set_clock(self, _request: Request, raw: bytes) -> Plan:
        """Real time, frozen time, or time that runs at another speed."""
        body = decode_body(raw, ClockBody)
        if body.mode not in (REAL, FROZEN, SCALED):
            raise malformed(f"mode: {REAL}, {FROZEN} or {SCALED}")
        if (body.mode == SCALED) != (body.rate is not None):
            raise malformed("rate: it belongs to the scaled clock, and that one needs it")
        if body.mode == REAL and body.now is not None:
            raise malformed("now: real time cannot be set; freeze or scale the clock")
        now = None if body.now is None else Millis(body.now)
        if body.mode == REAL:
            now = wall_clock_ms()  # so that the core knows where the clock goes on
        rate = None if body.rate is None else units_of("rate", body.rate)
        if rate is not None and not 0 < rate <= FASTEST_CLOCK:
            raise malformed(f"rate: above 0, and at most {trimmed(FASTEST_CLOCK)}")
        return Plan([SetClock(mode=body.mode, now=now, rate=rate)], _clock_answer)

    async def advance_clock(self, _request: Request, raw: bytes) -> Plan:
        """Move a frozen clock; what falls due meanwhile is done, each at its own time.

        The market moves after that, to the new time, before the answer leaves.
        """
        caught_up = self._feeding.caught_up if self._feeding else None
        return Plan([AdvanceClock(decode_body(raw, AdvanceBody).ms)], _clock_answer, caught_up)

    async def reset(self, _request: Request, _raw: bytes) -> Plan:
        """Start over: forget everything, then begin as on the first day."""

        def answer(_events: Decision) -> object:
            self._on_reset()
            return {}

        return Plan([ResetVenue(), *self._genesis()], answer)

    async def check_ledger(self, _request: Request) -> object:
        """The trial balance: each asset sums to zero over all ledger accounts."""
        view, head = await self._venue.check_ledger()
        return {
            "ok": not any(total for total, _ in view.assets.values()),
            "assets": {
                asset: {"sum": fixed8(total), "accounts": accounts}
                for asset, (total, accounts) in view.assets.items()
            },
            "journal": {"seq": head.seq, "hash": head.hash.hex()},
        }

    async def postings(self, request: Request) -> object:
        """Postings after a journal position, oldest first; `uid` picks one owner."""
        uid = integer_in(request, "uid", -1)
        asked = PostingHistory(
            uid=None if uid < 0 else Uid(uid),
            after=Seq(integer_in(request, "after", 0)),
            limit=min(max(integer_in(request, "limit", 100), 1), MAX_ROWS),
        )
        rows = await self._venue.read(asked)
        return {
            "postings": [
                {
                    "seq": row.seq,
                    "leg": row.leg,
                    "tranId": row.tran_id,
                    "uid": row.uid,
                    "wallet": row.wallet,
                    "asset": row.asset,
                    "amount": fixed8(row.units),
                    "why": row.why,
                    "time": row.at,
                }
                for row in rows
            ]
        }


def _clock_answer(events: Decision) -> object:
    """What was set at the end, not what the clock shows by now: a repeated call gets the same."""
    changed = next(event for event in reversed(events) if isinstance(event, ClockSet))
    return _clock(changed.mode, changed.now, changed.rate)


def _clock(mode: str, now: Millis, rate: int) -> object:
    answer: dict[str, object] = {"mode": mode, "now": now}
    if mode == SCALED:
        answer["rate"] = trimmed(rate)
    return answer
