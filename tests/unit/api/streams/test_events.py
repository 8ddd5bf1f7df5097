"""What each change pushes: byte for byte, in order, once a connection, and to nobody else."""

import json
from typing import Any

import pytest

from clearhouse.messages.commands import SetLeverage, SetMarginType
from clearhouse.model.ids import Uid
from unit.api.harness import NOW, House, Socket, in_house
from unit.api.streams.listening import MINUTE_MS, advance, ask_key, deposit, listen_key, silent

USDT = "USDT"


def update(reason: str, asset: str, balance: str, change: str) -> str:
    return (
        f'{{"e":"ACCOUNT_UPDATE","E":{NOW},"T":{NOW},"a":{{"m":"{reason}","B":[{{"a":"{asset}",'
        f'"wb":"{balance}","cw":"{balance}","bc":"{change}"}}],"P":[]}}}}'
    )


async def text_of(socket: Socket) -> str:
    message = await socket.next()
    assert message["type"] == "websocket.send", message
    text: str = message["text"]
    return text


@pytest.mark.parametrize(
    ("there", "back", "pair"),
    [
        ("MAIN_UMFUTURE", "UMFUTURE_MAIN", {}),
        ("FUNDING_UMFUTURE", "UMFUTURE_FUNDING", {}),
        ("MARGIN_UMFUTURE", "UMFUTURE_MARGIN", {}),
        ("OPTION_UMFUTURE", "UMFUTURE_OPTION", {}),
    ],
)
def test_a_transfer_pushes_deposit_and_withdraw(
    there: str, back: str, pair: dict[str, str]
) -> None:
    async def scene(house: House) -> None:
        rich = await house.account(
            MAIN={USDT: "100"}, FUNDING={USDT: "100"}, MARGIN={USDT: "100"}, OPTION={USDT: "100"}
        )
        async with rich.socket(path=f"/ws/{await listen_key(rich)}") as socket:
            await rich.transfer(there, USDT, "30.25", **pair)
            await rich.transfer(back, USDT, "0.00000001", **pair)
            assert await text_of(socket) == update("DEPOSIT", USDT, "30.25000000", "30.25")
            assert await text_of(socket) == update("WITHDRAW", USDT, "30.24999999", "-0.00000001")

    in_house(scene)


def test_the_operator_pushes_admin_deposit_and_admin_withdraw() -> None:
    async def scene(house: House) -> None:
        body = {"wallet": "UMFUTURE", "asset": "BNB", "amount": "2"}
        async with house.socket(path=f"/ws/{await listen_key(house)}") as socket:
            await house.control("POST", f"/accounts/{house.uid}/deposits", body)
            await house.control(
                "POST", f"/accounts/{house.uid}/withdrawals", body | {"amount": "2"}
            )
            assert await text_of(socket) == update("ADMIN_DEPOSIT", "BNB", "2.00000000", "2")
            assert await text_of(socket) == update("ADMIN_WITHDRAW", "BNB", "0.00000000", "-2")

    in_house(scene)


def test_leverage_asset_mode_and_margin_type_push_what_they_set() -> None:
    async def scene(house: House) -> None:
        uid, venue = Uid(house.uid), house.opened.venue
        async with house.socket(path=f"/ws/{await listen_key(house)}") as socket:
            await venue.submit(SetLeverage(uid=uid, symbol="BTCUSDT", leverage=25))
            await house.signed("POST", "/fapi/v1/multiAssetsMargin", {"multiAssetsMargin": "true"})
            await house.signed("POST", "/fapi/v1/multiAssetsMargin", {"multiAssetsMargin": "false"})
            await venue.submit(SetMarginType(uid=uid, symbol="BTCUSDT", isolated=True))
            head = f'{{"e":"ACCOUNT_CONFIG_UPDATE","E":{NOW},"T":{NOW},'
            assert await text_of(socket) == head + '"ac":{"s":"BTCUSDT","l":25}}'
            assert await text_of(socket) == head + '"ai":{"j":true}}'
            assert await text_of(socket) == head + '"ai":{"j":false}}'
            changed = json.loads(await text_of(socket))
            assert changed["a"] == {
                "m": "MARGIN_TYPE_CHANGE",
                "B": [],
                "P": [_flat("BTCUSDT", "isolated", "BOTH")],
            }

    in_house(scene)


