"""The first page: what this is, how it does, what to paste."""

from datetime import UTC, datetime

from starlette.responses import Response

from clearhouse import __version__
from clearhouse.console.clients import Place, client_settings
from clearhouse.console.layout import page
from clearhouse.console.markup import Html, code_words, el, join, table
from clearhouse.console.status import VenueStatus

SHOWN_CLIENTS = (
    ("official", "Official SDK"),
    ("ccxt", "ccxt"),
    ("python-binance", "python-binance"),
    ("curl", "curl"),
)


def landing_page(status: VenueStatus, place: Place, requests: int) -> Response:
    """`/`."""
    return page(
        "Clearhouse",
        el("h1", "Accounts and wallets that speak Binance's API"),
        el(
            "p",
            "Clearhouse keeps accounts with all eight wallets, moves money between them and trades "
            "futures, on a double-entry ledger that survives a crash. Point a client at this "
            "server and it works as it is; nothing here reaches an exchange.",
            class_="lead",
        ),
        _status(status, requests),
        el("h2", "Point a client here"),
        _tabs(place),
        el(
            "p",
            code_words("Every URL of other clients: `clearhouse urls --all`."),
            class_="soft",
        ),
        el("h2", "Open a position, and move the market"),
        el(
            "p",
            "Orders meet each other and the house, which quotes around the last price. The market "
            "moves as its source says, or stands still until you set a price; one that passes an "
            "open order fills it.",
        ),
        _first_trade(place),
        el("h2", "Where things are"),
        _places(place),
        el("p", f"Clearhouse {__version__}", class_="soft foot"),
        here="/",
    )


def _status(status: VenueStatus, requests: int) -> Html:
    at = datetime.fromtimestamp(status.now / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    word = el("dd", status.failure, class_="bad") if status.failure else _good("ready")
    return el(
        "dl",
        el("div", el("dt", "State"), word),
        _fact("Accounts", f"{status.accounts:,}"),
        _fact("Events in the journal", f"{status.seq:,}"),
        _fact("Requests answered", f"{requests:,}"),
        _fact(f"Clock ({status.clock}), UTC", at, "small"),
        _fact("Store", status.store, "small"),
        class_="status",
        id="status",
    )


def _good(word: str) -> Html:
    return el("dd", word, class_="good")


def _fact(name: str, value: str, size: str = "") -> Html:
    return el("div", el("dt", name), el("dd", value, class_=size))


def _tabs(place: Place) -> Html:
    """One client at a time; the tabs are radio buttons, so they need no script."""
    labels, sections = [], []
    for number, (name, title) in enumerate(SHOWN_CLIENTS):
        checked = "" if number else " checked"
        radio = Html(f'<input type="radio" name="client" id="tab-{name}"{checked}>')
        labels += [radio, el("label", title, for_=f"tab-{name}")]
        settings = client_settings(name, place)
        code = el("div", el("pre", el("code", settings.code)), class_="copyable")
        sections.append(el("section", el("p", el("code", settings.install)), code))
    return el("div", *labels, *sections, class_="tabs")


def _first_trade(place: Place) -> Html:
    """An order with the client of the first tab, and the price as the operator sets it."""
    code = "\n".join(
        (
            "futures.rest_api.new_order(",
            '    symbol="BTCUSDT", side="BUY", type="MARKET", quantity=0.01',
            ")",
            "",
            "# in a terminal",
            f"clearhouse price set BTCUSDT --last 70000 --url {place.http}",
        )
    )
    return el("div", el("pre", el("code", code)), class_="copyable")


def _places(place: Place) -> Html:
    rows: list[tuple[str, ...]] = [
        (el("code", f"{place.http}/fapi, /sapi, /api, …"), "REST, as on the exchange"),
        (el("code", f"{place.ws}/ws-fapi/v1"), "WebSocket API"),
        (
            el("code", f"{place.ws}/private/ws?listenKey=…"),
            join("user data stream (", el("a", "events", href="/docs#streams"), ")"),
        ),
        (el("a", "/docs", href="/docs"), "every operation, with its parameters and answers"),
        (el("a", "/docs/numbers", href="/docs/numbers"), "how each number follows from others"),
        (el("a", "/docs/coverage", href="/docs/coverage"), "what is built, in one table"),
        (
            el("a", "/openapi.json", href="/openapi.json"),
            "OpenAPI 3.1, for generators and for testing",
        ),
        (el("a", "/metrics", href="/metrics"), "Prometheus"),
        (
            el("code", "/_clearhouse/v1"),
            join(
                "control plane: open and fund accounts, set prices and the clock, check books (",
                el("a", "calls", href="/docs#control-plane"),
                ")",
            ),
        ),
    ]
    return table(("address", "what it is"), rows)
