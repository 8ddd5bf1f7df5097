"""Matching: the order book, what the house quotes in it, and the triggers that watch its price."""
