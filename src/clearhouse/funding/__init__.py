"""Funding: its rate, and the payments between longs and shorts of a symbol."""
