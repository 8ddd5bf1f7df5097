"""Every operation is documented where people and programs look, from its declaration."""

import json
from pathlib import Path

import msgspec
import pytest

from clearhouse.api.coverage import (
    OperationRow,
    coverage_markdown,
    coverage_rows,
    declared,
    operation_row,
)
from clearhouse.api.endpoint import WS_PATH, Operation
from clearhouse.api.openapi import openapi_json
from clearhouse.console.reference import coverage_page, reference_page

OPERATIONS = declared()
NAMES = [f"{op.name} {op.ws_method or ''}" for op in OPERATIONS]
DOCUMENT = json.loads(openapi_json())
REFERENCE = bytes(reference_page(OPERATIONS, ()).body).decode()
COVERAGE = bytes(coverage_page(OPERATIONS).body).decode()


def test_coverage_md_is_up_to_date() -> None:
    """`clearhouse coverage --markdown > COVERAGE.md` writes it anew."""
    assert Path("COVERAGE.md").read_text("utf-8") == coverage_markdown()


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_an_operation_says_what_it_does(operation: Operation) -> None:
    assert operation.summary.endswith(".")


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_an_operation_stands_on_the_pages(operation: Operation) -> None:
    shown = operation.ws_method if operation.method == "WS" else operation.path
    assert f">{shown}</a></h3>" in REFERENCE
    assert f">{shown}</a>" in COVERAGE


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_a_rest_operation_stands_in_the_openapi_document(operation: Operation) -> None:
    if operation.path == WS_PATH:
        assert operation.path not in DOCUMENT["paths"]
        return
    entry = DOCUMENT["paths"][operation.path][operation.method.lower()]
    sent = [(p["name"], p["required"]) for p in entry["parameters"]]
    assert sent == [(p.name, p.required) for p in operation_row(operation).params]


def test_the_transfer_row_is_what_the_contract_says() -> None:
    row = next(
        row
        for row in json.loads(msgspec.json.encode(coverage_rows()))
        if (row["method"], row["path"]) == ("POST", "/sapi/v1/asset/transfer")
    )
    assert row == {
        "method": "POST",
        "path": "/sapi/v1/asset/transfer",
        "ws_method": None,
        "security": "USER_DATA",
        "weight": 900,
        "weight_kind": "UID",
        "status": "built",
        "params": [
            {"name": "type", "type": "ENUM", "required": True},
            {"name": "asset", "type": "STRING", "required": True},
            {"name": "amount", "type": "DECIMAL", "required": True},
            {"name": "fromSymbol", "type": "STRING", "required": False},
            {"name": "toSymbol", "type": "STRING", "required": False},
            {"name": "recvWindow", "type": "LONG", "required": False},
            {"name": "timestamp", "type": "LONG", "required": True},
            {"name": "signature", "type": "STRING", "required": True},
        ],
    }


def test_a_refused_operation_says_why() -> None:
    operation = msgspec.structs.replace(OPERATIONS[0], refused="There is no spot market here.")
    row = operation_row(operation)
    assert (row.status, row.reason) == ("refused", "There is no spot market here.")


def test_a_method_of_the_session_names_the_key_as_a_parameter() -> None:
    rows = [row for row in coverage_rows() if isinstance(row, OperationRow)]
    logon = next(row for row in rows if row.ws_method == "session.logon")
    assert [param.name for param in logon.params] == [
        "apiKey",
        "recvWindow",
        "timestamp",
        "signature",
    ]
