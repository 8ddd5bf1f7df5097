"""A POST with an `Idempotency-Key` has its effect once, whatever happens in between."""

import asyncio

import pytest

from unit.api.harness import NOW, Answer, House, in_house

DEPOSITS = "/accounts/1000001/deposits"
ONE = {"wallet": "FUNDING", "asset": "USDT", "amount": "1"}


async def funding(house: House) -> str:
    answer = await house.signed("POST", "/sapi/v1/asset/get-funding-asset", {"asset": "USDT"})
    return str(answer.json[0]["free"])


async def deposit(house: House, key: str, body: object = None) -> Answer:
    return await house.control("POST", DEPOSITS, body or ONE, idempotency_key=key)


def test_a_second_call_gets_the_first_answer_and_has_no_effect() -> None:
    async def scene(house: House) -> None:
        first = await deposit(house, "a")
        assert first.status == 200
        before = house.digest()
        again = await deposit(house, "a")
        assert (again.status, again.body) == (200, first.body)
        assert house.digest() == before
        assert await funding(house) == "1"
        other = await deposit(house, "b")
        assert other.json["tranId"] == first.json["tranId"] + 1
        assert await funding(house) == "2"

    in_house(scene)


def test_without_a_key_every_call_counts() -> None:
    async def scene(house: House) -> None:
        for _ in range(3):
            assert (await house.control("POST", DEPOSITS, ONE)).status == 200
        assert await funding(house) == "3"

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/accounts", {"label": "x"}),
        ("/accounts/1000001/keys", {"kind": "HMAC"}),
        (DEPOSITS, ONE),
        ("/accounts/1000001/withdrawals", {"wallet": "MAIN", "asset": "BTC", "amount": "1"}),
        ("/clock/advance", {"ms": 5}),
        ("/reset", {}),
    ],
)
def test_every_post(path: str, body: object) -> None:
    """Also where the answer holds a secret or the time: it is the same to the byte."""

    async def scene(house: House) -> None:
        first = await house.control("POST", path, body, idempotency_key="a")
        assert first.status == 200
        before = house.digest()
        again = await house.control("POST", path, body, idempotency_key="a")
        assert (again.status, again.body) == (200, first.body)
        assert house.digest() == before

    in_house(scene)


def test_an_advanced_clock_says_the_time_it_was_advanced_to() -> None:
    async def scene(house: House) -> None:
        body = {"ms": 5}
        for _ in range(2):
            answer = await house.control("POST", "/clock/advance", body, idempotency_key="a")
            assert answer.json == {"mode": "frozen", "now": NOW + 5}
        assert (await house.control("GET", "/clock")).json == {"mode": "frozen", "now": NOW + 5}

    in_house(scene)


def test_it_survives_a_recovery() -> None:
    async def scene(house: House) -> None:
        made = await house.control("POST", "/accounts", {"label": "x"}, idempotency_key="a")
        digest = house.digest()
        await house.revive()
        assert house.digest() == digest
        again = await house.control("POST", "/accounts", {"label": "x"}, idempotency_key="a")
        assert again.body == made.body
        assert house.digest() == digest
        owner = house.as_key(again.json["apiKey"], again.json["apiSecret"])
        assert (await owner.signed("GET", "/api/v3/account")).status == 200

    in_house(scene)


def test_calls_at_the_same_time_have_one_effect() -> None:
    """The first one still waits for the disk when the others arrive."""

    async def scene(house: House) -> None:
        index = house.control("PUT", "/assets/BTC/index", {"index": "60000"})
        _, *answers = await asyncio.gather(index, *[deposit(house, "a") for _ in range(5)])
        assert {answer.body for answer in answers} == {answers[0].body}
        assert answers[0].status == 200
        assert await funding(house) == "1"

    in_house(scene)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (DEPOSITS, {**ONE, "amount": "2"}),
        ("/accounts/1000001/withdrawals", ONE),
        ("/accounts", {}),
    ],
)
def test_a_key_belongs_to_one_call(path: str, body: object) -> None:
    async def scene(house: House) -> None:
        await deposit(house, "a")
        before = house.digest()
        refused = await house.control("POST", path, body, idempotency_key="a")
        assert refused.error == (409, "idempotency_key_reused")
        assert house.digest() == before

    in_house(scene)


def test_a_refused_call_leaves_its_key_free() -> None:
    async def scene(house: House) -> None:
        assert (await deposit(house, "a", {**ONE, "asset": "MOON"})).error[0] == 404
        assert (await deposit(house, "a")).status == 200

    in_house(scene)


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_has_1_to_200_characters(key: str) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        assert (await deposit(house, key)).error == (400, "malformed")
        assert house.digest() == before
        assert (await deposit(house, "k" * 200)).status == 200

    in_house(scene)


def test_puts_are_idempotent_by_nature_and_ignore_the_key() -> None:
    async def scene(house: House) -> None:
        for index in ("1", "2"):
            path = "/assets/BTC/index"
            answer = await house.control("PUT", path, {"index": index}, idempotency_key="a")
            assert answer.json == {"asset": "BTC", "index": index}

    in_house(scene)