def _flat(symbol: str, margin_type: str, side: str) -> dict[str, str]:
    zero = {"pa": "0", "ep": "0", "bep": "0", "cr": "0", "up": "0", "iw": "0"}
    return {"s": symbol, **zero, "mt": margin_type, "ps": side}


def test_what_moves_between_other_wallets_is_not_pushed() -> None:
    async def scene(house: House) -> None:
        async with house.socket(path=f"/ws/{await listen_key(house)}") as socket:
            await house.transfer("MAIN_FUNDING", USDT, "5")
            await house.transfer("MAIN_UMFUTURE", USDT, "1000000")
            assert await silent(socket), "neither another wallet nor a refused transfer"

    in_house(scene)


def test_a_combined_connection_names_the_key_as_the_stream() -> None:
    async def scene(house: House) -> None:
        key = await listen_key(house)
        async with house.socket(f"streams={key}", path="/stream") as socket:
            await house.transfer("MAIN_UMFUTURE", USDT, "7")
            plain = update("DEPOSIT", USDT, "7.00000000", "7")
            assert await text_of(socket) == f'{{"stream":"{key}","data":{plain}}}'

    in_house(scene)


FORMS = (
    ("/ws/{key}", ""),
    ("/private/ws/{key}", ""),
    ("/private/ws", "listenKey={key}"),
    ("/private/ws", "listenKey={key}&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE"),
    ("/private/stream", "listenKey={key}&events=ACCOUNT_UPDATE"),
    ("/stream", "streams={key}"),
    ("/private/stream", "streams={key}"),
    ("/market/ws/{key}/", ""),
    ("/public/ws/0/{key}", ""),
)


@pytest.mark.parametrize(("path", "query"), FORMS)
def test_every_way_in_carries_the_events(path: str, query: str) -> None:
    async def scene(house: House) -> None:
        key = await listen_key(house)
        async with house.socket(query.format(key=key), path=path.format(key=key)) as socket:
            assert socket.opening["type"] == "websocket.accept"
            await house.transfer("MAIN_UMFUTURE", USDT, "7")
            frame = json.loads(await text_of(socket))
            event = frame["data"] if "stream" in path else frame
            assert event["a"]["B"] == [
                {"a": USDT, "wb": "7.00000000", "cw": "7.00000000", "bc": "7"}
            ]
            assert await silent(socket), "once"

    in_house(scene)


def test_a_connection_gets_only_the_events_that_it_named() -> None:
    async def scene(house: House) -> None:
        key = await listen_key(house)
        query = f"listenKey={key}&events=ACCOUNT_CONFIG_UPDATE"
        async with house.socket(query, path="/private/ws") as socket:
            await house.transfer("MAIN_UMFUTURE", USDT, "7")
            await house.signed("POST", "/fapi/v1/multiAssetsMargin", {"multiAssetsMargin": "true"})
            assert json.loads(await text_of(socket))["e"] == "ACCOUNT_CONFIG_UPDATE"
            await advance(house, 60 * MINUTE_MS)
            await deposit(house, "7")
            assert json.loads(await text_of(socket))["e"] == "listenKeyExpired"

    in_house(scene)


def test_two_keys_on_one_connection_are_told_apart() -> None:
    async def scene(house: House) -> None:
        other = await house.account(MAIN={USDT: "5"})
        mine, theirs = await listen_key(house), await listen_key(other)
        query = f"listenKey={mine}&events=ACCOUNT_UPDATE&listenKey={theirs}"
        async with house.socket(query, path="/private/stream") as socket:
            await other.transfer("MAIN_UMFUTURE", USDT, "5")
            await house.transfer("MAIN_UMFUTURE", USDT, "6")
            frames = [json.loads(await text_of(socket)) for _ in range(2)]
            assert [(f["stream"], f["data"]["a"]["B"][0]["bc"]) for f in frames] == [
                (theirs, "5"),
                (mine, "6"),
            ]

    in_house(scene)


