"""Every call of the control plane, and every field of its bodies, stands in its page."""

import re
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from clearhouse.admin import bodies, market_bodies, sources
from clearhouse.admin.calls import Calls
from clearhouse.admin.control_plane import PREFIX, ControlPlane
from clearhouse.admin.errors import _STATUS as STATUSES

PAGE = Path("docs/reference/control-plane.md").read_text("utf-8")
BODIES = [
    bodies.AccountBody,
    bodies.KeyBody,
    bodies.FundsBody,
    bodies.FeesBody,
    bodies.DividendBody,
    bodies.AddressBody,
    bodies.WhitelistBody,
    bodies.IndexBody,
    bodies.ClockBody,
    bodies.AdvanceBody,
    bodies.SymbolBody,
    bodies.BracketBody,
    market_bodies.PriceBody,
    market_bodies.LiquidityBody,
    market_bodies.FillBody,
    market_bodies.FundingBody,
    sources.ConditionsBody,
    sources.MarketBody,
    sources.ReplayBody,
    sources.LiveBody,
    sources.PlaceBody,
]


def routes() -> list[Any]:
    plane = ControlPlane(cast("Any", None), cast("Any", None), None)
    return Calls(plane, genesis=list, settings={}, on_reset=lambda: None).routes()


CALLS = sorted(
    f"{method} {re.sub(r':[a-z]+}', '}', route.path.removeprefix(PREFIX))}"
    for route in routes()
    for method in route.methods - {"HEAD"}
)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_documented(call: str) -> None:
    assert re.search(rf"`{re.escape(call)}[`?]", PAGE)


def test_a_documented_call_exists() -> None:
    found = re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`?]*)[`?]", PAGE)
    assert sorted(call for call in found if not call.startswith("GET /sapi")) == CALLS


@pytest.mark.parametrize("body", BODIES)
def test_each_field_of_a_body_is_documented(body: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(body):
        assert re.search(rf"[`{{ ]{field.encode_name}[`,}}]", PAGE), field.encode_name


@pytest.mark.parametrize("reason", STATUSES)
def test_each_code_with_a_status_of_its_own_is_documented(reason: Any) -> None:
    assert f"`{reason.name.lower()}`" in PAGE


@pytest.mark.parametrize("route", routes(), ids=lambda route: route.path)
def test_a_call_says_what_it_does(route: Any) -> None:
    assert route.endpoint.__doc__
