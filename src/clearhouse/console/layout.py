"""The frame of every page: one style sheet, one script, nothing from elsewhere.

Style and script stand in the page, and the content security policy names their hashes, so a
page works without a network and runs nothing that is not ours.
"""

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

from starlette.responses import HTMLResponse, Response

from clearhouse import __version__
from clearhouse.console.markup import Html, el, join

HEADERS = {
    "x-clearhouse": __version__,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Headers of every page and of every document for tools."""

NAVIGATION = (
    ("/", "Start"),
    ("/docs", "API reference"),
    ("/docs/numbers", "Numbers"),
    ("/docs/coverage", "Coverage"),
    ("/openapi.json", "OpenAPI"),
    ("/metrics", "Metrics"),
)


def page(title: str, *content: str, here: str = "", status: int = 200) -> Response:
    """A page as a response, with its headers."""
    head = join(
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        Html('<link rel="icon" href="data:,">'),
        el("title", title),
        el("style", Html(static("style.css"))),
    )
    body = el("body", _header(here), el("main", *content), el("script", Html(static("page.js"))))
    text = f"<!doctype html>\n{el('html', el('head', head), body, lang='en')}\n"
    headers = HEADERS | {"content-security-policy": security_policy()}
    return HTMLResponse(text, status, headers)


def document(body: bytes, media_type: str, status: int = 200) -> Response:
    """Bytes for tools."""
    return Response(body, status, HEADERS, media_type=media_type)


@cache
def static(name: str) -> str:
    """A file beside this module."""
    return files("clearhouse.console").joinpath("static", name).read_text("utf-8")


@cache
def security_policy() -> str:
    """Allow our own style and script, and reading this server; nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash('style.css')}'",
            f"script-src '{_hash('page.js')}'",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def _hash(name: str) -> str:
    digest = hashlib.sha256(static(name).encode()).digest()
    return f"sha256-{b64encode(digest).decode()}"


def _header(here: str) -> Html:
    links = (
        el("a", name, href=path, **({"aria_current": "page"} if path == here else {}))
        for path, name in NAVIGATION
    )
    brand = el("a", el("span", "clear"), "house", class_="brand", href="/")
    return el("header", brand, el("nav", *links))
