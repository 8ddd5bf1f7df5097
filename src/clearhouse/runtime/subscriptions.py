"""Who is told what changed in an account, and when: in order, once, after the journal has it."""

from collections import deque
from collections.abc import Callable

from clearhouse.engine.apply import apply
from clearhouse.engine.notices import ended_keys, notices_of
from clearhouse.engine.state import State
from clearhouse.messages.events import Event
from clearhouse.messages.notices import Notice
from clearhouse.model.ids import Seq, Uid

Listener = Callable[[Notice], None]
"""Called on the event loop with each notice of an account. It must not raise and not wait."""


class Subscriptions:
    """Listeners by account, and the notices that wait for their commit."""

    def __init__(self) -> None:
        self._listeners: dict[Uid, tuple[Listener, ...]] = {}
        self._waiting: deque[tuple[Seq, Notice]] = deque()

    def add(self, uid: Uid, listener: Listener) -> Callable[[], None]:
        """Tell a listener of every later change; what is given back ends that."""
        self._listeners[uid] = (*self._listeners.get(uid, ()), listener)
        return lambda: self._remove(uid, listener)

    def apply(self, state: State, event: Event) -> None:
        """Apply an event, and note what it tells whom."""
        if not self._listeners:
            apply(state, event)
            return
        noted: list[Notice] = list(ended_keys(state, event))
        apply(state, event)
        told = notices_of(state, event)
        if told:
            noted.append(told)
        self._waiting.extend((state.seq, n) for n in noted if n.uid in self._listeners)

    def publish(self, durable: Seq) -> None:
        """Tell everything that the journal has by now."""
        while self._waiting and self._waiting[0][0] <= durable:
            notice = self._waiting.popleft()[1]
            for listener in self._listeners.get(notice.uid, ()):
                listener(notice)

    def _remove(self, uid: Uid, listener: Listener) -> None:
        left = tuple(other for other in self._listeners.get(uid, ()) if other is not listener)
        if left:
            self._listeners[uid] = left
        else:
            self._listeners.pop(uid, None)
