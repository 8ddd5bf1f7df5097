"""Queries about what stands behind all positions together, and their answers."""

from enum import StrEnum

from clearhouse.messages.queries import Query
from clearhouse.messages.statistics import ReadSample


class ReadInsuranceFund(Query[dict[str, int]], frozen=True):
    """What the insurance fund is worth in each margin asset: balance and unrealised profit."""


class AdlRisk(StrEnum):
    """How likely it is that positions in a symbol are deleveraged."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class ReadAdlRisk(Query[dict[str, AdlRisk]], frozen=True):
    """The risk in each symbol, in listing order."""


MarketFact = ReadInsuranceFund | ReadAdlRisk | ReadSample
"""Answered from the state."""
