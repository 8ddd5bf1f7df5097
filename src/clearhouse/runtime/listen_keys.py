"""The text of a listen key: uid and serial, encrypted, as 64 letters and digits.

Whoever has the text may listen, so nobody must be able to make one up. AES-SIV gives the same
text for the same key of an account at every start, and opens only what it made itself; so
no list of texts is kept anywhere, and the journal has no secret in it.
"""

import string
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from clearhouse.model.ids import Seq, Uid
from clearhouse.runtime.sealing import Sealer

LENGTH = 64
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_BASE = len(_ALPHABET)
_CONTENT = struct.Struct(">QQ15x")  # 31 bytes: with the tag of 16 they fill 64 letters
_SEALED = 47


class ListenKeyTexts:
    """Makes and reads the texts of listen keys."""

    def __init__(self, sealer: Sealer) -> None:
        self._cipher = AESSIV(sealer.derive("listen keys"))

    def text(self, uid: Uid, serial: Seq) -> str:
        """The text of a key."""
        number = int.from_bytes(self._cipher.encrypt(_CONTENT.pack(uid, serial), None), "big")
        letters = []
        for _ in range(LENGTH):
            number, value = divmod(number, _BASE)
            letters.append(_ALPHABET[value])
        return "".join(reversed(letters))

    def read(self, text: str) -> tuple[Uid, Seq] | None:
        """Whose key a text is; None for what this venue never made."""
        number = 0
        if len(text) != LENGTH or not (text.isascii() and text.isalnum()):
            return None
        for letter in text:
            number = number * _BASE + _VALUES[letter]
        if number.bit_length() > 8 * _SEALED:
            return None
        try:
            content = self._cipher.decrypt(number.to_bytes(_SEALED, "big"), None)
        except InvalidTag:
            return None
        uid, serial = _CONTENT.unpack(content)
        return Uid(uid), Seq(serial)
