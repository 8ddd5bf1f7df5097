"""The form of an answer, written the way people read JSON: `{"asset": string, …}`.

The name of a field may be a link; who knows where to is the caller.
"""

from collections.abc import Callable
from typing import Any

from clearhouse.console.markup import Html, join

Name = Callable[[str, str], str]
"""A field's name as it is shown, by the title of its schema and the name."""

_REF = "#/components/schemas/"
_STEP = "  "


def shape_text(
    schema: dict[str, Any],
    components: dict[str, Any],
    indent: str = "",
    name: Name = lambda _title, name: name,
) -> Html:
    """A schema of the OpenAPI document as text."""
    if "$ref" in schema:
        return shape_text(components[schema["$ref"].removeprefix(_REF)], components, indent, name)
    if "anyOf" in schema:
        kinds = [shape_text(kind, components, indent, name) for kind in schema["anyOf"]]
        return _joined(" | ", kinds)
    if schema.get("type") == "object":
        return _object(schema, components, indent, name)
    if schema.get("type") == "array":
        return _array(schema, components, indent, name)
    return Html(schema.get("type", "any"))


def _object(schema: dict[str, Any], components: dict[str, Any], indent: str, name: Name) -> Html:
    inner = indent + _STEP
    fields = schema.get("properties", {})
    if not fields:
        return Html("{}")
    title = schema.get("title", "")
    lines = [
        join(f'{inner}"', name(title, field), '": ', shape_text(part, components, inner, name))
        for field, part in fields.items()
    ]
    return join("{\n", _joined(",\n", lines), f"\n{indent}}}")


def _array(schema: dict[str, Any], components: dict[str, Any], indent: str, name: Name) -> Html:
    items = schema.get("items")
    if not items:
        kinds = [
            shape_text(part, components, indent, name) for part in schema.get("prefixItems", ())
        ]
        return join("[", _joined(", ", kinds), "]")
    inner = indent + _STEP
    return join(f"[\n{inner}", shape_text(items, components, inner, name), f"\n{indent}]")


def _joined(between: str, pieces: list[Html]) -> Html:
    return Html(between.join(pieces))
