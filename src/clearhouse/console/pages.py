"""Pages for people and for tools that read them."""

from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from clearhouse.api.coverage import declared
from clearhouse.api.metrics import RequestMetrics
from clearhouse.api.openapi import openapi_json
from clearhouse.console.clients import Place
from clearhouse.console.landing import landing_page
from clearhouse.console.layout import document
from clearhouse.console.numbers import numbers_page
from clearhouse.console.reference import ControlCall, coverage_page, reference_page
from clearhouse.console.status import MetricsPage, VenueStatus


class DemoKey(NamedTuple):
    """The published key, where this server has it."""

    api_key: str
    secret: str


class Console:
    """Every page, bound to what it shows."""

    def __init__(
        self,
        metrics: RequestMetrics,
        *,
        status: Callable[[], VenueStatus],
        demo: Callable[[], Awaitable[DemoKey | None]],
        calls: Iterable[ControlCall],
    ) -> None:
        self._metrics = MetricsPage(metrics, status)
        self._status = status
        self._demo = demo
        self._calls = tuple(calls)

    def routes(self) -> list[Route]:
        """The table of pages."""
        return [
            Route("/", self.landing),
            Route("/docs", self.reference),
            Route("/docs/numbers", self.numbers),
            Route("/docs/coverage", self.coverage),
            Route("/openapi.json", self.openapi),
            Route("/metrics", self.metrics),
        ]

    async def landing(self, request: Request) -> Response:
        """The first page."""
        http = f"{request.url.scheme}://{request.url.netloc}"
        demo = await self._demo()
        place = Place(http, *demo) if demo else Place(http)
        return landing_page(self._status(), place, self._metrics.requests_answered())

    async def reference(self, _request: Request) -> Response:
        """Every operation with its parameters and answers."""
        return reference_page(declared(), self._calls)

    async def numbers(self, _request: Request) -> Response:
        """What each number of an account follows from."""
        return numbers_page()

    async def coverage(self, _request: Request) -> Response:
        """What is built, in one table."""
        return coverage_page(declared())

    async def openapi(self, _request: Request) -> Response:
        """The document for generators."""
        return document(openapi_json(), "application/json")

    async def metrics(self, _request: Request) -> Response:
        """The text format of Prometheus."""
        return self._metrics.response()
