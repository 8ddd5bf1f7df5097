"""Randomness that is a function: of a seed, a symbol and a place in time, and of nothing else.

Numbers are drawn by place and not one after the other, so the same minute looks the same in
whatever order minutes are asked for, and after a restart. The mixing is that of SplitMix64; a
draw for one place and draws for many (numpy) give the same numbers.
"""

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Keys = NDArray[np.uint64]

STRIDE = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_BITS = 64
_WORD = 2**_BITS - 1
_PART = 0xFFFF

SIGMA = 37_837
"""One standard deviation of `bell`: of the sum of four numbers below 65,536."""
LARGEST = 2 * _PART
"""What no `bell` is beyond, on either side: about three and a half standard deviations."""


def key_of(seed: int, *names: str) -> int:
    """The root that all draws for one purpose begin at."""
    return int.from_bytes(sha256("/".join((str(seed), *names)).encode()).digest()[:8], "big")


def draw(key: int, place: int) -> int:
    """64 bits for a place."""
    word: int = (key + place * STRIDE) & _WORD
    word = ((word ^ (word >> 30)) * _FIRST) & _WORD
    word = ((word ^ (word >> 27)) * _SECOND) & _WORD
    return word ^ (word >> 31)


def bell(word: int) -> int:
    """The 64 bits as a number around zero, small ones more often: see `SIGMA`."""
    parts = (word & _PART) + (word >> 16 & _PART) + (word >> 32 & _PART) + (word >> 48)
    return parts - LARGEST


def draws(key: int | Keys, places: Numbers | Keys) -> Keys:
    """64 bits for each of many places."""
    root = np.uint64(key) if isinstance(key, int) else key
    word: Keys = places.astype(np.uint64) * np.uint64(STRIDE) + root
    word = (word ^ (word >> np.uint64(30))) * np.uint64(_FIRST)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(_SECOND)
    return word ^ (word >> np.uint64(31))


def bells(words: Keys) -> Numbers:
    """Each 64 bits as a number around zero."""
    part = np.uint64(_PART)
    parts = words & part
    for shift in (16, 32):
        parts = parts + (words >> np.uint64(shift) & part)
    return (parts + (words >> np.uint64(48))).astype(np.int64) - LARGEST


def below(words: Keys, bound: int) -> Numbers:
    """Each 64 bits as a number from 0 to below a bound, which is a power of two."""
    assert bound & (bound - 1) == 0
    return (words & np.uint64(bound - 1)).astype(np.int64)
