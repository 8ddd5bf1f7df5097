"""Funding: payments between longs and shorts of a symbol."""
