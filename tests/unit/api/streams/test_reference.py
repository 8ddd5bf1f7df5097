"""`docs/reference/streams.md` says what the code does."""

import re
from collections import Counter
from pathlib import Path

from clearhouse.api.coverage import BUILT, STREAMS, USER_STREAM
from clearhouse.api.request import MAX_BODY
from clearhouse.api.streams.connection import MAX_STREAMS
from clearhouse.api.streams.market.forms import FORMS
from clearhouse.api.streams.server import FRAMES_PER_SECOND
from clearhouse.api.ws_protocol import MAX_BACKLOG, STALL_SECONDS
from clearhouse.app import WS_PING_SECONDS, WS_PONG_SECONDS
from clearhouse.engine import notices
from clearhouse.engine.notices import TOLD
from clearhouse.messages.events import ListenKeyExtended
from clearhouse.messages.notices import Execution
from clearhouse.model.orders import AlgoStatus, Expiry

PAGE = Path(__file__).parents[4] / "docs" / "reference" / "streams.md"
TEXT = PAGE.read_text("utf-8")


def test_every_event_and_every_reason_stands_on_the_page() -> None:
    source = Path(notices.__file__).read_text("utf-8")
    reasons = set(re.findall(r'"([A-Z_]{5,})"', source))
    assert reasons == set(re.findall(r"reason `([A-Z_]+)`", TEXT))
    events = {row.stream for row in USER_STREAM}
    assert {name for name in events if f"`{name}`" not in TEXT} == set()


def test_every_execution_expiry_and_status_stands_on_the_page() -> None:
    assert set(re.findall(r"execution `([A-Z]+)`", TEXT)) == set(Execution)
    [expiries] = re.findall(r"why an order expired: (.*) \|", TEXT)
    assert ["0", *re.findall(r"\d", expiries)] == [code.value for code in Expiry]
    [algo] = [line for line in TEXT.splitlines() if line.startswith("| `ALGO_UPDATE` |")]
    assert {status for status in AlgoStatus if f"`{status}`" not in algo} == set()


def test_every_notice_but_the_extension_is_a_row() -> None:
    """An order has a row for each execution; transfers and the operator's have two reasons."""
    first = TEXT.index("| event | pushed when |")
    rows = TEXT[first : TEXT.index("\n\n", first)].splitlines()[2:]
    names = [re.match(r"\| `(\w+)`", row)[1] for row in rows]  # type: ignore[index]  # a row has one
    told = {"ORDER_TRADE_UPDATE": 6, "TRADE_LITE": 1, "ACCOUNT_UPDATE": 10, "ALGO_UPDATE": 1}
    settings = {"MARGIN_CALL": 1, "ACCOUNT_CONFIG_UPDATE": 2, "listenKeyExpired": 1}
    assert Counter(names) == Counter(told | settings)
    assert set(names) == {row.stream for row in USER_STREAM if row.status == BUILT}
    assert len(TOLD.keys() - {ListenKeyExtended}) == 19


def test_the_limits_are_those_of_the_code() -> None:
    assert f"more than {FRAMES_PER_SECOND} frames a second" in TEXT
    assert f"a frame above {MAX_BODY // 1024} KiB" in TEXT
    assert f"more than {MAX_STREAMS} streams" in TEXT
    assert f"more than {MAX_BACKLOG // 2**20} MiB waits" in TEXT
    assert f"not read for {STALL_SECONDS:.0f} seconds" in TEXT
    ping, pong = WS_PING_SECONDS / 60, WS_PONG_SECONDS / 60
    assert f"no pong for {pong:.0f} minutes after a ping (one every {ping:.0f} minutes)" in TEXT


def test_every_market_stream_is_a_row_of_its_page() -> None:
    text = (PAGE.parent / "market-streams.md").read_text("utf-8")
    rows = re.findall(
        r"^\| `([^`]+)` \| (public|market) \| ([^|]+) \| (.*) \|$", text, re.MULTILINE
    )
    assert rows == [
        (
            form.text,
            form.route,
            form.speed_text,
            f"Nothing: {form.refused}." if form.refused else form.pushed,
        )
        for form in FORMS
    ]


def test_the_streams_of_an_account_stand_on_the_other_page() -> None:
    assert {row.stream for row in STREAMS} == {form.text for form in FORMS} | {
        row.stream for row in USER_STREAM
    }
