"""A large answer: signed `GET /fapi/v2/account` with 600 symbols against static bytes.

The account answer has one row for every symbol, about 190 KB. The reference is a bare uvicorn
that sends as many bytes, made once at start, to the same requests: what is left is the price of
building the answer. One core serves, the other generates, as for the small read.
"""

import json

from benchmarks import venue
from benchmarks.balance import compare
from benchmarks.harness import (
    Options,
    Served,
    alternate,
    scratch_directory,
    two_cores,
    uvicorn,
)
from benchmarks.report import Result
from benchmarks.wrk import Load, wrk

ACCOUNTS = 200
SYMBOLS = 600
PATH = "/fapi/v2/account"


def run(options: Options) -> list[Result]:
    """Load the symbols, learn the size of the answer, then measure both servers in turn."""
    (core, generator), holders = two_cores(), venue.accounts(ACCOUNTS)
    with (
        scratch_directory() as directory,
        venue.clearhouse(directory, holders, cores=[core], durable=False) as server,
    ):
        load_symbols(server)
        size = len(venue.ask(server, venue.reads(holders[:1], PATH)[0]))
        environment = {"BENCH_STATIC_BYTES": str(size)}
        log = directory / "uvicorn.log"
        with uvicorn("static", log, core=core, environment=environment) as bare:

            def load(side: Served) -> Load:
                requests = venue.reads(holders, PATH)
                seconds = options.seconds
                return wrk(side.url, requests, directory, seconds=seconds, cores=[generator])

            turns = alternate(options.rounds, lambda: load(server), lambda: load(bare))
    result = compare(f"account: GET /fapi/v2/account, {SYMBOLS} symbols", *turns, 0.5)
    result.detail["answer_bytes"] = size
    return [result]


def load_symbols(server: Served) -> None:
    """Bring the market to 600 symbols through the control plane."""
    for number in range(SYMBOLS - len(symbols(server))):
        body = json.dumps(symbol(number)).encode()
        path = f"/_clearhouse/v1/symbols/{name(number)}"
        venue.call(server, "PUT", path, body=body, headers={"content-type": "application/json"})
    assert len(symbols(server)) == SYMBOLS


def symbols(server: Served) -> list[str]:
    """Return the names of all symbols that the market has."""
    info = json.loads(venue.call(server, "GET", "/fapi/v1/exchangeInfo", headers={}))
    return [entry["symbol"] for entry in info["symbols"]]


def name(number: int) -> str:
    """Return a symbol of the usual length."""
    return f"B{number:03}USDT"


def symbol(number: int) -> dict[str, object]:
    """Return one perpetual contract with the filters and brackets of a small coin."""
    return {
        "baseAsset": name(number).removesuffix("USDT"),
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": 4,
        "quantityPrecision": 1,
        "tickSize": "0.0001",
        "minPrice": "0.0001",
        "maxPrice": "100000",
        "stepSize": "0.1",
        "minQty": "0.1",
        "maxQty": "1000000",
        "marketMinQty": "0.1",
        "marketMaxQty": "100000",
        "minNotional": "5",
        "brackets": [
            bracket(1, 50, 0, 10_000, 0.01, 0),
            bracket(2, 20, 10_000, 1_000_000, 0.025, 150),
        ],
    }


def bracket(
    number: int, leverage: int, floor: int, cap: int, rate: float, cum: int
) -> dict[str, object]:
    """Return one leverage bracket in the exchange's field names."""
    return {
        "bracket": number,
        "initialLeverage": leverage,
        "notionalFloor": floor,
        "notionalCap": cap,
        "maintMarginRatio": rate,
        "cum": cum,
    }
