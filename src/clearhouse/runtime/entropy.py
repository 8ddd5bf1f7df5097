"""Randomness: keys and secrets for clients. Nothing that is decided depends on it."""

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def key_text() -> str:
    """64 letters and digits: the shape of the exchange's keys and secrets."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(64))


def nonce() -> bytes:
    """96 bits for one encryption."""
    return secrets.token_bytes(12)


def request_prefix() -> str:
    """The part of request ids that differs from one process to the next."""
    return secrets.token_hex(4)
