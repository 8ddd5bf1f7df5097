"""Counters of the request chain, and their form for Prometheus.

The hot path adds to plain integers; the exposition format is made when somebody asks.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from typing_extensions import override

BUCKETS_US = (100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 1_000_000)


@dataclass(slots=True)
class _Timing:
    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_US) + 1))
    sum_us: int = 0


@dataclass(slots=True)
class StreamCounts:
    """Stream connections that are open, events written to them, readers that were cut off."""

    open: int = 0
    events: int = 0
    cut: int = 0


class RequestMetrics(Collector):
    """Requests by operation and status, latency by operation, and the streams."""

    def __init__(self) -> None:
        self.streams = StreamCounts()
        self._requests: dict[tuple[str, int, int], int] = {}
        self._timings: dict[str, _Timing] = {}

    def add(self, operation: str, status: int, code: int, latency_us: int) -> None:
        """Count one request."""
        key = (operation, status, code)
        self._requests[key] = self._requests.get(key, 0) + 1
        timing = self._timings.get(operation)
        if timing is None:
            timing = self._timings[operation] = _Timing()
        timing.counts[bisect_left(BUCKETS_US, latency_us)] += 1
        timing.sum_us += latency_us

    @override
    def collect(self) -> Iterator[Metric]:
        """All of them."""
        requests = CounterMetricFamily(
            "clearhouse_requests", "Requests answered", labels=("operation", "status", "code")
        )
        for (operation, status, code), count in self._requests.items():
            requests.add_metric((operation, str(status), str(code)), count)
        yield requests
        latency = HistogramMetricFamily(
            "clearhouse_request_seconds", "Time to answer", labels=("operation",)
        )
        for operation, timing in self._timings.items():
            latency.add_metric((operation,), _cumulative(timing), timing.sum_us / 1e6)
        yield latency
        streams = self.streams
        yield GaugeMetricFamily("clearhouse_streams_open", "Stream connections", streams.open)
        yield CounterMetricFamily("clearhouse_stream_events", "Events pushed", streams.events)
        yield CounterMetricFamily("clearhouse_stream_cuts", "Readers cut off", streams.cut)


def _cumulative(timing: _Timing) -> list[tuple[str, float]]:
    total = 0
    rows: list[tuple[str, float]] = []
    for bound, count in zip((*BUCKETS_US, None), timing.counts, strict=True):
        total += count
        rows.append((str(bound / 1e6) if bound else "+Inf", total))
    return rows
