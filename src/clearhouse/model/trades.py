"""Public trades in columns, as sources deliver them and the tape takes them: many at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Trades(NamedTuple):
    """Trades of one symbol, oldest first: columns of one length.

    `at` in UTC milliseconds; `price` and `quantity` in units of 1e-8; `buyer_maker`: the seller
    took.
    """

    at: Column
    price: Column
    quantity: Column
    buyer_maker: Flags

    @classmethod
    def of(cls, rows: "list[tuple[int, int, int, bool]]") -> "Trades":
        """Columns of rows (at, price, quantity, buyer_maker)."""
        at, price, quantity, buyer_maker = zip(*rows, strict=True) if rows else ((), (), (), ())
        return cls(
            np.array(at, np.int64),
            np.array(price, np.int64),
            np.array(quantity, np.int64),
            np.array(buyer_maker, np.bool_),
        )

    def part(self, start: int, end: int) -> "Trades":
        """Those from a place to before another, without copying."""
        return Trades(
            self.at[start:end],
            self.price[start:end],
            self.quantity[start:end],
            self.buyer_maker[start:end],
        )

    def since(self, start: int) -> "Trades":
        """Those from a place on, without copying."""
        return self.part(start, len(self.at))
