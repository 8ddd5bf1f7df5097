"""The form of an answer, written the way people read JSON: `{"asset": string, …}`."""

from typing import Any

_REF = "#/components/schemas/"
_STEP = "  "


def shape_text(schema: dict[str, Any], components: dict[str, Any], indent: str = "") -> str:
    """A schema of the OpenAPI document as text."""
    if "$ref" in schema:
        return shape_text(components[schema["$ref"].removeprefix(_REF)], components, indent)
    if "anyOf" in schema:
        return " | ".join(shape_text(kind, components, indent) for kind in schema["anyOf"])
    if schema.get("type") == "object":
        return _object(schema, components, indent)
    if schema.get("type") == "array":
        return _array(schema, components, indent)
    return str(schema.get("type", "any"))


def _object(schema: dict[str, Any], components: dict[str, Any], indent: str) -> str:
    inner = indent + _STEP
    fields = schema.get("properties", {})
    if not fields:
        return "{}"
    lines = (
        f'{inner}"{name}": {shape_text(part, components, inner)}' for name, part in fields.items()
    )
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _array(schema: dict[str, Any], components: dict[str, Any], indent: str) -> str:
    items = schema.get("items")
    if not items:
        kinds = [shape_text(part, components, indent) for part in schema.get("prefixItems", ())]
        return f"[{', '.join(kinds)}]"
    inner = indent + _STEP
    return f"[\n{inner}{shape_text(items, components, inner)}\n{indent}]"
