"""The source that plays a recording."""

from clearhouse.feeds.recorded.source import Recorded

__all__ = ["Recorded"]
