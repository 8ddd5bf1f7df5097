"""Who may use the control plane."""

import pytest

from clearhouse.config import Config
from unit.api.harness import House, in_house

TOKEN = "correct horse"
GUARDED = Config(data=None, admin_token=TOKEN)


@pytest.mark.parametrize(
    ("authorization", "allowed"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer {TOKEN}", True),
        (f"Bearer  {TOKEN} ", True),
        (None, False),
        ("", False),
        ("Bearer", False),
        ("Bearer ", False),
        (f"Basic {TOKEN}", False),
        (TOKEN, False),
        (f"Bearer {TOKEN[:-1]}", False),
        (f"Bearer {TOKEN}x", False),
        (f"Bearer {TOKEN.upper()}", False),
        ("Bearer \xe9\xff", False),
    ],
)
@pytest.mark.parametrize("address", ["127.0.0.1", "203.0.113.9"])
def test_the_token(authorization: str | None, allowed: bool, address: str) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        headers = {} if authorization is None else {"authorization": authorization}
        path = "/_clearhouse/v1/accounts"
        answer = await house.send("GET", path, headers=headers, address=address)
        made = await house.send("POST", path, b"", b"{}", headers=headers, address=address)
        if allowed:
            assert (answer.status, made.status) == (200, 200)
        else:
            assert answer.error == made.error == (401, "unauthorised")
            assert house.digest() == before

    in_house(scene, GUARDED)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("203.0.113.9", False),
        ("::ffff:203.0.113.9", False),
        ("2001:db8::1", False),
        ("10.0.0.1", False),
    ],
)
def test_without_a_token_only_this_machine(address: str, allowed: bool) -> None:
    async def scene(house: House) -> None:
        headers = {"host": "127.0.0.1:7400"}
        path = "/_clearhouse/v1/accounts"
        answer = await house.send("GET", path, headers=headers, address=address)
        assert answer.status == 200 if allowed else answer.error == (403, "forbidden")

    in_house(scene)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:7400", True),
        ("127.0.0.1", True),
        ("localhost:7400", True),
        ("LOCALHOST", True),
        ("[::1]:7400", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("203.0.113.9:7400", False),
        ("", False),
        ("[", False),
        ("[]", False),
        ("0x7f.1", False),
    ],
)
def test_a_rebound_name_is_refused(host: str, allowed: bool) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        answer = await house.control("POST", "/accounts", {}, host=host)
        if allowed:
            assert answer.status == 200
        else:
            assert answer.error == (403, "forbidden")
            assert house.digest() == before

    in_house(scene)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:7400", True),
        ("https://127.0.0.1:7400", True),
        ("http://127.0.0.1", False),
        ("http://127.0.0.1:7401", False),
        ("http://localhost:7400", False),
        ("http://evil.example", False),
        ("null", False),
        ("", False),
        ("http://[", False),
        ("ftp://127.0.0.1:7400", False),
        ("http://evil@127.0.0.1:7400", False),
    ],
)
def test_a_page_of_another_origin_is_refused(origin: str, allowed: bool) -> None:
    async def scene(house: House) -> None:
        before = house.digest()
        answer = await house.control("POST", "/reset", origin=origin)
        if allowed:
            assert answer.status == 200
        else:
            assert answer.error == (403, "forbidden")
            assert house.digest() == before

    in_house(scene)
