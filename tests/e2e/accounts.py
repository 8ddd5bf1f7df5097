"""Accounts and keys, made on the control plane as a user makes them."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from clearhouse.testing import Client


@dataclass(frozen=True, slots=True)
class Account:
    """An account and its first key, which may do everything."""

    uid: int
    api_key: str
    secret: str


def open_account(control: Client, balances: dict[str, dict[str, str]] | None = None) -> Account:
    made = control.control("POST", "/accounts", {"balances": balances or {}}).json
    return Account(made["uid"], made["apiKey"], made["apiSecret"])


def deposit(control: Client, account: Account, wallet: str, asset: str, amount: str) -> int:
    body = {"wallet": wallet, "asset": asset, "amount": amount}
    answer = control.control("POST", f"/accounts/{account.uid}/deposits", body)
    assert answer.status == 200, answer.body
    number = answer.json["tranId"]
    assert isinstance(number, int)
    return number


def withdrawer(control: Client, account: Account) -> Account:
    """The same account with a key that may withdraw: it has an IP restriction."""
    body = {"kind": "HMAC", "ipRestrict": ["127.0.0.1"]}
    made = control.control("POST", f"/accounts/{account.uid}/keys", body).json
    return Account(account.uid, made["apiKey"], made["apiSecret"])


def add_key(
    control: Client, account: Account, private: Ed25519PrivateKey | RSAPrivateKey, **more: object
) -> str:
    """Register a public key; its API key."""
    kind = "ED25519" if isinstance(private, Ed25519PrivateKey) else "RSA"
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = {"kind": kind, "publicKey": public.decode(), **more}
    answer = control.control("POST", f"/accounts/{account.uid}/keys", body)
    assert answer.status == 200, answer.body
    return str(answer.json["apiKey"])


def pem(private: Ed25519PrivateKey | RSAPrivateKey) -> str:
    """The private key as clients want it."""
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text.decode()
