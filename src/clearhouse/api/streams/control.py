"""Control frames: SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, SET_PROPERTY, GET_PROPERTY.

Source: «Live Subscribing/Unsubscribing to streams». Ids are unsigned integers by the
documents and UUID texts from the exchange's own SDK: both are taken and echoed.
"""

import re
from enum import StrEnum

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from clearhouse.api.wire import encode_json

Id = int | str | None


class Method(StrEnum):
    """What a control frame asks for."""

    SUBSCRIBE = "SUBSCRIBE"
    UNSUBSCRIBE = "UNSUBSCRIBE"
    LIST_SUBSCRIPTIONS = "LIST_SUBSCRIPTIONS"
    SET_PROPERTY = "SET_PROPERTY"
    GET_PROPERTY = "GET_PROPERTY"


COMBINED = "combined"
"""The one property there is."""

UNKNOWN_PROPERTY, NOT_BOOLEAN, BAD_REQUEST, BAD_JSON = 0, 1, 2, 3
_VARIANTS = ", ".join(f"`{method}`" for method in Method)
_BYTE = re.compile(r"\(byte ([0-9]+)\)")


class ControlError(Exception):
    """A frame that is refused; the connection goes on."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Frame(Struct, frozen=True):
    """A control frame with its parts still unread."""

    method: Raw = Raw()
    id: Raw = Raw()
    params: Raw = Raw()


class Request(Struct, frozen=True):
    """A control frame that can be acted on."""

    id: Id
    method: Method
    names: tuple[str, ...] = ()
    combined: bool | None = None


class Error(Struct, frozen=True):
    """The exchange's error object of streams."""

    code: int
    msg: str


class Reply(Struct, frozen=True):
    """An answer: `result` or `error`, and the id of the frame."""

    result: object | UnsetType = UNSET
    error: Error | UnsetType = UNSET
    id: Id = None


_decode_frame = msgspec.json.Decoder(Frame).decode
_decode_id = msgspec.json.Decoder(int | str).decode
_decode_text = msgspec.json.Decoder(str).decode
_decode_names = msgspec.json.Decoder(list[str]).decode
_decode_values = msgspec.json.Decoder(list[object]).decode


def answer(request_id: Id, result: object) -> bytes:
    """The frame that says what came of a request."""
    return encode_json(Reply(result=result, id=request_id))


def refusal(request_id: Id, error: ControlError) -> bytes:
    """The frame that says why a request was refused."""
    return encode_json(Reply(error=Error(error.code, error.message), id=request_id))


def read_frame(text: str) -> Frame:
    """The parts of a frame; refuses what is no JSON object."""
    try:
        return _decode_frame(text)
    except msgspec.ValidationError:
        raise _bad(f"invalid type, expected an object at line 1 column {len(text)}") from None
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        found = _BYTE.search(str(error))
        column = int(found[1]) + 1 if found else len(text)
        message = f"Invalid JSON: expected value at line 1 column {column}"
        raise ControlError(BAD_JSON, message) from None


def read_id(frame: Frame) -> Id:
    """The id of a frame: an unsigned integer or a text."""
    found: int | str
    try:
        found = _decode_id(frame.id)
    except (msgspec.MsgspecError, UnicodeError):
        found = -1
    if isinstance(found, int) and found < 0:
        raise _bad("request ID must be an unsigned integer")
    return found


def read_request(frame: Frame, request_id: Id, length: int) -> Request:
    """What a frame asks for; refuses unknown methods and parameters of the wrong kind."""
    method = _method(frame, length)
    if method in (Method.SUBSCRIBE, Method.UNSUBSCRIBE):
        return Request(request_id, method, names=_names(frame))
    if method is Method.LIST_SUBSCRIPTIONS:
        return Request(request_id, method)
    return Request(request_id, method, combined=_property(frame, method))


def _method(frame: Frame, length: int) -> Method:
    if not frame.method:
        raise _bad(f"missing field `method` at line 1 column {length}")
    try:
        return Method(_decode_text(frame.method))
    except (msgspec.MsgspecError, ValueError):
        sent = bytes(frame.method).decode("utf-8", "replace")[:40].strip('"')
        raise _bad(
            f"unknown variant `{sent}`, expected one of {_VARIANTS} at line 1 column {length}"
        ) from None


def _names(frame: Frame) -> tuple[str, ...]:
    try:
        return tuple(_decode_names(frame.params))
    except (msgspec.MsgspecError, UnicodeError):
        raise _bad("params must be a list of stream names") from None


def _property(frame: Frame, method: Method) -> bool | None:
    """The value that a property is set to; None where it is only read."""
    try:
        values = _decode_values(frame.params)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        values = []
    expected = 2 if method is Method.SET_PROPERTY else 1
    if not values or not isinstance(values[0], str):
        raise _bad("property name must be a string")
    if len(values) > expected:
        raise _bad("too many parameters")
    if values[0] != COMBINED:
        raise ControlError(UNKNOWN_PROPERTY, "Unknown property")
    if method is Method.GET_PROPERTY:
        return None
    value = values[1] if len(values) > 1 else None
    if not isinstance(value, bool):
        raise ControlError(NOT_BOOLEAN, "Invalid value type: expected Boolean")
    return value


def _bad(message: str) -> ControlError:
    return ControlError(BAD_REQUEST, f"Invalid request: {message}")
