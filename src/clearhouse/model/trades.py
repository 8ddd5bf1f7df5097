"""Runs of public trades in columns: what a source hands over, and what the tape keeps."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Trades(NamedTuple):
    """Trades of one symbol, oldest first; prices and quantities in units of 1e-8.

    `buyer_maker`: the buyer's order stood in the book, so the seller was the taker.
    """

    at: NDArray[np.int64]
    price: NDArray[np.int64]
    quantity: NDArray[np.int64]
    buyer_maker: NDArray[np.bool_]
