"""The listen key by REST and by the WebSocket API: one an account, 60 minutes, closed or run out."""

from clearhouse.journal.record import Head
from clearhouse.model.ids import Seq, Uid
from clearhouse.runtime.listen_keys import ListenKeyTexts
from clearhouse.runtime.sealing import Sealer
from unit.api.harness import House, in_house
from unit.api.streams.listening import MINUTE_MS, advance, ask_key, listen_key

NO_KEY = (
    400,
    -1125,
    "This listenKey does not exist. Please use POST /fapi/v1/listenKey to recreate listenKey",
)


def test_a_key_has_64_letters_and_digits_and_stays_the_same() -> None:
    async def scene(house: House) -> None:
        first = await listen_key(house)
        assert len(first) == 64
        assert first.isascii()
        assert first.isalnum()
        assert await listen_key(house) == first
        assert (await ask_key(house, "PUT")).json == {"listenKey": first}

    in_house(scene)


def test_every_account_has_its_own_key_and_its_keys_share_it() -> None:
    async def scene(house: House) -> None:
        mine = await listen_key(house)
        assert await listen_key(await house.new_key()) == mine
        assert await listen_key(await house.account()) != mine

    in_house(scene)


def test_a_closed_key_is_gone_and_the_next_one_is_another() -> None:
    async def scene(house: House) -> None:
        first = await listen_key(house)
        closed = await ask_key(house, "DELETE")
        assert (closed.status, closed.body) == (200, b"{}")
        assert (await ask_key(house, "DELETE")).refusal == NO_KEY
        assert (await ask_key(house, "PUT")).refusal == NO_KEY
        assert await listen_key(house) != first

    in_house(scene)


def test_a_key_lives_60_minutes_from_its_last_extension() -> None:
    async def scene(house: House) -> None:
        first = await listen_key(house)
        await advance(house, 60 * MINUTE_MS - 1)
        assert (await ask_key(house, "PUT")).json == {"listenKey": first}
        await advance(house, 60 * MINUTE_MS - 1)
        assert await listen_key(house) == first, "POST extends too"
        await advance(house, 60 * MINUTE_MS)
        assert (await ask_key(house, "PUT")).refusal == NO_KEY
        assert await listen_key(house) != first

    in_house(scene)


def test_a_listen_key_that_is_sent_along_is_not_looked_at() -> None:
    """Clients send it; the key is found by the account, so another's is out of reach."""

    async def scene(house: House) -> None:
        mine = await listen_key(house)
        other = await house.account()
        theirs = await listen_key(other)
        assert (await ask_key(house, "PUT", f"listenKey={theirs}")).json == {"listenKey": mine}
        assert (await ask_key(house, "DELETE", f"listenKey={theirs}")).json == {}
        assert (await ask_key(other, "PUT")).json == {"listenKey": theirs}
        assert (await ask_key(house, "PUT")).refusal == NO_KEY

    in_house(scene)


def test_a_key_header_is_all_it_takes_and_it_must_be_there() -> None:
    async def scene(house: House) -> None:
        signed = await house.signed("POST", "/fapi/v1/listenKey")
        assert signed.status == 200, "extra timestamp and signature are tolerated"
        nobody = await house.send("POST", "/fapi/v1/listenKey")
        assert nobody.refusal == (401, -2014, "API-key format invalid.")
        reader = await house.new_key(permissions=["enableReading"])
        status, code, _ = (await ask_key(reader)).refusal
        assert (status, code) == (401, -2015)

    in_house(scene)


def test_the_websocket_api_starts_pings_and_stops_the_same_key() -> None:
    async def scene(house: House) -> None:
        mine = await listen_key(house)
        async with house.socket() as socket:
            params = {"apiKey": house.key}
            started = await socket.ask("userDataStream.start", params)
            assert (started["status"], started["result"]) == (200, {"listenKey": mine})
            pinged = await socket.ask("userDataStream.ping", params)
            assert (pinged["status"], pinged["result"]) == (200, {"listenKey": mine})
            stopped = await socket.ask("userDataStream.stop", params)
            assert (stopped["status"], stopped["result"]) == (200, {})
            again = await socket.ask("userDataStream.ping", params)
            assert (again["status"], again["error"]["code"]) == (400, -1125)
            nobody = await socket.ask("userDataStream.start", {})
            assert (nobody["status"], nobody["error"]["code"]) == (401, -2014)

    in_house(scene)


def test_a_key_outlives_a_restart() -> None:
    async def scene(house: House) -> None:
        first = await listen_key(house)
        await house.revive()
        assert await listen_key(house) == first

    in_house(scene)


def test_revoking_an_api_key_ends_the_listen_key_of_its_account() -> None:
    """Who stole the one may have opened the other."""

    async def scene(house: House) -> None:
        stolen = await house.new_key()
        first = await listen_key(stolen)
        await house.control("DELETE", f"/accounts/{house.uid}/keys/{stolen.key}")
        assert (await ask_key(house, "PUT")).refusal == NO_KEY
        assert await listen_key(house) != first

    in_house(scene)


def test_the_journal_holds_no_text_of_a_key() -> None:
    async def scene(house: House) -> None:
        text = await listen_key(house)
        journal = house.opened.sequencer._journal
        stored = b"".join(
            str(event).encode() for _, events in journal.events(Head()) for event in events
        )
        assert b"ListenKeyOpened" in stored
        assert text.encode() not in stored

    in_house(scene)


def test_a_text_is_read_back_and_no_other_text_is() -> None:
    texts = ListenKeyTexts(Sealer(bytes(range(32))))
    text = texts.text(Uid(1_000_001), Seq(77))
    assert texts.read(text) == (1_000_001, 77)
    assert texts.text(Uid(1_000_001), Seq(78)) != text
    for place in (0, 31, 63):
        other = "1" if text[place] == "0" else "0"
        assert texts.read(text[:place] + other + text[place + 1 :]) is None
    for wrong in ("", "0" * 63, "z" * 64, "0" * 64, text + "0", text[:-1] + "é", text[:-1] + "-"):
        assert texts.read(wrong) is None
    assert ListenKeyTexts(Sealer(bytes(32))).read(text) is None, "another venue's key"


def test_the_largest_numbers_fit() -> None:
    texts = ListenKeyTexts(Sealer(bytes(32)))
    largest = Uid(2**63 - 1), Seq(2**63 - 1)
    assert len(texts.text(*largest)) == 64
    assert texts.read(texts.text(*largest)) == largest
