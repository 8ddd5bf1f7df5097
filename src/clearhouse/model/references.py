"""Numbers in the clothes of a text: ids and addresses that clients keep and send back.

The text is hexadecimal and looks like chance, but the number stands in it beside a proof. So
nothing is stored for it, and what was not made here is told apart.
"""

from hashlib import sha256

_DIGITS = 16
"""A number of up to 64 bits."""


def reference(number: int, purpose: str, length: int) -> str:
    """The text of a number: another one for each purpose."""
    proof = sha256(f"{purpose}:{number}".encode()).hexdigest()[: length - _DIGITS]
    return f"{number ^ int(proof[:_DIGITS], 16):0{_DIGITS}x}{proof}"


def referred(text: str, purpose: str, length: int) -> int | None:
    """The number in a text; None in what `reference` does not make for the same purpose."""
    try:
        number = int(text[:_DIGITS], 16) ^ int(text[_DIGITS : 2 * _DIGITS], 16)
    except ValueError:
        return None
    return number if text == reference(number, purpose, length) else None
