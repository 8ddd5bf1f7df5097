"""urls: every URL of a client, so that nothing leaks."""

import ast
import json
from typing import Any

import pytest

from clearhouse.console.clients import client_names
from unit.cli.conftest import Run

HERE = "http://127.0.0.1:7400"


def leaves(value: Any) -> list[str]:
    return (
        [leaf for part in value.values() for leaf in leaves(part)]
        if isinstance(value, dict)
        else [value]
    )


def test_without_a_client_the_base_urls_are_shown(run: Run) -> None:
    shown = run("urls", "--url", "https://venue.example/").out
    assert "https://venue.example " in shown
    assert "wss://venue.example/ws-fapi/v1" in shown
    assert all(f"--{name}" in shown for name in client_names())


def test_json_without_a_client_has_all(run: Run) -> None:
    assert list(run("urls", "--json").json) == list(client_names())


def test_chosen_clients_only(run: Run) -> None:
    assert list(run("urls", "--curl", "--ccxt", "--json").json) == ["ccxt", "curl"]
    assert list(run("urls", "--json", CLEARHOUSE_CCXT="1").json) == ["ccxt"]


def test_all_of_them_as_text(run: Run) -> None:
    shown = run("urls", "--all", "--api-key", "K" * 64, "--api-secret", "S" * 64).out
    assert "K" * 64 in shown
    assert 'base_path="http://127.0.0.1:7400"' in shown
    assert "https://" not in shown
    assert "wss://" not in shown


@pytest.mark.parametrize("name", client_names())
def test_no_setting_names_the_exchange(run: Run, name: str) -> None:
    found = run("urls", f"--{name}", "--json").json[name]
    for url in leaves(found["settings"]):
        assert url.startswith((HERE, "ws://127.0.0.1:7400", "the tree of"))
    if found["language"] == "python":
        ast.parse(found["code"])
    if found["language"] == "json":
        json.loads(found["code"])
    assert "$" not in found["code"].replace("$(", "").replace("$query", "").replace(
        "$signature", ""
    )


def test_an_address_that_is_none(run: Run) -> None:
    assert "--url takes an address" in run("urls", "--url", "here").err


@pytest.mark.parametrize("exchange", ["binance", "binanceusdm", "binancecoinm"])
def test_ccxt_knows_no_url_but_ours(run: Run, exchange: str) -> None:
    """Of the version that the tests install, in all its trees."""
    pro = pytest.importorskip("ccxt.pro")
    settings = run("urls", "--ccxt", "--json").json["ccxt"]["settings"]
    made = getattr(pro, exchange)(settings)
    assert [url for url in leaves(made.urls["api"]) if "127.0.0.1:7400" not in url] == []


def test_python_binance_knows_no_url_but_ours(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    base = pytest.importorskip("binance.base_client").BaseClient
    sockets = pytest.importorskip("binance.ws.streams").BinanceSocketManager
    owners = {"BaseClient": base, "BinanceSocketManager": sockets}
    settings = run("urls", "--python-binance", "--json").json["python-binance"]["settings"]
    for name, url in settings.items():
        owner, _, attribute = name.partition(".")
        assert hasattr(owners[owner], attribute), name
        monkeypatch.setattr(owners[owner], attribute, url)
    strangers = [
        name
        for owner in (base, sockets)
        for name, url in vars(owner).items()
        if name.endswith("_URL") and "TESTNET" not in name and "DEMO" not in name
        if "127.0.0.1:7400" not in url
    ]
    assert strangers == []
