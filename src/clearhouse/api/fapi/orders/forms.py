"""Parameters of orders: the exchange has a code of its own for nearly each of them."""

import re
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from clearhouse.api.errors import ApiError, Fault
from clearhouse.api.order_errors import OrderFault
from clearhouse.api.params import BOOLEAN, INTEGER, Form, choice
from clearhouse.messages.trading_commands import OrderName
from clearhouse.model.orders import (
    ADL_AUTOCLOSE,
    AUTOCLOSE,
    AlgoKind,
    OrderKind,
    PositionSide,
    PriceMatch,
    SelfTrade,
    Side,
    TimeInForce,
)

MOST_ELEMENTS = 5
MOST_CANCELS = 10
_LONGEST_CLIENT_ID = 36
_FORCED = (AUTOCLOSE, ADL_AUTOCLOSE, "settlement_autoclose-")
_CLIENT_ID = re.compile(r"[.A-Z:/a-z0-9_-]+\Z")


class ResponseType(StrEnum):
    """What the answer to a new order shows: that it was taken, or what came of it."""

    ACK = "ACK"
    RESULT = "RESULT"


PRICE_MATCHES = tuple(
    match for match in PriceMatch if match not in (PriceMatch.OPPONENT_10, PriceMatch.OPPONENT_20)
)
"""Those that new orders and changes may name; the exchange has withdrawn the other two."""

_KINDS = {kind.value: kind for kind in OrderKind}
_CONDITIONAL = {kind.value for kind in AlgoKind}


def _kind(_name: str, text: str) -> OrderKind:
    kind = _KINDS.get(text)
    if kind is not None:
        return kind
    if text in _CONDITIONAL:
        raise ApiError(
            OrderFault.CONDITIONAL_TYPE, hint="conditional orders go to POST /fapi/v1/algoOrder"
        )
    raise ApiError(OrderFault.BAD_TYPE, hint=f"'{text[:40]}' is no type of order")


def _client_id(_name: str, text: str) -> str:
    if len(text) > _LONGEST_CLIENT_ID:
        raise ApiError(OrderFault.LONG_CLIENT_ID)
    if not _CLIENT_ID.match(text):
        raise ApiError(OrderFault.BAD_CLIENT_ID, hint="it is of ^[.A-Z:/a-z0-9_-]{1,36}$")
    return text


def _new_client_id(name: str, text: str) -> str:
    if text.startswith(_FORCED):
        raise ApiError(OrderFault.BAD_CLIENT_ID, hint="the venue names orders of its own so")
    return _client_id(name, text)


def _reduce_only(name: str, text: str) -> object:
    try:
        return BOOLEAN.parse(name, text)
    except ApiError as error:
        raise ApiError(OrderFault.BAD_REDUCE_ONLY, hint=error.hint) from None


def _json_list(counts: range, wrong_count: OrderFault, element: Any) -> Form:
    """A JSON list; numbers in it keep their text."""
    decode = msgspec.json.Decoder(list[element], float_hook=str).decode

    def parse(name: str, text: str) -> tuple[object, ...]:
        try:
            found = decode(text)
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            raise ApiError(Fault.MISSING, name, hint="it is a JSON list, as text") from None
        if len(found) not in counts:
            raise ApiError(wrong_count, hint=f"at most {counts[-1]} may be sent at once")
        return tuple(found)

    return Form("LIST", parse)


SideOf = Annotated[Side, choice(Side, OrderFault.BAD_SIDE)]
KindOf = Annotated[OrderKind, Form("ENUM", _kind, (*_KINDS, *(kind.value for kind in AlgoKind)))]
PositionSideOf = Annotated[PositionSide, choice(PositionSide, OrderFault.BAD_POSITION_SIDE)]
TimeInForceOf = Annotated[TimeInForce, choice(TimeInForce, OrderFault.BAD_TIME_IN_FORCE)]
PriceMatchOf = Annotated[PriceMatch, choice(PRICE_MATCHES, OrderFault.BAD_PRICE_MATCH)]
SelfTradeOf = Annotated[SelfTrade, choice(SelfTrade, OrderFault.BAD_SELF_TRADE)]
ResponseTypeOf = Annotated[ResponseType, choice(ResponseType, OrderFault.BAD_RESPONSE_TYPE)]
ReduceOnly = Annotated[bool, Form("ENUM", _reduce_only, ("true", "false"))]
ClientId = Annotated[str, Form("STRING", _client_id, longest=_LONGEST_CLIENT_ID)]
NewClientId = Annotated[str, Form("STRING", _new_client_id, longest=_LONGEST_CLIENT_ID)]
OrderId = Annotated[int, INTEGER]
Elements = Annotated[
    tuple[dict[str, Any], ...],
    _json_list(range(1, MOST_ELEMENTS + 1), OrderFault.BATCH_SIZE, dict[str, Any]),
]
OrderIds = Annotated[
    tuple[int | str, ...],
    _json_list(range(MOST_CANCELS + 1), OrderFault.CANCEL_BATCH_SIZE, int | str),
]
ClientIds = Annotated[
    tuple[str, ...], _json_list(range(MOST_CANCELS + 1), OrderFault.CANCEL_BATCH_SIZE, str)
]


def order_name(order_id: int | None, client_id: str | None) -> OrderName:
    """Which order is meant; refuses when neither was sent, and the venue's id wins."""
    if order_id is None and client_id is None:
        raise ApiError(OrderFault.NEITHER_SENT, "origClientOrderId", "orderid")
    return OrderName(order_id) if order_id is not None else OrderName(None, client_id)
