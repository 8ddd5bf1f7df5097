"""Retired versions of events are read as the newest, step by step."""

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
import pytest

from clearhouse.journal import record, upcasters
from clearhouse.messages.events import AssetIndexSet, Event
from clearhouse.model.ids import Millis
from journal.history import START


class AssetIndexSetV0(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="asset_index_set.0"
):
    """A version that never was: the price in cents."""

    KIND: ClassVar = "asset_index_set"
    VERSION: ClassVar = 0
    at: Millis
    asset: str
    cents: int


class AssetIndexSetV00(
    msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="asset_index_set.00"
):
    """A still older one: whole dollars of an asset that could only be BTC."""

    at: Millis
    dollars: int


def from_v00(old: AssetIndexSetV00) -> AssetIndexSetV0:
    return AssetIndexSetV0(at=old.at, asset="BTC", cents=old.dollars * 100)


def from_v0(old: AssetIndexSetV0) -> AssetIndexSet:
    return AssetIndexSet(at=old.at, asset=old.asset, index=old.cents * 1_000_000)


@pytest.fixture
def retired(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a later release would write it into `upcasters.py`."""
    steps: dict[type[Any], Callable[[Any], Any]] = {
        AssetIndexSetV00: from_v00,
        AssetIndexSetV0: from_v0,
    }
    stored: Any = Event | AssetIndexSetV0 | AssetIndexSetV00
    monkeypatch.setattr(upcasters, "STEPS", steps)
    monkeypatch.setattr(record, "_decode_stored", msgspec.msgpack.Decoder(stored).decode)


@pytest.mark.usefixtures("retired")
@pytest.mark.parametrize(
    "stored",
    [
        AssetIndexSet(at=START, asset="BTC", index=6_500_000_000_000),
        AssetIndexSetV0(at=START, asset="BTC", cents=6_500_000),
        AssetIndexSetV00(at=START, dollars=65_000),
    ],
)
def test_every_version_means_the_same_today(stored: msgspec.Struct) -> None:
    body = msgspec.msgpack.encode(stored)
    newest = AssetIndexSet(at=START, asset="BTC", index=6_500_000_000_000)
    assert record.decode(body) == newest


def test_a_version_without_a_step_is_not_read() -> None:
    body = msgspec.msgpack.encode(AssetIndexSetV0(at=START, asset="BTC", cents=1))
    with pytest.raises(record.BrokenJournalError):
        record.decode(body)
