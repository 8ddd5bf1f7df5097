"""Settings that point a client here: the table `clients.toml`, filled in for one server."""

import json
import tomllib
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from msgspec import Struct

YOUR_KEY, YOUR_SECRET = "YOUR_API_KEY", "YOUR_API_SECRET"


class ClientSettings(Struct, frozen=True):
    """One client: each of its URLs, and the code to paste."""

    name: str
    title: str
    language: str
    install: str
    settings: dict[str, Any]
    code: str


class Place(Struct, frozen=True):
    """A server as a client names it."""

    http: str
    api_key: str = YOUR_KEY
    secret: str = YOUR_SECRET

    @property
    def ws(self) -> str:
        """The base URL of its WebSockets."""
        return "ws" + self.http.removeprefix("http")


def client_names() -> tuple[str, ...]:
    """Every client of the table."""
    return tuple(_table())


def client_settings(name: str, place: Place) -> ClientSettings:
    """The settings of one client for a server."""
    row = _table()[name]
    words = {
        "http": place.http,
        "ws": place.ws,
        "key": place.api_key,
        "secret": place.secret,
    }
    tree = _filled(_table()["ccxt"]["settings"]["urls"], words)
    words["ccxt_urls"] = json.dumps(tree, indent=2).replace("\n", "\n      ")
    return ClientSettings(
        name=name,
        title=row["title"],
        language=row["language"],
        install=row["install"],
        settings=_filled(row["settings"], words),
        code=Template(row["code"]).substitute(words).strip() + "\n",
    )


def _filled(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(part, words) for name, part in value.items()}
    return Template(value).substitute(words)


@cache
def _table() -> dict[str, dict[str, Any]]:
    text = files("clearhouse.console").joinpath("clients.toml").read_text("utf-8")
    return tomllib.loads(text)
