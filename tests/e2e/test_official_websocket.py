"""The exchange's own Python SDK, WebSocket API: signed per request, and logged on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from clearhouse.testing import Client, ServerProcess

from .accounts import Account, add_key, open_account, pem
from .clients import official_socket

# The SDK passes aiohttp a number where it wants a structure by now.
pytestmark = pytest.mark.filterwarnings(
    "ignore:parameter 'timeout' of type 'float':DeprecationWarning"
)

Talk = Callable[[Any], Awaitable[None]]


@pytest.fixture(autouse=True)
def parsed_without_complaint(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What does not fit a model, or an error frame, stands in the SDK's log only."""
    yield
    assert [
        r.getMessage() for r in caplog.get_records("call") if r.levelno >= logging.WARNING
    ] == []


@pytest.fixture
def account(control: Client) -> Account:
    return open_account(control, {"UMFUTURE": {"USDT": "23.72469206"}})


def talk(api: Any, what: Talk) -> None:
    """Connect, talk, close."""

    async def session() -> None:
        await api.create_connection()
        try:
            await what(api)
        finally:
            await api.close_connection()

    asyncio.run(session())


async def read_everything(api: Any) -> None:
    for balance in (await api.futures_account_balance(), await api.futures_account_balance_v2()):
        rows = balance.data().result
        assert (rows[0].asset, rows[0].balance) == ("USDT", "23.72469206")
        limit = balance.rate_limits[0]
        assert (limit.rateLimitType, limit.intervalNum, limit.limit) == ("REQUEST_WEIGHT", 1, 2400)
    v1 = (await api.account_information()).data().result
    assert (v1.fee_tier, v1.total_wallet_balance) == (0, "23.72469206")
    assert len(v1.positions) == 10
    v2 = (await api.account_information_v2()).data().result
    assert v2.max_withdraw_amount == "23.72469206"


def test_each_request_is_signed_with_hmac(server: ServerProcess, account: Account) -> None:
    talk(official_socket(server.url, account), read_everything)


@pytest.mark.parametrize("kind", ["ED25519", "RSA"])
def test_each_request_is_signed_with_a_private_key(
    server: ServerProcess, control: Client, account: Account, kind: str
) -> None:
    private = (
        Ed25519PrivateKey.generate() if kind == "ED25519" else generate_private_key(65537, 2048)
    )
    api_key = add_key(control, account, private)
    talk(official_socket(server.url, api_key=api_key, private_key=pem(private)), read_everything)


def test_logon_frees_requests_from_key_and_signature(
    server: ServerProcess, control: Client, account: Account
) -> None:
    """Logged on, the SDK sends no key and no signature; logged out, it signs again."""
    private = Ed25519PrivateKey.generate()
    api_key = add_key(control, account, private)

    async def session(api: Any) -> None:
        def request(name: str) -> dict[str, object]:
            return {"method": f"session.{name}", "params": {}}

        on = await api.send_signed_message(
            request("logon"), api.signer, api_key=True, session_logon=True
        )
        assert on.data()["status"] == 200
        assert on.data()["result"]["apiKey"] == api_key
        assert api.connections[0].is_session_log_on
        await read_everything(api)
        status = await api.send_message(request("status"))
        assert status.data()["result"]["apiKey"] == api_key
        off = await api.send_message(request("logout"), session_logout=True)
        assert off.data()["result"]["apiKey"] is None
        await read_everything(api)

    talk(official_socket(server.url, api_key=api_key, private_key=pem(private)), session)
