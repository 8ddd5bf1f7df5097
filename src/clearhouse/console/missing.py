"""404 and 405 beside the exchange's paths: a page for people, the exchange's error for programs."""

from starlette.requests import Request
from starlette.responses import Response

from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.exchange import COVERAGE_PAGE, failure_body
from clearhouse.console.layout import document, page
from clearhouse.console.markup import el

PATH_SHOWN = 200
NOT_FOUND = 404


def no_page(request: Request, allowed: str) -> Response:
    """The answer to a path that no page has, or to a method that a page has not."""
    path = request.url.path[:PATH_SHOWN]
    if allowed:
        return _error(ApiError(Fault.WRONG_METHOD, allowed))
    if "text/html" in request.headers.get("accept", ""):
        return _page_for_people(path)
    return _error(ApiError(Fault.UNKNOWN_OPERATION, path, COVERAGE_PAGE))


def _error(error: ApiError) -> Response:
    failure = error.failure(Family.SPOT)
    return document(failure_body(failure), "application/json", failure.status)


def _page_for_people(path: str) -> Response:
    return page(
        "Not found · Clearhouse",
        el("h1", "Nothing is here"),
        el("p", el("code", path), " is no page of this server.", class_="lead"),
        el("p", "What is built is in the ", el("a", "coverage table", href=COVERAGE_PAGE), "."),
        status=NOT_FOUND,
    )
