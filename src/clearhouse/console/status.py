"""What the pages know of the venue, and the metrics that follow from it."""

from collections.abc import Callable, Iterator

from msgspec import Struct
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.responses import Response
from typing_extensions import override

from clearhouse.api.metrics import RequestMetrics
from clearhouse.console.layout import document


class VenueStatus(Struct, frozen=True):
    """A venue at a glance."""

    accounts: int
    seq: int
    now: int
    clock: str
    store: str
    failure: str = ""


class VenueMetrics(Collector):
    """The venue as gauges."""

    def __init__(self, status: Callable[[], VenueStatus]) -> None:
        self._status = status

    @override
    def collect(self) -> Iterator[Metric]:
        """Accounts, journal position, and whether the venue stopped."""
        status = self._status()
        yield GaugeMetricFamily("clearhouse_accounts", "Accounts", status.accounts)
        yield GaugeMetricFamily("clearhouse_journal_seq", "Events in the journal", status.seq)
        yield GaugeMetricFamily(
            "clearhouse_stopped", "1 when the journal failed", bool(status.failure)
        )


class MetricsPage:
    """`/metrics` in the text format of Prometheus."""

    def __init__(self, requests: RequestMetrics, status: Callable[[], VenueStatus]) -> None:
        self._requests = requests
        self._registry = CollectorRegistry()
        self._registry.register(requests)
        self._registry.register(VenueMetrics(status))

    def response(self) -> Response:
        """The page."""
        return document(generate_latest(self._registry), CONTENT_TYPE_LATEST)

    def requests_answered(self) -> int:
        """All requests since the start."""
        counted = next(iter(self._requests.collect()))
        total = sum(s.value for s in counted.samples if s.name == "clearhouse_requests_total")
        return int(total)
