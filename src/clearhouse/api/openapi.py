"""OpenAPI 3.1 of the REST operations, generated from the declarations.

Parameters of every method stand in the query, where the exchange's own clients put them; a
form body is read as well. The WebSocket API has no place in OpenAPI: an operation that it
offers names its method in `x-websocket-method`.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from clearhouse import __version__
from clearhouse.api.coverage import (
    FAMILY_TITLES,
    RECV_WINDOW,
    SIGNATURE,
    TIMESTAMP,
    ParamRow,
    by_family,
)
from clearhouse.api.endpoint import WS_PATH, Operation
from clearhouse.api.gateway import MAX_RECV_WINDOW_MS
from clearhouse.api.limits import used_names
from clearhouse.api.operations import OPERATIONS
from clearhouse.api.params import Form
from clearhouse.api.wire import encode_json
from clearhouse.api.ws_api import Error

Json = dict[str, Any]

SCHEMAS = "#/components/schemas/{name}"
KEY_SCHEME = "ApiKey"
LARGEST_LONG = 10**18 - 1

_ERRORS = {
    400: "The request is malformed or refused by a rule.",
    401: "The key, its address or its permissions are not accepted.",
    404: "There is no such operation any more.",
    413: "The body or the query string is longer than 64 KiB.",
    418: "The address is banned for a while; see Retry-After.",
    429: "A rate limit is used up; see Retry-After.",
    503: "The venue has stopped; the outcome of a change is unknown.",
}
_KEY_STATUS, _RETIRED_STATUS, _WAIT_STATUSES = 401, 404, (418, 429)

_NAME: Json = {"type": "string", "pattern": r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}$"}
_FORMS: dict[str, Json] = {
    "LONG": {"type": "integer", "format": "int64", "minimum": 0, "maximum": LARGEST_LONG},
    "INT": {"type": "integer", "format": "int64", "minimum": 1},
    "DECIMAL": {"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,8})?$"},
    "STRING": _NAME,
    "ARRAY": {"type": "array", "items": _NAME, "minItems": 1},
    "BOOLEAN": {"type": "boolean"},
    "LIST": {"type": "string", "description": "a list as JSON text"},
}
_SIGNED_FORMS: dict[ParamRow, Json] = {
    RECV_WINDOW: _FORMS["LONG"] | {"maximum": MAX_RECV_WINDOW_MS, "default": 5000},
    TIMESTAMP: _FORMS["LONG"] | {"description": "UTC milliseconds"},
    SIGNATURE: {
        "type": "string",
        "minLength": 1,
        "description": "HMAC-SHA256 in hex, or RSA or Ed25519 in base64, of query and body as sent",
    },
}


@cache
def openapi_json() -> bytes:
    """The document of this venue as bytes; made when somebody first asks."""
    return encode_json(openapi(OPERATIONS))


def openapi(operations: Iterable[Operation]) -> Json:
    """The document of some operations; what only the WebSocket API has stands in none."""
    declared = [operation for operation in operations if operation.path != WS_PATH]
    shapes, components = _schemas(declared)
    paths: dict[str, Json] = {}
    for title, members in by_family(declared):
        for operation in members:
            entry = _operation(operation, title, shapes[operation.name])
            paths.setdefault(operation.path, {})[operation.method.lower()] = entry
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Clearhouse",
            "version": __version__,
            "description": "An account and wallet server that speaks Binance's API.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": title} for title in FAMILY_TITLES.values()],
        "paths": paths,
        "components": {
            "securitySchemes": {
                KEY_SCHEME: {"type": "apiKey", "in": "header", "name": "X-MBX-APIKEY"}
            },
            "headers": {"RetryAfter": {"schema": {"type": "integer", "minimum": 0}}},
            "responses": {f"E{status}": _error(status) for status in _ERRORS},
            "schemas": components,
        },
    }


def param_schema(form: Form) -> Json:
    """The JSON schema of a parameter."""
    if form.values and form.kind == "ENUM":
        return {"type": "string", "enum": list(form.values)}
    if form.values and form.kind == "INT":
        return {"type": "integer", "enum": [int(value) for value in form.values]}
    if form.longest:
        return {"type": "string", "maxLength": form.longest}
    return _FORMS[form.kind]


def _operation(operation: Operation, tag: str, shape: Json) -> Json:
    entry: Json = {
        "operationId": _operation_id(operation),
        "tags": [tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": _parameters(operation),
        "responses": _responses(operation, shape),
        "x-weight": {"amount": operation.weight.amount, "kind": operation.weight.kind.value},
        "x-security": operation.security.value,
    }
    if operation.needs_key:
        entry["security"] = [{KEY_SCHEME: []}]
    if operation.ws_method:
        entry["x-websocket-method"] = operation.ws_method
    if operation.refused:
        entry["x-refused"] = operation.refused
    return entry


def _operation_id(operation: Operation) -> str:
    return "_".join((operation.method.lower(), *operation.path.strip("/").split("/"))).replace(
        "-", "_"
    )


def _parameters(operation: Operation) -> list[Json]:
    own = [_parameter(p.name, param_schema(p.form), p.required) for p in operation.params]
    if operation.security.signed:
        own += [_parameter(row.name, schema, row.required) for row, schema in _SIGNED_FORMS.items()]
    return own


def _parameter(name: str, schema: Json, required: bool) -> Json:  # noqa: FBT001  as declared
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _responses(operation: Operation, shape: Json) -> Json:
    headers = used_names(operation.family, operation.weight)
    used = {name.decode(): {"schema": {"type": "string"}} for name in headers}
    left_out = {_KEY_STATUS} if not operation.needs_key else set()
    found: Json = {}
    if not operation.refused:
        left_out.add(_RETIRED_STATUS)
        found["200"] = {
            "description": "The result.",
            "headers": used,
            "content": {"application/json": {"schema": shape}},
        }
    for status in sorted(_ERRORS.keys() - left_out):
        found[str(status)] = {"$ref": f"#/components/responses/E{status}"}
    return found


def _error(status: int) -> Json:
    answer: Json = {
        "description": _ERRORS[status],
        "content": {"application/json": {"schema": {"$ref": SCHEMAS.format(name="Error")}}},
    }
    if status in _WAIT_STATUSES:
        answer["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return answer


def _schemas(operations: list[Operation]) -> tuple[dict[str, Json], Json]:
    """The schema of each operation's result, and the named schemas that they refer to."""
    types = [*(operation.result_type for operation in operations), Error]
    shapes, components = msgspec.json.schema_components(types, ref_template=SCHEMAS)
    names = [operation.name for operation in operations]
    by_name = dict(zip(names, map(_without_rendered, shapes), strict=False))
    return by_name, _without_rendered(components)


def _without_rendered(schema: Any) -> Any:
    """The schema without "or anything": what a part that may be rendered already looks like."""
    if isinstance(schema, list):
        return [_without_rendered(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kinds = schema.get("anyOf", ())
    if {} in kinds and len(kinds) > 1:
        kept = [_without_rendered(kind) for kind in kinds if kind != {}]
        rest = {name: part for name, part in schema.items() if name != "anyOf"}
        return rest | (kept[0] if len(kept) == 1 else {"anyOf": kept})
    return {name: _without_rendered(part) for name, part in schema.items()}
