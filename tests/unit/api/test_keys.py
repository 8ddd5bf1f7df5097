"""Keys: their form, whether they are known, from where they may be used, and for what."""

import pytest

from unit.api.harness import House, in_house

FORMAT = (401, -2014, "API-key format invalid.")
REJECTED = "Invalid API-key, IP, or permissions for action."
FUTURES_REJECTED = (401, -2015, f"{REJECTED[:-1]}, request ip: 127.0.0.1")
WALLET_REJECTED = (401, -2015, REJECTED)
NOT_AUTHORISED = (401, -1002, "You are not authorized to execute this request.")
SIGNED = {
    "/fapi/v2/balance": FUTURES_REJECTED,
    "/dapi/v1/balance": FUTURES_REJECTED,
    "/eapi/v1/marginAccount": FUTURES_REJECTED,
    "/papi/v1/balance": FUTURES_REJECTED,
    "/sapi/v1/account/apiRestrictions": WALLET_REJECTED,
    "/api/v3/account": WALLET_REJECTED,
}


@pytest.mark.parametrize("path", SIGNED)
@pytest.mark.parametrize(
    "key", [None, "", "short", "k" * 63, "k" * 65, "k" * 63 + "-", "k" * 63 + "\xe9", "k" * 5000]
)
def test_what_is_no_key(path: str, key: str | None) -> None:
    async def scene(house: House) -> None:
        headers = {} if key is None else {"x-mbx-apikey": key}
        answer = await house.send("GET", path, house.query(), headers=headers)
        assert answer.refusal == FORMAT

    in_house(scene)


@pytest.mark.parametrize(("path", "expected"), SIGNED.items())
def test_unknown_key(path: str, expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        assert (await house.as_key("k" * 64).signed("GET", path)).refusal == expected

    in_house(scene)


@pytest.mark.parametrize(("path", "expected"), SIGNED.items())
def test_revoked_key(path: str, expected: tuple[int, int, str]) -> None:
    async def scene(house: House) -> None:
        doomed = await house.new_key()
        assert (await doomed.signed("GET", path)).status == 200
        revoked = await house.control("DELETE", f"/accounts/{house.uid}/keys/{doomed.key}")
        assert (revoked.status, revoked.json) == (200, {})
        assert (await doomed.signed("GET", path)).refusal == expected
        assert (await house.signed("GET", path)).status == 200

    in_house(scene)


def test_a_key_in_lower_case_is_another_key() -> None:
    async def scene(house: House) -> None:
        lower = house.as_key(house.key.lower(), house.secret)
        assert (await lower.signed("GET", "/fapi/v2/balance")).refusal == FUTURES_REJECTED

    in_house(scene)


@pytest.mark.parametrize(
    ("ranges", "address", "allowed"),
    [
        (["10.1.2.3"], "10.1.2.3", True),
        (["10.1.2.3"], "10.1.2.4", False),
        (["10.1.2.0/24"], "10.1.2.255", True),
        (["10.1.2.0/24"], "10.1.3.0", False),
        (["10.1.2.3", "192.0.2.7"], "192.0.2.7", True),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["10.1.2.3"], "::1", False),
        (["2001:db8::/32"], "10.1.2.3", False),
        (["10.1.2.3"], "::ffff:10.1.2.3", True),  # the same caller on a dual-stack socket
        (["10.1.2.3"], "::ffff:10.1.2.4", False),
        (["fe80::/10"], "fe80::1%eth0", True),
    ],
)
def test_ip_restriction(ranges: list[str], address: str, allowed: bool) -> None:
    async def scene(house: House) -> None:
        bound = await house.new_key(ipRestrict=ranges)
        futures = await bound.signed("GET", "/fapi/v2/balance", address=address)
        wallet = await bound.signed("GET", "/api/v3/account", address=address)
        if allowed:
            assert (futures.status, wallet.status) == (200, 200)
        else:
            seen = address.removeprefix("::ffff:")
            text = f"{REJECTED[:-1]}, request ip: {seen}"
            assert futures.refusal == (401, -2015, text)
            assert wallet.refusal == WALLET_REJECTED
        assert (await house.signed("GET", "/api/v3/account", address=address)).status == 200

    in_house(scene)


@pytest.mark.parametrize(
    ("permissions", "method", "path", "expected"),
    [
        (["enableFutures"], "GET", "/fapi/v2/balance", FUTURES_REJECTED),
        (["enableReading"], "GET", "/fapi/v2/balance", FUTURES_REJECTED),
        (["enableReading", "enableFutures"], "GET", "/fapi/v2/balance", None),
        (["enableReading"], "GET", "/dapi/v1/balance", None),
        ([], "GET", "/api/v3/account", WALLET_REJECTED),
        (["enableReading"], "GET", "/api/v3/account", None),
        ([], "GET", "/sapi/v1/capital/config/getall", NOT_AUTHORISED),
        (["enableReading"], "GET", "/sapi/v1/capital/config/getall", None),
        (["enableReading"], "GET", "/sapi/v1/asset/wallet/balance", NOT_AUTHORISED),
        (
            ["enableReading", "permitsUniversalTransfer"],
            "GET",
            "/sapi/v1/asset/wallet/balance",
            None,
        ),
        ([], "GET", "/sapi/v1/margin/allPairs", None),  # a key, no right
    ],
)
def test_permissions(
    permissions: list[str], method: str, path: str, expected: tuple[int, int, str] | None
) -> None:
    async def scene(house: House) -> None:
        key = await house.new_key(permissions=permissions)
        answer = await key.signed(method, path)
        if expected is None:
            assert answer.status == 200
        else:
            assert answer.refusal == expected
            assert "permission" in answer.headers["x-clearhouse-hint"]

    in_house(scene)


def test_market_data_needs_a_key_and_no_signature() -> None:
    async def scene(house: House) -> None:
        path = "/sapi/v1/margin/allPairs"
        assert (await house.send("GET", path)).refusal == FORMAT
        unknown = await house.send("GET", path, headers={"x-mbx-apikey": "k" * 64})
        assert unknown.refusal == WALLET_REJECTED
        keyed = await house.send("GET", path, headers={"x-mbx-apikey": house.key})
        assert keyed.status == 200

    in_house(scene)


@pytest.mark.parametrize("key", [None, "short", "k" * 64])
def test_public_operations_ignore_the_key(key: str | None) -> None:
    async def scene(house: House) -> None:
        headers = {} if key is None else {"x-mbx-apikey": key}
        assert (await house.send("GET", "/fapi/v1/ping", headers=headers)).json == {}

    in_house(scene)
