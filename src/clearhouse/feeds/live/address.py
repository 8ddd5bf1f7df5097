"""Where live market data comes from: the real exchange, or another Clearhouse.

Quotes are served by one route of the exchange and trades and marks by another, so there are two
connections.
"""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

EXCHANGE = "wss://fstream.binance.com"
"""The public streams of the real exchange. Nothing opens it unless `live` was asked for."""

MAX_STREAMS = 1_024
"""What the exchange serves on one connection."""

_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}
_ROUTES = (("public", ("bookTicker",)), ("market", ("aggTrade", "markPrice@1s")))


class AddressError(ValueError):
    """No address that streams could be at."""


class Route(NamedTuple):
    """One connection: its name, and its URL with the streams that it is to carry."""

    name: str
    url: str


def stream_home(url: str) -> str:
    """The WebSocket address of an exchange, from that or from the address of its pages."""
    try:
        place = urlsplit(url)
        good = place.scheme in _SCHEMES and place.hostname and place.port != 0
    except ValueError:
        good, place = False, urlsplit("")
    if not good or place.query or place.fragment or place.username is not None:
        raise AddressError(
            f"'{url}' is no address of an exchange: take one such as {EXCHANGE}, or that of "
            "another Clearhouse, http://127.0.0.1:7400"
        )
    return f"{_SCHEMES[place.scheme]}://{place.netloc}{place.path.rstrip('/')}"


def is_here(home: str) -> bool:
    """Whether an exchange runs on this machine, where no proxy is asked for it."""
    host = urlsplit(home).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def routes(home: str, symbols: Iterable[str]) -> Iterator[Route]:
    """The connections that bring what is to know of some symbols."""
    names = [symbol.lower() for symbol in symbols]
    for route, kinds in _ROUTES:
        streams = [f"{name}@{kind}" for name in names for kind in kinds]
        if len(streams) > MAX_STREAMS:
            raise AddressError(
                f"{len(names)} symbols are {len(streams)} streams of {route}, and a connection "
                f"carries {MAX_STREAMS}; name fewer symbols to follow"
            )
        yield Route(route, f"{home}/{route}/stream?streams={'/'.join(streams)}")
