"""Signatures over the raw bytes of a request.

The payload is the query string as received plus the body as received, with no separator and
without the `signature` parameter. It is never decoded and encoded again, because other
encoders write other bytes (docs/reference/protocol.md, "Signing").
"""

import hmac
import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections import OrderedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from clearhouse.messages.queries import KeyView
from clearhouse.model.access import KeyKind
from clearhouse.runtime.sealing import Sealer

SECRETS_IN_MEMORY = 20_000
_SIGNATURE = re.compile(rb"(^|&)signature=[^&]*")
_HEX_DIGEST = re.compile(r"[0-9A-Fa-f]{64}\Z")

PublicKey = Ed25519PublicKey | RSAPublicKey
Material = HMAC | PublicKey
"""What checks a signature; an HMAC context has its key schedule done already."""


def payload_of(query: bytes, body: bytes) -> bytes:
    """The signed bytes of a REST request."""
    return _unsigned(query) + (_unsigned(body) if body else b"")


def ws_payload_of(params: dict[str, str]) -> bytes:
    """The signed bytes of a WebSocket API request: every parameter but the signature, sorted."""
    return "&".join(
        f"{name}={params[name]}" for name in sorted(params) if name != "signature"
    ).encode()


def load_public_key(kind: KeyKind, pem: bytes) -> PublicKey:
    """The public key of a PEM text; refuses another kind and RSA keys out of 2048..4096 bits."""
    key = load_pem_public_key(pem)
    if kind is KeyKind.ED25519 and isinstance(key, Ed25519PublicKey):
        return key
    if kind is KeyKind.RSA and isinstance(key, RSAPublicKey):
        if 2048 <= key.key_size <= 4096:  # noqa: PLR2004  the sizes that the exchange takes
            return key
        raise ValueError("an RSA key needs 2048 to 4096 bits")
    raise ValueError(f"this is no public key of kind {kind.value}")


class Verifier:
    """Checks signatures; keeps the opened material of the keys that were used last."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._opened: OrderedDict[bytes, Material] = OrderedDict()

    def verify(self, key: KeyView, payload: bytes, signature: str) -> bool:
        """Whether the signature is the key's over the payload."""
        material = self._material(key)
        if isinstance(material, HMAC):
            return _hmac_matches(material, payload, signature)
        try:
            raw = b64decode(signature, validate=True)
            if isinstance(material, Ed25519PublicKey):
                material.verify(raw, payload)
            else:
                material.verify(raw, payload, PKCS1v15(), SHA256())
        except (InvalidSignature, Base64Error, ValueError):
            return False
        return True

    def _material(self, key: KeyView) -> Material:
        found = self._opened.get(key.material)
        if found is None:
            if key.kind is KeyKind.HMAC:
                found = HMAC(self._sealer.open(key.material), SHA256())
            else:
                found = load_public_key(key.kind, key.material)
            self._opened[key.material] = found
            if len(self._opened) > SECRETS_IN_MEMORY:
                self._opened.popitem(last=False)
        return found


def _hmac_matches(keyed: HMAC, payload: bytes, signature: str) -> bool:
    if not _HEX_DIGEST.match(signature):
        return False
    context = keyed.copy()
    context.update(payload)
    return hmac.compare_digest(context.finalize(), bytes.fromhex(signature))


def _unsigned(raw: bytes) -> bytes:
    """Cut the signature out, wherever it stands; it usually stands last."""
    head, found, tail = raw.rpartition(b"&signature=")
    if found and b"&" not in tail and b"signature=" not in head:
        return head
    cut = _SIGNATURE.sub(b"", raw)
    return cut[1:] if cut.startswith(b"&") and not raw.startswith(b"&") else cut