def test_every_connection_of_an_account_gets_each_event_and_other_accounts_none() -> None:
    async def scene(house: House) -> None:
        other = await house.account(MAIN={USDT: "5"})
        mine, theirs = await listen_key(house), await listen_key(other)
        async with (
            house.socket(path=f"/ws/{mine}") as one,
            house.socket(f"listenKey={mine}", path="/private/ws") as two,
            other.socket(path=f"/ws/{theirs}") as stranger,
        ):
            for amount in ("1", "2", "3"):
                await house.transfer("MAIN_UMFUTURE", USDT, amount)
            for socket in (one, two):
                changes = [json.loads(await text_of(socket))["a"]["B"][0] for _ in range(3)]
                assert [(c["bc"], c["wb"]) for c in changes] == [
                    ("1", "1.00000000"),
                    ("2", "3.00000000"),
                    ("3", "6.00000000"),
                ]
            assert await silent(stranger)

    in_house(scene)


def expired_frame(key: str, at: int) -> dict[str, Any]:
    return {"e": "listenKeyExpired", "E": at, "listenKey": key}


def test_an_expired_key_says_so_once_and_carries_nothing_more() -> None:
    async def scene(house: House) -> None:
        key = await listen_key(house)
        async with house.socket(path=f"/ws/{key}") as socket:
            await advance(house, 60 * MINUTE_MS + 5)
            await deposit(house, "1")
            expected = expired_frame(key, NOW + 60 * MINUTE_MS)
            assert json.loads(await text_of(socket)) == expected
            new = await listen_key(house)
            await deposit(house, "1")
            assert await silent(socket), "the new key is another stream"
            async with house.socket(path=f"/ws/{new}") as fresh:
                await deposit(house, "1")
                assert json.loads(await text_of(fresh))["a"]["B"][0]["wb"] == "3.00000000"

    in_house(scene)


def test_a_key_that_runs_out_in_silence_is_noticed_too() -> None:
    """Nothing happens in the account; the venue's clock alone ends the key."""

    async def scene(house: House) -> None:
        key = await listen_key(house)
        async with house.socket(path=f"/ws/{key}") as socket:
            await advance(house, 60 * MINUTE_MS)
            assert json.loads(await text_of(socket)) == expired_frame(key, NOW + 60 * MINUTE_MS)

    in_house(scene)


def test_an_extended_key_goes_on() -> None:
    async def scene(house: House) -> None:
        key = await listen_key(house)
        async with house.socket(path=f"/ws/{key}") as socket:
            await advance(house, 59 * MINUTE_MS)
            assert (await ask_key(house, "PUT")).status == 200
            await advance(house, 59 * MINUTE_MS)
            await deposit(house, "1")
            assert json.loads(await text_of(socket))["a"]["m"] == "ADMIN_DEPOSIT"

    in_house(scene)


@pytest.mark.parametrize("end", ["close", "revoke", "reset"])
def test_closing_a_key_closes_the_connections_that_it_opened(end: str) -> None:
    async def scene(house: House) -> None:
        spare = await house.new_key()
        key = await listen_key(house)
        async with (
            house.socket(path=f"/ws/{key}") as opened,
            house.socket(path="/private/stream") as general,
        ):
            assert (await general.ask("SUBSCRIBE", [key]))["result"] is None
            if end == "close":
                await ask_key(house, "DELETE")
            elif end == "revoke":
                await house.control("DELETE", f"/accounts/{house.uid}/keys/{spare.key}")
            else:
                await house.control("POST", "/reset")
            for socket in (opened, general):
                closed = await socket.next()
                assert closed["type"] == "websocket.close"
                assert closed["code"] == 1001

    in_house(scene)


def test_metrics_count_connections_and_events() -> None:
    async def scene(house: House) -> None:
        async with house.socket(path=f"/ws/{await listen_key(house)}") as socket:
            await house.transfer("MAIN_UMFUTURE", USDT, "1")
            await text_of(socket)
            shown = (await house.send("GET", "/metrics")).body.decode()
            assert "clearhouse_streams_open 1.0" in shown
            assert "clearhouse_stream_events_total 1.0" in shown
            assert "clearhouse_stream_cuts_total 0.0" in shown
        shown = (await house.send("GET", "/metrics")).body.decode()
        assert "clearhouse_streams_open 0.0" in shown

    in_house(scene)
