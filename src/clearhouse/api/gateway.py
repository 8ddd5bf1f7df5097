"""The request chain: what happens to a request, in one order, for REST and WebSocket API.

    ban → weight by address → key header → key, address → timestamp, window → signature
        → permission → weight by account, orders → conditions → parameters → handler

The exchange does not document its order; this one is kept stable and tested.
"""

from ipaddress import ip_address, ip_network

from msgspec import Struct

from clearhouse.api.conditions import Conditions
from clearhouse.api.context import Context, Rendered
from clearhouse.api.endpoint import Operation, OrderCounts
from clearhouse.api.errors import FUTURES, ApiError, Family, Fault
from clearhouse.api.limits import UNKNOWN, UNSEEN_ADDRESS_WEIGHT, Limiter
from clearhouse.api.params import read_params
from clearhouse.api.signing import Verifier
from clearhouse.api.transport import Headers
from clearhouse.messages.queries import FindKey, KeyView
from clearhouse.messages.rejections import Rejected
from clearhouse.model.access import API_KEY_LENGTH
from clearhouse.model.ids import Millis
from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.runtime.exports.links import DownloadLinks
from clearhouse.runtime.group_commit import VenueStoppedError
from clearhouse.runtime.listen_keys import ListenKeyTexts
from clearhouse.runtime.venue import Venue

DEFAULT_RECV_WINDOW_MS = 5_000
MAX_RECV_WINDOW_MS = 60_000
AHEAD_MS = 1_000
FIRST_MICROSECOND_STAMP = 10**14
_TIMESTAMP_DIGITS = 17
_MICROSECOND_FAMILIES = (Family.SPOT, Family.SAPI)


class Call(Struct, gc=False):
    """A request on its way: what came in, and what became known of it."""

    operation: Operation
    address: str
    api_key: str | None = None
    sent: dict[str, str] = {}
    payload: bytes = b""
    headers: Headers = ()
    key: KeyView | None = None
    weight_used: int = 0
    orders_used: OrderCounts | None = None


