"""Compiler: JSON Schema to msgspec types; supports the part of draft 4 that OCPP's schemas use, and raises for anything else."""

from typing import Annotated, Any, Literal

import msgspec

from schemas.wire.files import Schema
from schemas.wire.numbers import number_type
from schemas.wire.storable import GREATEST_INTEGER, integer_bounds

_KNOWN = frozenset(
    {
        *("$schema", "$id", "id", "title", "comment", "description", "javaType", "default", "definitions"),
        *("type", "enum", "format", "$ref", "properties", "required", "items", "additionalItems"),
        *("maxLength", "minimum", "maximum", "multipleOf", "minItems", "maxItems", "additionalProperties"),
    }
)


class Uncompilable(Exception):
    """A schema uses a rule that the compiler does not know; the message names it."""


class Compiler:
    """Compiles one schema file. Each shared definition becomes one type; members keep the schema's order and names.

    `storable`: integers are also limited to what records can store (`schemas.wire.storable`).
    """

    def __init__(self, schema: Schema, name: str, *, storable: bool = False) -> None:
        self._schema = schema
        self._name = name
        self._storable = storable
        self._definitions: dict[str, Any] = {}

    def compile(self) -> Any:
        """The type of the whole payload."""
        return self._type(self._schema, self._name)

    def _type(self, schema: Schema, name: str) -> Any:  # noqa: PLR0911 a flat match over JSON's types
        unknown = schema.keys() - _KNOWN
        if unknown:
            raise Uncompilable(f"{self._name}: {name} uses {sorted(unknown)}")
        if "$ref" in schema:
            return self._definition(schema["$ref"].removeprefix("#/definitions/"))
        match schema.get("type"):
            case "object":
                return self._object(schema, name)
            case "array":
                return self._array(schema, name)
            case "string":
                return _string(schema)
            case "integer":
                return _integer(schema, *(integer_bounds(name) if self._storable else ANY_INTEGER))
            case "number":
                return number_type(*(schema.get(rule) for rule in ("minimum", "maximum", "multipleOf")))
            case "boolean":
                return bool
            case None:
                return msgspec.Raw  # no type: any JSON (2.x DataTransfer.data), kept raw
            case other:
                raise Uncompilable(f"{self._name}: {name} is of type {other!r}")

    def _definition(self, name: str) -> Any:
        if name not in self._definitions:
            self._definitions[name] = self._type(self._schema["definitions"][name], name)
        return self._definitions[name]

    def _object(self, schema: Schema, name: str) -> Any:
        required = schema.get("required", ())
        members: list[Any] = []
        for member, rule in schema.get("properties", {}).items():
            kind = self._type(rule, f"{name}.{member}")
            # An optional member may be absent, never null: None is only what its absence decodes to.
            members.append((member, kind) if member in required else (member, kind, None))
        return msgspec.defstruct(
            name.rpartition(".")[2],
            members,
            kw_only=True,
            frozen=True,
            omit_defaults=True,
            forbid_unknown_fields=schema.get("additionalProperties") is False,
        )

    def _array(self, schema: Schema, name: str) -> Any:
        items = self._type(schema["items"], f"{name}[]")
        bounds = {key: schema[rule] for key, rule in _LENGTHS.items() if rule in schema}
        # Lists, not tuples: msgspec counts a tuple's items only after it has decoded them all.
        return Annotated[list[items], msgspec.Meta(**bounds)] if bounds else list[items]  # type: ignore[valid-type]


_LENGTHS = {"min_length": "minItems", "max_length": "maxItems"}


def _string(schema: Schema) -> Any:
    # `format` is ignored, as by draft 4 validators: the rows parse dates leniently.
    if "enum" in schema:
        return Literal[tuple(schema["enum"])]
    if "maxLength" in schema:
        return Annotated[str, msgspec.Meta(max_length=schema["maxLength"])]
    return str


ANY_INTEGER = (-GREATEST_INTEGER, GREATEST_INTEGER)


def _integer(schema: Schema, least: int, greatest: int) -> Any:
    lowest, highest = int(schema.get("minimum", least)), int(schema.get("maximum", greatest))
    return Annotated[int, msgspec.Meta(ge=max(least, lowest), le=min(greatest, highest))]
