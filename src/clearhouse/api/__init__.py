"""The exchange's API: declarations, the request chain, and the operations themselves."""
