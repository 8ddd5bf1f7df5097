"""Secrets at rest: AES-256-GCM with a key that lies beside the data, or in the environment.

A second key, derived from the first, stamps what is handed out and must come back unchanged.
The journal holds sealed bytes only. Without the key file the accounts are readable and the
HMAC keys are not; it is created with the first start and readable by its owner alone.
"""

import hmac
import os
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clearhouse.runtime.entropy import nonce

_NONCE = 12
_KEY = 32


class SealError(Exception):
    """The sealing key is missing, malformed or another one."""


class Sealer:
    """Seals and opens small secrets."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY:
            raise SealError(f"the sealing key has {len(key)} bytes, it needs {_KEY}")
        self._key = key
        self._cipher = AESGCM(key)
        self._stamping_key = hmac.digest(key, b"clearhouse stamps", "sha256")

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for another purpose, the same at every start."""
        return hmac.digest(self._key, purpose.encode(), "sha256")

    @classmethod
    def ephemeral(cls) -> "Sealer":
        """A sealer whose key nobody keeps."""
        return cls(AESGCM.generate_key(bit_length=256))

    @classmethod
    def from_hex(cls, text: str) -> "Sealer":
        """A sealer from 64 hex digits."""
        try:
            return cls(bytes.fromhex(text.strip()))
        except ValueError:
            raise SealError("the sealing key must be 64 hex digits") from None

    @classmethod
    def beside(cls, path: Path, *, create: bool) -> "Sealer":
        """The sealer of a key file; `create` makes one where there is none yet."""
        if path.exists():
            return cls.from_hex(path.read_text("ascii", "replace"))
        if not create:
            raise SealError(
                f"{path} is missing: it opens the secrets of the keys in the journal. "
                "Put it back, or give the key in CLEARHOUSE_SEALING_KEY"
            )
        try:
            _write_once(path, AESGCM.generate_key(bit_length=256).hex() + "\n")
        except OSError as error:
            raise SealError(f"{path} cannot be written: {error.strerror}") from None
        return cls.from_hex(path.read_text("ascii"))

    def seal(self, secret: bytes) -> bytes:
        """Encrypt; equal secrets give different bytes."""
        salt = nonce()
        return salt + self._cipher.encrypt(salt, secret, None)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt; refuses what was sealed with another key or changed since."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except InvalidTag:
            raise SealError(
                "a secret in the journal was sealed with another key; "
                "put the key file that belongs to this data back"
            ) from None

    def stamp(self, text: str) -> str:
        """64 hex digits that nobody without the key can make for a text."""
        return hmac.digest(self._stamping_key, text.encode(), "sha256").hex()


def _write_once(path: Path, text: str) -> None:
    """Create a file whole or not at all; one that another start made meanwhile stays."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
