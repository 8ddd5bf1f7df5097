"""Nothing that a stranger sends breaks the server: 10,000 requests and frames, seeded.

Each is answered with the exchange's error or with a result; none with 5xx. What is refused or
reads changes nothing. A seed that fails becomes a row of another test.
"""

import pytest

from clearhouse.config import Config
from unit.api.harness import NOW, House, in_house
from unit.api.malformed import frame, request

UNLIMITED = Config(data=None, rate_limits=False)
REQUESTS, FRAMES, PART = 8_000, 2_000, 1_000


@pytest.mark.parametrize("first", range(0, REQUESTS, PART))
def test_requests(first: int) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        statuses = set()
        for seed in range(first, first + PART):
            sent = request(house, seed)
            answer = await house.send(
                sent.method, sent.path, sent.query, sent.body, headers=sent.headers
            )
            statuses.add(answer.status)
            if "x-mbx-uuid" not in answer.headers:  # a path of no family
                assert answer.status < 500, (seed, sent)
            elif answer.status != 200:
                assert 400 <= answer.status < 500, (seed, sent, answer)
                assert answer.refusal[1] < 0, (seed, sent)
                assert answer.refusal[2], (seed, sent)
            after = house.digest()
            accepted = answer.status == 200 and sent.method != "GET"  # some need no parameters
            assert accepted or after == before, (seed, sent)
            before = after
        assert statuses >= {200, 400, 401, 404, 405}
        assert (await house.transfer("MAIN_UMFUTURE", "USDT", "1")).status == 200

    in_house(scene, UNLIMITED)


@pytest.mark.parametrize("first", range(0, FRAMES, PART))
def test_frames(first: int) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        statuses = set()
        async with house.socket() as socket:
            for seed in range(first, first + PART):
                text = frame(house, seed)
                reply = await socket.ask_raw(text)
                statuses.add(reply["status"])
                if reply["status"] == 200 and "userDataStream" in text:
                    before = house.digest()  # a listen key takes nothing but an API key
                if reply["status"] != 200:
                    assert 400 <= reply["status"] < 500, (seed, text, reply)
                    assert set(reply["error"]) == {"code", "msg"}, (seed, text, reply)
                    assert reply["error"]["code"] < 0, (seed, text, reply)
            assert house.digest() == before
            assert (await socket.ask("time", id=7))["result"] == {"serverTime": NOW}
        assert statuses == {200, 400, 401}

    in_house(scene, UNLIMITED)