class Gateway:
    """Everything between a request and its handler."""

    def __init__(
        self,
        venue: Venue,
        verifier: Verifier,
        limiter: Limiter,
        *,
        listen_keys: ListenKeyTexts,
        links: DownloadLinks,
        conditions: Conditions | None = None,
    ) -> None:
        self.venue = venue
        self.listen_keys = listen_keys
        self.limiter = limiter
        self._verifier = verifier
        self._rendered = Rendered()
        self._links = links
        self._conditions = conditions

    async def perform(self, call: Call) -> object:
        """The result of an admitted call, or `ApiError`."""
        operation = call.operation
        now = self.venue.now()
        if operation.varies:
            self._charge_beyond(call)
        if operation.needs_key:
            await self.identify(call)
        if operation.signed:
            self.authenticate(call, now)
        return await self._act(call, now)

    async def perform_as(self, call: Call, key: KeyView) -> object:
        """The result of an admitted call on a connection that a key has logged on to.

        The key may have been revoked since, so it is looked up again; the timestamp is
        checked, a signature is not needed.
        """
        now = self.venue.now()
        call.api_key = key.api_key
        await self.identify(call)
        if call.operation.signed:
            if not call.sent.get("timestamp"):
                raise ApiError(Fault.MISSING, "timestamp")
            family = call.operation.family
            check_window(family, call.sent["timestamp"], call.sent.get("recvWindow"), now)
        return await self._act(call, now)

    async def _act(self, call: Call, now: Millis) -> object:
        operation = call.operation
        self._authorise(call)
        if operation.by_account:
            self._charge_account(call)
        if operation.orders is not None:
            self._charge_orders(call, operation.orders)
        if self._conditions and await self._conditions.meet(operation, call.sent):
            now = self.venue.now()
        params = read_params(operation.params_type, operation.params, call.sent)
        context = Context(
            self.venue, now, self._rendered, self.listen_keys, self._links, call.key, call.headers
        )
        try:
            return await operation.handler(context, params)
        except Rejected as refusal:
            raise ApiError(refusal.reason, *refusal.values, hint=refusal.detail) from None
        except VenueStoppedError as stopped:
            raise ApiError(Fault.OUTCOME_UNKNOWN, hint=str(stopped)) from None

    def admit(self, call: Call, now: Millis) -> None:
        """Refuse a banned address, and count the request against its address.

        It comes before the request is read, so that what cannot be read is counted too.
        """
        operation = call.operation
        if self.venue.failure:
            raise ApiError(Fault.UNAVAILABLE, hint=str(self.venue.failure))
        self.limiter.check_ban(call.address, now)
        by_account = operation.by_account
        weight = UNSEEN_ADDRESS_WEIGHT if by_account else operation.weight.amount
        used = self.limiter.charge_address(
            operation.family, operation.name, weight, call.address, now
        )
        call.weight_used = 0 if by_account else used
        self.limiter.charge_own_pool(operation.weight, call.address, now)

    def admit_unknown(self, family: Family, weight: int, address: str) -> None:
        """Refuse a banned address, and count what names no operation."""
        now = wall_clock_ms()
        if self.venue.failure:
            raise ApiError(Fault.UNAVAILABLE, hint=str(self.venue.failure))
        self.limiter.check_ban(address, now)
        self.limiter.charge_address(family, UNKNOWN, weight, address, now)

    async def identify(self, call: Call) -> KeyView:
        """Find the key that the header names. Refuses bad forms, unknown keys, other addresses."""
        name = call.api_key
        if name is None or len(name) != API_KEY_LENGTH or not (name.isascii() and name.isalnum()):
            raise ApiError(Fault.BAD_KEY_FORMAT, hint="send the API key in the header X-MBX-APIKEY")
        key = await self.venue.read(FindKey(name))
        if key is None:
            raise rejected_key(call, "this API key is unknown or was revoked")
        if key.allowed_ips and not _allowed(call.address, key.allowed_ips):
            raise rejected_key(call, "this API key may not be used from this address")
        call.key = key
        return key

    def authenticate(self, call: Call, now: Millis) -> None:
        """Check the time window, then the signature."""
        assert call.key is not None
        sent = call.sent
        timestamp, signature = sent.get("timestamp"), sent.get("signature")
        if not timestamp or not signature:
            raise ApiError(Fault.MISSING, "signature" if timestamp else "timestamp")
        check_window(call.operation.family, timestamp, sent.get("recvWindow"), now)
        signature = signature.replace(" ", "+")  # a bare + decodes to a blank
        if not self._verifier.verify(call.key, call.payload, signature):
            raise ApiError(
                Fault.BAD_SIGNATURE,
                hint="sign the query string and body exactly as they are sent",
            )

    def _authorise(self, call: Call) -> None:
        """Refuse a key without the rights of the operation."""
        operation, key = call.operation, call.key
        if key is None or operation.permissions <= key.permissions:
            return
        missing = ", ".join(sorted(operation.permissions - key.permissions))
        hint = f"the key lacks the permission {missing}"
        if operation.family is Family.SAPI:
            raise ApiError(Fault.NOT_AUTHORISED, hint=hint)
        raise rejected_key(call, hint)

    def _charge_beyond(self, call: Call) -> None:
        """Count what a request costs by its parameters, now that they are read."""
        operation, address = call.operation, call.address
        more = operation.weight.beyond(call.sent)
        call.weight_used = self.limiter.charge_address(
            operation.family, operation.name, more, address, wall_clock_ms()
        )

    def _charge_account(self, call: Call) -> None:
        assert call.key is not None
        call.weight_used = self.limiter.charge_account(
            call.operation, call.key.uid, call.address, wall_clock_ms()
        )

    def _charge_orders(self, call: Call, amounts: OrderCounts) -> None:
        assert call.key is not None
        call.orders_used = self.limiter.charge_order(call.key.uid, amounts, wall_clock_ms())


def rejected_key(call: Call, hint: str) -> ApiError:
    """-2015; the futures families name the caller's address."""
    if call.operation.family in FUTURES:
        return ApiError(Fault.REJECTED_KEY, call.address, hint=hint)
    return ApiError(Fault.REJECTED_KEY, hint=hint)


def check_window(family: Family, timestamp: str, recv_window: str | None, now: Millis) -> None:
    """Accept iff `timestamp < now + 1000` and `now - timestamp <= recvWindow`."""
    sent_at = _digits("timestamp", timestamp)
    if family in _MICROSECOND_FAMILIES and sent_at >= FIRST_MICROSECOND_STAMP:
        sent_at //= 1000
    if recv_window == "":
        raise ApiError(Fault.EMPTY, "recvWindow")
    window = _digits("recvWindow", recv_window) if recv_window else DEFAULT_RECV_WINDOW_MS
    if window > MAX_RECV_WINDOW_MS and family not in FUTURES:
        raise ApiError(Fault.BAD_RECV_WINDOW)
    if sent_at >= now + AHEAD_MS:
        raise ApiError(Fault.TIMESTAMP_AHEAD, hint=f"the server's time is {now}")
    if now - sent_at > window:
        raise ApiError(Fault.BAD_TIMESTAMP, hint=f"the server's time is {now}")


def _digits(name: str, text: str) -> int:
    if not (len(text) <= _TIMESTAMP_DIGITS and text.isdigit() and text.isascii()):
        raise ApiError(Fault.ILLEGAL, name, "^[0-9]{1,17}$")
    return int(text)


def _allowed(address: str, ranges: tuple[str, ...]) -> bool:
    caller = ip_address(address)
    return any(caller in ip_network(allowed) for allowed in ranges)
