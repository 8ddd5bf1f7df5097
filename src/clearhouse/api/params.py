"""Parameters: how a text becomes a value, and what is refused on the way.

A parameter Struct says its fields with `Annotated[type, FORM]`; `compile_params` turns it
into a list of `Param`s once, and `read_params` walks that list for each request. Names are
matched exactly first and without case second, because real clients send `orderidlist`.
Unknown names are ignored: clients send extra keys.
"""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from clearhouse.api.errors import ApiError, Cause, Fault
from clearhouse.model.money import AmountError, AmountFault, parse_units

MAX_TEXT = 512
_AMOUNT_RANGE = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
_INTEGER_RANGE = "^[0-9]{1,18}$"
_TEXT_RANGE = "^[A-Z0-9-_.]{1,20}$"
_INTEGER = re.compile(r"[0-9]{1,18}\Z")
_TEXT = re.compile(r"\w[\w.-]{0,39}\Z")

P = TypeVar("P", bound=Struct)


class Form(Struct, frozen=True):
    """The wire type of a parameter, as the documents call it, and how it is read.

    `longest`: characters of a free text.
    """

    kind: str
    parse: Callable[[str, str], object]
    values: tuple[str, ...] = ()
    longest: int = 0


class Param(Struct, frozen=True):
    """One parameter of an operation."""

    name: str
    folded: str
    field: str
    form: Form
    required: bool


def _integer(name: str, text: str) -> int:
    if not _INTEGER.match(text):
        raise ApiError(Fault.ILLEGAL, name, _INTEGER_RANGE)
    return int(text)


def _amount(name: str, text: str) -> int:
    try:
        return parse_units(text)
    except AmountError as error:
        if error.fault is AmountFault.ILLEGAL:
            raise ApiError(Fault.ILLEGAL, name, _AMOUNT_RANGE) from None
        if error.fault is AmountFault.TOO_PRECISE:
            raise ApiError(Fault.TOO_PRECISE) from None
        raise ApiError(Fault.INVALID, name, hint="the amount is above 1e15") from None


def _name(name: str, text: str) -> str:
    """An asset or a symbol: letters of any script, digits, `_`, `-`, `.`; case matters."""
    if not _TEXT.match(text):
        raise ApiError(Fault.ILLEGAL, name, _TEXT_RANGE)
    return text


def _names(name: str, text: str) -> tuple[str, ...]:
    """Several names: `A,B`, or the JSON list that the official SDK makes of a list."""
    try:
        is_json = text.startswith("[")
        found = msgspec.json.decode(text, type=list[str]) if is_json else text.split(",")
    except msgspec.MsgspecError:
        raise ApiError(Fault.ILLEGAL, name, _TEXT_RANGE) from None
    if not found:
        raise ApiError(Fault.MISSING, name)
    return tuple(_name(name, part.strip(" ")) for part in found)


def _boolean(name: str, text: str) -> bool:
    """`true` or `false`; Python clients capitalise them."""
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    raise ApiError(Fault.INVALID, name, hint="'true' or 'false' is meant")


def text_up_to(longest: int) -> Form:
    """A text of any printable characters."""

    def parse(name: str, text: str) -> str:
        if len(text) > longest or not text.isprintable():
            raise ApiError(Fault.INVALID, name)
        return text

    return Form("STRING", parse, longest=longest)


INTEGER = Form("LONG", _integer)
AMOUNT = Form("DECIMAL", _amount)
NAME = Form("STRING", _name)
NAMES = Form("ARRAY", _names)
BOOLEAN = Form("BOOLEAN", _boolean, ("true", "false"))
TEXT = text_up_to(MAX_TEXT)


