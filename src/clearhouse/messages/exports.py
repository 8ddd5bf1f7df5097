"""Exports: histories that an account takes away as a file."""

from enum import StrEnum


class ExportKind(StrEnum):
    """Which history."""

    INCOME = "income"
    ORDER = "order"
    TRADE = "trade"
