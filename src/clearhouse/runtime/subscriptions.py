"""Who is told what changed in an account, and when: in order, once, after the journal has it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from clearhouse.engine.apply import apply
from clearhouse.engine.notices import ended_keys, notices_of, subject_of
from clearhouse.engine.state import State
from clearhouse.messages.events import Event
from clearhouse.messages.notices import Notice
from clearhouse.model.ids import Seq, Uid
from clearhouse.runtime.market_subscriptions import MarketSubscriptions

Listener = Callable[[Notice], None]
"""Called on the event loop with each notice of an account. It must not raise and not wait."""


@dataclass(slots=True, eq=False)
class _Subscription:
    """One listener, which is told nothing more once its subscription has ended."""

    listener: Listener
    ended: bool = False


class Subscriptions:
    """Listeners by account, and the notices that wait for their commit.

    A notice waits with those who listened when its event was applied: whoever comes later
    reads what it led to.
    """

    def __init__(self) -> None:
        self.market = MarketSubscriptions()
        self._by_uid: dict[Uid, tuple[_Subscription, ...]] = {}
        self._waiting: deque[tuple[Seq, Notice, tuple[_Subscription, ...]]] = deque()

    def add(self, uid: Uid, listener: Listener) -> Callable[[], None]:
        """Tell a listener of every later change; what is given back ends that."""
        subscription = _Subscription(listener)
        self._by_uid[uid] = (*self._by_uid.get(uid, ()), subscription)
        return lambda: self._end(uid, subscription)

    def apply(self, state: State, event: Event) -> None:
        """Apply an event, and note what it tells its account and everybody, where they listen."""
        if not self.market.heard:
            self._apply(state, event)
            return
        was = self.market.before(state, event)
        self._apply(state, event)
        self.market.note(state, event, was)

    def _apply(self, state: State, event: Event) -> None:
        """Apply an event, and note what it tells whom: its account, or those it ends a key of."""
        uid: Uid | None = getattr(event, "uid", None)
        if not self._by_uid or (uid is not None and uid not in self._by_uid):
            apply(state, event)
            return
        ended = ended_keys(state, event)
        subject = subject_of(state, event)
        apply(state, event)
        for notice in (*ended, *notices_of(state, event, subject)):
            listening = self._by_uid.get(notice.uid)
            if listening:
                self._waiting.append((state.seq, notice, listening))

    def publish(self, durable: Seq) -> None:
        """Tell everything that the journal has by now."""
        while self._waiting and self._waiting[0][0] <= durable:
            _, notice, subscriptions = self._waiting.popleft()
            for subscription in subscriptions:
                if not subscription.ended:
                    subscription.listener(notice)
        self.market.publish(durable)

    def _end(self, uid: Uid, subscription: _Subscription) -> None:
        subscription.ended = True
        left = tuple(other for other in self._by_uid.get(uid, ()) if other is not subscription)
        if left:
            self._by_uid[uid] = left
        else:
            self._by_uid.pop(uid, None)
