"""The futures account: its modes, what its collateral is worth, and its totals."""
