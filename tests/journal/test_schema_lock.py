"""The shapes of stored events are locked: `schema.lock` holds them, field by field.

Fields are stored by position, so their order and their types are part of the format.
"""

from pathlib import Path

import msgspec
from msgspec.structs import fields

from clearhouse.journal.upcasters import STEPS
from clearhouse.ledger.postings import Posting
from clearhouse.messages.events import EVENT_TYPES, DustPart
from clearhouse.messages.exports import ExportKind
from clearhouse.messages.transfers import TransferKind
from clearhouse.model.access import KeyKind, Permission
from clearhouse.model.addresses import SavedAddress
from clearhouse.model.instruments import Asset, Bracket, Collateral, Contract
from clearhouse.model.orders import (
    AlgoKind,
    AlgoOrder,
    AlgoStatus,
    Expiry,
    Order,
    OrderKind,
    OrderStatus,
    Position,
    PositionSide,
    PriceMatch,
    SelfTrade,
    Side,
    TimeInForce,
    WorkingType,
)

LOCK = Path(__file__).with_name("schema.lock")
PARTS = (
    Posting,
    Asset,
    Collateral,
    Contract,
    Bracket,
    DustPart,
    SavedAddress,
    Order,
    AlgoOrder,
    Position,
)
WORDS = (
    KeyKind,
    Permission,
    TransferKind,
    ExportKind,
    Side,
    PositionSide,
    OrderKind,
    AlgoKind,
    TimeInForce,
    OrderStatus,
    AlgoStatus,
    Expiry,
    SelfTrade,
    PriceMatch,
    WorkingType,
)
WHAT_TO_DO = f"""
The events of the code are not those of {LOCK.name}.

Before the first release with a new kind of event: add its lines to {LOCK.name}, as printed
above, and one event of it to a part of its own in tests/journal/history.py, for the next golden
journal.

When a line that stands in {LOCK.name} would change or go: stop. Journals with it exist. Keep
the class as ...V1 in journal/upcasters.py, give the changed class the next version, and add the
step from the one to the other; {LOCK.name} then has both.
"""


def test_stored_shapes_are_those_of_the_lock() -> None:
    now, locked = _shapes(), LOCK.read_text().splitlines()
    missing = [line for line in locked if line not in now]
    new = [line for line in now if line not in locked]
    assert now == locked, "\n".join(
        [*(f"- {line}" for line in missing), *(f"+ {line}" for line in new), WHAT_TO_DO]
    )


def test_every_tag_is_its_kind_and_version() -> None:
    for event in EVENT_TYPES:
        assert event.__struct_config__.tag == f"{event.KIND}.{event.VERSION}"
        assert event.__struct_config__.array_like
    tags = [event.__struct_config__.tag for event in (*EVENT_TYPES, *STEPS)]
    assert len(set(tags)) == len(tags), "a retired name or number is not used again"


def _shapes() -> list[str]:
    stored = sorted({*EVENT_TYPES, *STEPS}, key=lambda event: str(event.__struct_config__.tag))
    lines = [f"{event.__struct_config__.tag}({_fields(event)})" for event in stored]
    lines += [f"{part.__name__}({_fields(part)})" for part in PARTS]
    return lines + [
        f"{words.__name__}: {' '.join(word.value for word in words)}" for words in WORDS
    ]


def _fields(shape: type[msgspec.Struct]) -> str:
    return ", ".join(f"{field.encode_name}: {_type(field.type)}" for field in fields(shape))


def _type(annotation: object) -> str:
    name = getattr(annotation, "__supertype__", annotation)  # Uid is an int on disk
    text = name.__name__ if isinstance(name, type) and not hasattr(name, "__args__") else str(name)
    for module in (
        "clearhouse.ledger.postings.",
        "clearhouse.messages.events.",
        "clearhouse.model.instruments.",
        "clearhouse.model.access.",
    ):
        text = text.replace(module, "")
    return text.replace("clearhouse.model.wallets.Wallet", "str")
