"""Listen keys: one for each account, for 60 minutes, to the millisecond."""

import pytest

from clearhouse.messages.commands import (
    CloseListenKey,
    Command,
    CreateKey,
    ExtendListenKey,
    OpenListenKey,
    ResetVenue,
    RevokeKey,
)
from clearhouse.messages.events import ListenKeyClosed, ListenKeyExtended, ListenKeyOpened
from clearhouse.messages.queries import FindListenKey, ListenKeyView
from clearhouse.model.ids import Millis, Seq, Uid
from unit.world import ANN, BOB, NOW, World, credential

HOUR = 3_600_000
LAST, OVER = HOUR - 1, HOUR
"""The last millisecond of a key, and the first without it."""


def key(world: World, uid: Uid = ANN) -> ListenKeyView | None:
    return world.read(FindListenKey(uid))


def test_an_account_starts_without_a_key() -> None:
    world = World()
    assert key(world) is None
    for command in (ExtendListenKey(uid=ANN), CloseListenKey(uid=ANN)):
        assert world.refusal(command) == "NO_LISTEN_KEY"


def test_a_key_is_opened_for_an_hour() -> None:
    """Its serial is the position of its event, so no two keys have the same."""
    world = World()
    before = world.state.seq
    event = world.do(OpenListenKey(uid=ANN))
    assert event == ListenKeyOpened(at=Millis(NOW), uid=ANN, expires_at=Millis(NOW + HOUR))
    assert key(world) == ListenKeyView(Seq(before + 1), Millis(NOW + HOUR))
    assert key(world, BOB) is None
    world.do(OpenListenKey(uid=BOB))
    assert key(world, BOB) == ListenKeyView(Seq(before + 2), Millis(NOW + HOUR))


@pytest.mark.parametrize("command", [OpenListenKey(uid=ANN), ExtendListenKey(uid=ANN)])
def test_an_active_key_lives_on(command: Command) -> None:
    world = World()
    world.do(OpenListenKey(uid=ANN))
    opened = key(world)
    assert opened
    world.now += LAST
    expires_at = Millis(NOW + LAST + HOUR)
    event = world.do(command)
    assert event == ListenKeyExtended(at=Millis(NOW + LAST), uid=ANN, expires_at=expires_at)
    assert key(world) == ListenKeyView(opened.serial, expires_at)


def test_an_expired_key_is_none() -> None:
    """Opening gives another one then; extending and closing are refused as if there was none."""
    world = World()
    world.do(OpenListenKey(uid=ANN))
    first = key(world)
    world.now += OVER
    assert world.refusal(ExtendListenKey(uid=ANN)) == "NO_LISTEN_KEY"
    assert world.refusal(CloseListenKey(uid=ANN)) == "NO_LISTEN_KEY"
    assert isinstance(world.do(OpenListenKey(uid=ANN)), ListenKeyOpened)
    second = key(world)
    assert first
    assert second
    assert second.serial > first.serial
    assert second.expires_at == NOW + OVER + HOUR


def test_a_closed_key_is_none() -> None:
    world = World()
    world.do(OpenListenKey(uid=ANN))
    world.do(OpenListenKey(uid=BOB))
    world.now += LAST
    assert world.do(CloseListenKey(uid=ANN)) == ListenKeyClosed(at=Millis(NOW + LAST), uid=ANN)
    assert key(world) is None
    assert key(world, BOB)
    assert world.refusal(CloseListenKey(uid=ANN)) == "NO_LISTEN_KEY"
    assert world.refusal(ExtendListenKey(uid=ANN)) == "NO_LISTEN_KEY"
    assert isinstance(world.do(OpenListenKey(uid=ANN)), ListenKeyOpened)


def test_revoking_any_key_of_an_account_ends_its_listen_key() -> None:
    """Nobody knows which one opened it."""
    world = World()
    world.do(CreateKey(uid=ANN, credential=credential("another")))
    world.do(OpenListenKey(uid=ANN))
    world.do(OpenListenKey(uid=BOB))
    world.do(RevokeKey(uid=ANN, api_key="another"))
    assert key(world) is None
    assert key(world, BOB)
    world.do(CreateKey(uid=ANN, credential=credential("a third")))
    world.do(RevokeKey(uid=ANN, api_key="a third"))
    assert key(world) is None


def test_a_reset_ends_every_listen_key() -> None:
    world = World()
    world.do(OpenListenKey(uid=ANN))
    world.do(ResetVenue())
    assert key(world) is None
    assert world.state.listen_keys == {}


@pytest.mark.parametrize("command", [OpenListenKey, ExtendListenKey, CloseListenKey])
def test_a_listen_key_needs_an_account(
    command: type[OpenListenKey | ExtendListenKey | CloseListenKey],
) -> None:
    assert World().refusal(command(uid=Uid(9))) == "UNKNOWN_ACCOUNT"
