"""Signatures over raw bytes, with every kind of key and every place for parameters."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import quote, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, Response, ServerProcess

from .accounts import Account, add_key, open_account

Sign = Callable[[bytes], str]

TRANSFER = "/sapi/v1/asset/transfer"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def rsa() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture
def account(control: Client) -> Account:
    return open_account(control, {"MAIN": {"USDT": "1000"}})


@pytest.fixture
def sender(server: ServerProcess) -> Iterator[Client]:
    with closing(Client(server.url)) as speaking:
        yield speaking


def ed25519_signer(private: Ed25519PrivateKey) -> Sign:
    return lambda payload: b64encode(private.sign(payload)).decode()


def rsa_signer(private: RSAPrivateKey) -> Sign:
    return lambda payload: b64encode(private.sign(payload, PKCS1v15(), SHA256())).decode()


def transfer_text(amount: str = "1.25") -> str:
    return urlencode({"type": "MAIN_UMFUTURE", "asset": "USDT", "amount": amount})


def stamped(text: str) -> str:
    return f"{text}&timestamp={wall_clock_ms()}"


@pytest.fixture(params=["HMAC", "ED25519", "RSA"])
def signer(
    request: pytest.FixtureRequest, control: Client, account: Account, rsa: RSAPrivateKey
) -> tuple[str, Sign]:
    """An API key and its way to sign."""
    if request.param == "HMAC":
        secret = account.secret.encode()
        return account.api_key, lambda payload: hmac.digest(secret, payload, "sha256").hex()
    if request.param == "RSA":
        return add_key(control, account, rsa), rsa_signer(rsa)
    private = Ed25519PrivateKey.generate()
    return add_key(control, account, private), ed25519_signer(private)


def post(sender: Client, api_key: str, query: str, body: str) -> Response:
    target = f"{TRANSFER}?{query}" if query else TRANSFER
    return sender.send("POST", target, {"X-MBX-APIKEY": api_key, **FORM}, body.encode())


def test_everything_in_the_query(sender: Client, signer: tuple[str, Sign]) -> None:
    api_key, sign = signer
    text = stamped(transfer_text())
    query = f"{text}&signature={quote(sign(text.encode()), safe='')}"
    answer = post(sender, api_key, query, "")
    assert answer.status == 200, answer.body


def test_everything_in_the_body(sender: Client, signer: tuple[str, Sign]) -> None:
    api_key, sign = signer
    text = stamped(transfer_text())
    body = f"{text}&signature={quote(sign(text.encode()), safe='')}"
    assert post(sender, api_key, "", body).status == 200


def test_query_and_body_are_joined_without_a_separator(
    sender: Client, signer: tuple[str, Sign]
) -> None:
    api_key, sign = signer
    query, rest = "type=MAIN_UMFUTURE&asset=USDT", stamped("amount=1.25")
    signature = quote(sign((query + rest).encode()), safe="")
    assert post(sender, api_key, query, f"{rest}&signature={signature}").status == 200
    with_ampersand = quote(sign(f"{query}&{rest}".encode()), safe="")
    refused = post(sender, api_key, query, f"{rest}&signature={with_ampersand}")
    assert refused.json["code"] == -1022


def test_the_signature_may_stand_in_the_query_of_a_body(
    sender: Client, signer: tuple[str, Sign]
) -> None:
    api_key, sign = signer
    body = stamped(transfer_text())
    signature = quote(sign(body.encode()), safe="")
    assert post(sender, api_key, f"signature={signature}", body).status == 200


def test_the_signature_may_stand_first(sender: Client, signer: tuple[str, Sign]) -> None:
    api_key, sign = signer
    text = stamped(transfer_text())
    query = f"signature={quote(sign(text.encode()), safe='')}&{text}"
    assert post(sender, api_key, query, "").status == 200


def test_what_is_signed_is_the_text_on_the_wire(sender: Client, signer: tuple[str, Sign]) -> None:
    """Other spellings of one value sign differently, and each is right for its own bytes."""
    api_key, sign = signer
    plain, escaped = stamped(transfer_text()), stamped(transfer_text().replace("USDT", "%55SDT"))
    for text in (plain, escaped, escaped.replace("%55", "U")):
        query = f"{text}&signature={quote(sign(text.encode()), safe='')}"
        assert post(sender, api_key, query, "").status == 200
    crossed = f"{escaped}&signature={quote(sign(plain.encode()), safe='')}"
    assert post(sender, api_key, crossed, "").json["code"] == -1022


def test_a_base64_signature_may_carry_bare_plus_signs(
    sender: Client, control: Client, account: Account, rsa: RSAPrivateKey
) -> None:
    """Clients that forget to escape `+` get through; the alphabet has no blank."""
    api_key, sign = add_key(control, account, rsa), rsa_signer(rsa)
    text = stamped(transfer_text())
    while "+" not in (signature := sign(text.encode())):
        text += "&x=1" if "&x" not in text else "1"
    query = f"{text}&signature={quote(signature, safe='+')}"
    assert post(sender, api_key, query, "").status == 200


@pytest.mark.parametrize("damage", ["", "00", "=", "%", "é"])
def test_a_damaged_signature_is_refused(
    sender: Client, signer: tuple[str, Sign], damage: str
) -> None:
    api_key, sign = signer
    text = stamped(transfer_text())
    signature = sign(text.encode())
    sent = quote(signature[:-6] + damage, safe="") if damage else ""
    answer = post(sender, api_key, f"{text}&signature={sent}", "")
    assert answer.status == 400
    assert answer.json["code"] == (-1022 if damage else -1102)


def test_a_key_signs_for_itself_only(sender: Client, control: Client, account: Account) -> None:
    mine, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    api_key = add_key(control, account, mine)
    text = stamped(transfer_text())
    query = f"{text}&signature={quote(ed25519_signer(other)(text.encode()), safe='')}"
    assert post(sender, api_key, query, "").json["code"] == -1022


def test_a_key_without_the_right_may_not_transfer(
    sender: Client, control: Client, account: Account
) -> None:
    private = Ed25519PrivateKey.generate()
    api_key = add_key(control, account, private, permissions=["enableReading"])
    text = stamped(transfer_text())
    query = f"{text}&signature={quote(ed25519_signer(private)(text.encode()), safe='')}"
    answer = post(sender, api_key, query, "")
    assert (answer.status, answer.json["code"]) == (401, -1002)
