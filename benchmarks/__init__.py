"""Benchmarks: every number is a ratio to a reference measured in the same run.

Absolute rates say more about a machine than about a program. A ratio against a thing the reader
knows (PostgreSQL, a bare uvicorn, one fsync) on the same cores and the same disk, minutes apart
at most, says what Clearhouse adds to it.
"""
