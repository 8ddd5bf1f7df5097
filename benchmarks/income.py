"""Income history: pages of `GET /fapi/v1/income` of an account with a million movements.

The movements are transfers to and fro over the last 80 days, so a page is one range of an index
wherever it begins: the newest rows, the rows from the middle of the time on, with the default of
100 rows and with the 1,000 that there are at most. `page=N` counts its way to the middle instead,
which no index helps with: its row shows what that costs.

One client asks over one connection, one request after another, so a time is that of the server
(on one core) and the loopback, with nothing waiting. There is no reference: the target is a time.
"""

import http.client
import statistics
import time

from benchmarks import population, venue
from benchmarks.harness import Options, Served, scratch_directory, two_cores
from benchmarks.report import Result, UnavailableError

DAYS = 80
DAY_MS = 86_400_000
PATH = "/fapi/v1/income"
TARGET_MS = 5


def run(options: Options) -> list[Result]:
    """Make the journal, then ask for each page in turns."""
    rows, rounds = (100_000, 40) if options.quick else (1_000_000, 200)
    middle = venue.now_ms() - DAYS * DAY_MS // 2
    pages = {
        "newest 100": {},
        "newest 1,000": {"limit": "1000"},
        "middle by startTime, 100": {"startTime": str(middle)},
        "middle by startTime, 1,000": {"startTime": str(middle), "limit": "1000"},
        f"middle by page={rows // 2_000}, 1,000": {
            "startTime": str(venue.now_ms() - (DAYS + 1) * DAY_MS),
            "page": str(rows // 2_000),
            "limit": "1000",
        },
    }
    with scratch_directory() as directory:
        path = directory / "clearhouse.db"
        population.make(path, accounts=1, transfers=rows, days=DAYS)
        with venue.serve(directory, cores=[two_cores()[0]]) as server:
            return [row(name, rows, timed(server, page, rounds)) for name, page in pages.items()]


def timed(server: Served, parameters: dict[str, str], rounds: int) -> list[float]:
    """Ask for a page some times; return the milliseconds of each."""
    holder, taken = venue.account(venue.FIRST_UID), []
    connection = http.client.HTTPConnection(*server.address)
    for _ in range(rounds):
        request = venue.signed(holder, "GET", PATH, parameters)
        start = time.perf_counter()
        connection.request("GET", request.path, headers={"X-MBX-APIKEY": request.api_key})
        answer = connection.getresponse()
        body = answer.read()
        taken.append((time.perf_counter() - start) * 1e3)
        if answer.status != 200 or body.count(b'"tranId"') != int(parameters.get("limit", 100)):
            raise UnavailableError(f"this is no full page: {body[:300]!r}")
    connection.close()
    return taken


def row(name: str, rows: int, taken: list[float]) -> Result:
    """Report a page; the median counts."""
    middle = statistics.median(taken)
    return Result(
        name=f"income: {rows:,} rows, {name}",
        measured=f"{middle:.2f} ms",
        reference="-",
        value=middle,
        target=TARGET_MS,
        unit="ms",
        at_most=True,
        detail={"p99_ms": round(statistics.quantiles(taken, n=100)[98], 2), "asked": len(taken)},
    )
