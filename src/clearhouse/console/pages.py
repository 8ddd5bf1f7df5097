"""Pages for people and for tools that read them."""

from collections.abc import Iterable

from starlette.routing import Route

from clearhouse.api.endpoint import Operation
from clearhouse.api.metrics import RequestMetrics


def page_routes(operations: Iterable[Operation], metrics: RequestMetrics) -> list[Route]:
    """The routes of all pages."""
    del operations, metrics
    return []
