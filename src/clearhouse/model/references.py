"""Numbers in the clothes of a text: ids and addresses that clients keep and send back.

The text is hexadecimal and looks like chance, but the number stands in it, masked, before a
proof. So nothing is stored for it, and what was not made here is told apart.
"""

from hashlib import sha256

_DIGITS = 16
"""A number of up to 64 bits."""


def reference(number: int, purpose: str, length: int) -> str:
    """The text of a number: another one for each purpose."""
    proof = _digest(f"{purpose}:{number}")[: length - _DIGITS]
    return f"{number ^ _mask(proof):0{_DIGITS}x}{proof}"


def referred(text: str, purpose: str, length: int) -> int | None:
    """The number in a text; None in what `reference` does not make for the same purpose."""
    try:
        number = int(text[:_DIGITS], 16) ^ _mask(text[_DIGITS:])
    except ValueError:
        return None
    return number if text == reference(number, purpose, length) else None


def _mask(proof: str) -> int:
    return int(_digest(proof)[:_DIGITS], 16)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
