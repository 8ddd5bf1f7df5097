"""Keys of the three kinds, for tests that sign."""

from base64 import b64encode
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Signer(NamedTuple):
    """A key pair: its kind, its public half, and how it signs (base64)."""

    kind: str
    public_key: str
    sign: Callable[[str], str]


def ed25519(seed: int = 1) -> Signer:
    """An Ed25519 key, the same for the same seed."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed] * 32))
    return Signer(
        "ED25519", _pem(private), lambda text: b64encode(private.sign(text.encode())).decode()
    )


def rsa(bits: int = 2048) -> Signer:
    """An RSA key."""
    private = _rsa_key(bits)
    return Signer(
        "RSA",
        _pem(private),
        lambda text: b64encode(private.sign(text.encode(), PKCS1v15(), SHA256())).decode(),
    )


@cache
def _rsa_key(bits: int) -> RSAPrivateKey:
    return generate_private_key(65_537, bits)


def _pem(private: Ed25519PrivateKey | RSAPrivateKey) -> str:
    public = private.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
