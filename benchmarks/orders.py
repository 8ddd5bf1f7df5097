"""Orders over HTTP: a resting limit order and its cancel, signed and durable, on one core.

One core serves, the other generates, with 64 connections; the reference is a bare uvicorn "hello"
on the same core, asked as plainly as it can be. 1,000 accounts place orders that rest below the
market, each with a client's id; then orders of the same turn are cancelled by that. No answer
leaves before its commit is on the disk. What a turn leaves open is cancelled after it, unmeasured.
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks import venue
from benchmarks.balance import HELLO, compare
from benchmarks.harness import Options, Served, alternate, scratch_directory, two_cores, uvicorn
from benchmarks.report import Result
from benchmarks.wrk import CONNECTIONS, Load, Request, wrk

ACCOUNTS = 1_000
PER_SECOND = 20
"""Orders signed ahead for each account and second: more than are placed, so that none repeats."""
PATH, ALL = "/fapi/v1/order", "/fapi/v1/allOpenOrders"
ORDER = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
FARTHEST = 600_000
"""The lowest price in ticks of 0.1: all are far below the market."""
LEVELS = 1_000


def run(options: Options) -> list[Result]:
    """Measure placing, cancelling and the reference in turn, on the same core."""
    (core, generator), holders = two_cores(), venue.accounts(ACCOUNTS)
    with (
        scratch_directory() as directory,
        venue.clearhouse(directory, holders, cores=[core], durable=True) as server,
        uvicorn("hello", directory / "uvicorn.log", core=core) as bare,
    ):
        prove(server, holders[0])

        def load(side: Served, requests: Sequence[Request], seconds: int) -> Load:
            return wrk(side.url, requests, directory, seconds=seconds, cores=[generator])

        def ours() -> tuple[Load, Load]:
            # Long enough that cancelling, which is faster, finds enough of them.
            seconds = 3 * options.seconds
            placing = load(server, orders(holders, seconds), seconds)
            # The last ones sent may have no answer yet; the others are open.
            certain = placing.requests - 2 * CONNECTIONS
            cancelling = load(server, cancels(holders, certain), options.seconds)
            sweep(server, holders, directory, generator)
            return placing, cancelling

        turns, theirs = alternate(options.rounds, ours, lambda: load(bare, HELLO, options.seconds))
    placed, cancelled = zip(*turns, strict=True)
    return [
        compare("orders: place a resting limit order, durable, one core", [*placed], theirs, 0.35),
        compare("orders: cancel it", [*cancelled], theirs, 0.35),
    ]


def prove(server: Served, account: venue.Account) -> None:
    """Place and cancel one order: the answers are what they should be."""
    placed = venue.ask(server, order(account, 0))
    assert b'"status":"NEW"' in placed, placed
    ended = venue.ask(server, cancel(account, 0))
    assert b'"status":"CANCELED"' in ended, ended


def orders(holders: Sequence[venue.Account], seconds: int) -> list[Request]:
    """Sign more orders than can be placed in that time, account after account."""
    count = len(holders) * PER_SECOND * seconds
    return [order(holders[number % len(holders)], number) for number in range(count)]


def cancels(holders: Sequence[venue.Account], count: int) -> list[Request]:
    """Sign the cancels of the first orders."""
    return [cancel(holders[number % len(holders)], number) for number in range(count)]


def order(account: venue.Account, number: int) -> Request:
    """Sign an order that rests."""
    ticks = FARTHEST + number * 7 % LEVELS
    fields = {"quantity": "0.001", "price": f"{ticks // 10}.{ticks % 10}"}
    return venue.signed(account, "POST", PATH, ORDER | fields | {"newClientOrderId": f"o{number}"})


def cancel(account: venue.Account, number: int) -> Request:
    """Sign its cancel."""
    fields = {"symbol": ORDER["symbol"], "origClientOrderId": f"o{number}"}
    return venue.signed(account, "DELETE", PATH, fields)


def sweep(server: Served, holders: Sequence[venue.Account], directory: Path, core: int) -> None:
    """Cancel whatever is still open."""
    fields = {"symbol": ORDER["symbol"]}
    requests = [venue.signed(account, "DELETE", ALL, fields) for account in holders]
    seen = wrk(server.url, requests, directory, seconds=1, cores=[core])
    for request in requests[seen.requests - CONNECTIONS :]:
        venue.ask(server, request)