def choice(values: Iterable[StrEnum], otherwise: Cause | None = None) -> Form:
    """One of the values of an enum; case matters.

    `otherwise`: what another value is refused for, where the exchange has a code for that.
    """
    members = {member.value: member for member in values}

    def parse(name: str, text: str) -> StrEnum:
        member = members.get(text)
        if member is not None:
            return member
        hint = f"'{text[:40]}' is none of its values"
        if otherwise is None:
            raise ApiError(Fault.INVALID, name, hint=hint)
        raise ApiError(otherwise, hint=hint)

    return Form("ENUM", parse, tuple(members))


def one_of(values: tuple[str, ...]) -> Form:
    """One of some words that mean nothing more than themselves; case matters."""

    def parse(name: str, text: str) -> str:
        if text not in values:
            raise ApiError(Fault.INVALID, name, hint=f"'{text[:40]}' is none of its values")
        return text

    return Form("ENUM", parse, values)


def integer_in(low: int, high: int, kind: str = "INT") -> Form:
    """An integer within bounds; outside of them it is not valid."""

    def parse(name: str, text: str) -> int:
        value = _integer(name, text)
        if not low <= value <= high:
            raise ApiError(Fault.INVALID, name, hint=f"it must be from {low} to {high}")
        return value

    return Form(kind, parse)


def integer_of(values: tuple[int, ...], fault: Fault) -> Form:
    """One of some integers; any other is refused with a fault of its own, which names it."""

    def parse(name: str, text: str) -> int:
        value = _integer(name, text)
        if value not in values:
            raise ApiError(fault, value, hint=f"{name} is one of {', '.join(map(str, values))}")
        return value

    return Form("INT", parse, tuple(map(str, values)))


class NoParams(Struct, frozen=True):
    """What an operation without parameters of its own reads."""


Asset = Annotated[str, NAME]
Symbol = Annotated[str, NAME]
Amount = Annotated[int, AMOUNT]
Time = Annotated[int, INTEGER]
Switch = Annotated[bool, BOOLEAN]
Text = Annotated[str, TEXT]
Assets = Annotated[tuple[str, ...], NAMES]


def compile_params(params: type[Struct]) -> tuple[Param, ...]:
    """The parameters of a Struct, in its order."""
    hints = get_type_hints(params, include_extras=True)
    return tuple(
        Param(
            field.encode_name,
            field.encode_name.lower(),
            field.name,
            _form(hints[field.name]),
            field.required,
        )
        for field in msgspec.structs.fields(params)
    )


def repeatable(compiled: tuple[Param, ...]) -> frozenset[str]:
    """Names of the parameters that may be sent several times: lists."""
    return frozenset(param.name for param in compiled if param.form is NAMES)


@cache
def _known_names(params: type[Struct]) -> frozenset[str]:
    """Names that are not worth a second look: those of the parameters, and of what signs them."""
    own = (field.encode_name for field in msgspec.structs.fields(params))
    return frozenset((*own, "timestamp", "signature", "recvWindow"))


def read_params(params: type[P], compiled: tuple[Param, ...], sent: dict[str, str]) -> P:
    """The Struct of what was sent; refuses what is missing, empty or malformed, in order."""
    values: dict[str, object] = {}
    if not sent.keys() <= _known_names(params):
        sent = _regardless_of_case(compiled, sent)
    for param in compiled:
        text = sent.get(param.name)
        if text:
            values[param.field] = param.form.parse(param.name, text)
        elif param.required:
            raise ApiError(Fault.MISSING, param.name)
        elif text is not None:
            raise ApiError(Fault.EMPTY, param.name)
    return params(**values)


def _regardless_of_case(compiled: tuple[Param, ...], sent: dict[str, str]) -> dict[str, str]:
    """What was sent, also under the names that were meant; a name that is written right wins."""
    folded = {name.lower(): text for name, text in sent.items()}
    meant = {param.name: folded[param.folded] for param in compiled if param.folded in folded}
    return {**meant, **sent}


def _form(hint: Any) -> Form:
    """The form in an annotation, also inside `… | None`."""
    if get_origin(hint) is Annotated:
        form: Form = hint.__metadata__[0]
        return form
    return next(_form(part) for part in get_args(hint) if part is not type(None))
