"""Several commands at once: each decided by itself, one commit, and one wait for all of them."""

import asyncio

import pytest

from clearhouse.messages.commands import SetAssetIndex
from clearhouse.messages.events import AssetIndexSet, AssetListed
from clearhouse.messages.queries import ReadCatalogue
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.runtime.group_commit import VenueStoppedError

from .test_sequencer import FullJournal, SlowJournal, asset, venue_on, waits

UNKNOWN = SetAssetIndex(asset="NOPE", index=1)


def test_each_has_its_outcome_in_the_order_sent() -> None:
    journal = SlowJournal()

    async def run() -> None:
        journal.let_go.set()
        venue = venue_on(journal)
        told: list[str] = []
        venue.watch(AssetListed, lambda: told.append("listed"))
        known = SetAssetIndex(asset="A", index=5)
        outcomes = await venue.submit_each([UNKNOWN, asset("A"), known, UNKNOWN])
        first, listed, priced, last = outcomes
        for refused in (first, last):
            assert isinstance(refused, Rejected)
            assert refused.reason is Reason.UNKNOWN_ASSET
        assert not isinstance(listed, Rejected)
        assert not isinstance(priced, Rejected)
        assert [type(event) for event in (*listed, *priced)] == [AssetListed, AssetIndexSet]
        assert told == ["listed"]
        assert await venue.submit_each([]) == []
        await venue.stop()

    asyncio.run(run())
    assert journal.batches == [2]


def test_a_change_comes_with_what_was_there_right_before_it() -> None:
    async def run() -> None:
        journal = SlowJournal()
        journal.let_go.set()
        venue = venue_on(journal)
        ask = ReadCatalogue()
        one, refused, two = await venue.change_each(
            [(ask, asset("A")), (ask, UNKNOWN), (ask, asset("B"))]
        )
        assert isinstance(refused, Rejected)
        assert not isinstance(one, Rejected)
        assert not isinstance(two, Rejected)
        assert (one[0].revision, two[0].revision) == (0, 1)
        assert [type(event) for event in two[1]] == [AssetListed]
        before, events = await venue.change(ask, asset("C"))
        assert before.revision == 2
        assert len(events) == 1
        with pytest.raises(Rejected):
            await venue.change(ask, UNKNOWN)
        await venue.stop()

    asyncio.run(run())


def test_nothing_leaves_before_the_commit() -> None:
    journal = SlowJournal()

    async def run() -> None:
        venue = venue_on(journal)
        assert await waits(venue.submit_each([asset("A")]))
        assert await waits(venue.submit_each([UNKNOWN]))
        assert await waits(venue.change_each([(ReadCatalogue(), UNKNOWN)]))
        journal.let_go.set()
        await venue.stop()

    asyncio.run(run())


def test_a_journal_that_fails_tells_everybody() -> None:
    async def run() -> None:
        venue = venue_on(FullJournal(at="commit"))
        with pytest.raises(VenueStoppedError):
            await venue.submit_each([asset("A"), UNKNOWN])
        with pytest.raises(VenueStoppedError):
            await venue.change(ReadCatalogue(), asset("B"))
        await venue.stop()

    asyncio.run(run())
