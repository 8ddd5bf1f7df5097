"""schemathesis over `/openapi.json`: what it can think of never breaks the server.

No answer is a 500, every answer is JSON of the declared shape and status, and a refused
request leaves the journal where it was. The examples are the same in every run.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from typing_extensions import override

from clearhouse.api.openapi import openapi_json
from clearhouse.runtime.clock import wall_clock_ms
from clearhouse.testing import Client, ServerProcess

JSON = {"content-type": "application/json"}
AnyCase = schemathesis.Case[Any]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


EXPORT_REQUESTS = tuple(f"/fapi/v1/{kind}/asyn" for kind in ("income", "order", "trade"))
"""The GETs that write: each asks for a file, as the exchange has it."""


class Signed(requests.auth.AuthBase):
    """Puts a fresh timestamp and a good signature on a finished request."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @override
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = urlsplit(str(request.url))
        own = [pair for pair in url.query.split("&") if pair and not _of_signing(pair)]
        query = "&".join([*own, f"timestamp={wall_clock_ms()}"])
        signature = self._client.signature(query.encode())
        request.url = urlunsplit(url._replace(query=f"{query}&signature={signature}"))
        request.headers["X-MBX-APIKEY"] = self._client.api_key
        return request


def _of_signing(pair: str) -> bool:
    return pair.partition("=")[0] in ("timestamp", "signature", "recvWindow")


@pytest.fixture(scope="module")
def signed(server: ServerProcess) -> Iterator[Client]:
    speaking = Client(server.url)
    yield speaking
    speaking.close()


operations = schemathesis.openapi.from_dict(json.loads(openapi_json()))


def security(operation: Any) -> str:
    """What an operation asks of who calls it."""
    name: str = operation.definition.raw["x-security"]
    return name


def head(client: Client) -> object:
    """Where the journal ends."""
    return client.control("GET", "/ledger/check").json["journal"]


@contextmanager
def time_stopped(client: Client) -> Iterator[None]:
    """Let nothing fall due meanwhile: a countdown of another example, or funding at a full hour."""
    assert client.control("PUT", "/clock", {"mode": "frozen"}, **JSON).status == 200
    yield
    assert client.control("PUT", "/clock", {"mode": "real"}, **JSON).status == 200


def wait_for_file(client: Client, path: str, download_id: str) -> None:
    """Until an export is written, which the journal records when it is."""
    for _ in range(500):
        if client.signed("GET", f"{path}/id", downloadId=download_id).json["status"] == "completed":
            return
        time.sleep(0.01)
    raise AssertionError("the file was not written within five seconds")


@operations.parametrize()
@EXAMPLES
def test_requests_with_a_good_signature(
    case: AnyCase, signed: Client, server: ServerProcess
) -> None:
    with time_stopped(signed):
        before = head(signed)
        response = case.call(base_url=server.url, auth=Signed(signed))
        after = head(signed)
    case.validate_response(response, checks=CHECKS)
    if response.status_code == 200 and case.path in EXPORT_REQUESTS:
        wait_for_file(signed, case.path, response.json()["downloadId"])
    elif response.status_code != 200 or case.method == "GET":
        assert after == before


@operations.exclude(lambda context: security(context.operation) == "USER_STREAM").parametrize()
@EXAMPLES
def test_requests_without_a_good_signature_change_nothing(
    case: AnyCase, signed: Client, server: ServerProcess
) -> None:
    """With a key that exists, so that only the signature stands in the way.

    For a listen key it does not: its calls are not signed, so the key alone opens and closes one.
    """
    with time_stopped(signed):
        before = head(signed)
        response = case.call(base_url=server.url, headers={"X-MBX-APIKEY": signed.api_key})
        after = head(signed)
    case.validate_response(response, checks=CHECKS)
    assert after == before
