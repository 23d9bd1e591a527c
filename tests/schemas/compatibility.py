"""Compatibility: what of a release's JSON Schemas the schemas of today would no longer read, or would read otherwise. PURE.

Kafka keeps what a release wrote for months, and other teams read it: members and words are only added. A schema is what `msgspec`
generates of a record or of a persisted state. Additions are fine; each sentence of `broken` names a break and what to do.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_LEAST = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_MOST = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
_SAME = ("pattern", "format", "contentEncoding", "multipleOf")


def broken(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Every break between two snapshots (see `tests.schemas.released`), in a sentence each."""
    told: list[str] = []
    for kind in ("records", "states"):
        for name, schema in before[kind].items():
            if name not in now[kind]:
                told.append(
                    f"{name} is gone: what was written of it is read no more. Keep the type as long as topics hold it."
                )
            else:
                told += _Comparison(schema, now[kind][name]).told(name)
    for vocabulary, words in before["words"].items():
        gone = [word for word in words if word not in now["words"].get(vocabulary, ())]
        told += [_word_gone(vocabulary, word) for word in gone]
    return told


def _word_gone(where: str, word: object) -> str:
    return f"{where} has no word {word!r} any more: records that carry it are read no more. Keep the word; stop writing it."


class _Comparison:
    """Two schemas with their definitions; a pair of definitions is compared once."""

    def __init__(self, before: Schema, now: Schema) -> None:
        self._before, self._now = before, now
        self._done: set[tuple[str, str]] = set()

    def told(self, name: str) -> list[str]:
        return list(self._differences(self._before, self._now, name))

    def _differences(self, before: Schema, now: Schema, where: str) -> Iterator[str]:
        pair = (before.get("$ref", ""), now.get("$ref", ""))
        if all(pair):
            if pair in self._done:
                return
            self._done.add(pair)
        alternatives = _alternatives(_resolved(now, self._now), self._now)
        if {} in alternatives:
            return  # anything goes
        for one in _alternatives(_resolved(before, self._before), self._before):
            fitting = [each for each in alternatives if _is_alike(one, each)]
            if not one or not fitting:
                yield f"{where} may no longer be {_named(one)}: what was written so is read no more. Keep the type, or widen it."
            else:
                yield from self._narrowed(one, _nearest(one, fitting), where)

    def _narrowed(self, before: Schema, now: Schema, where: str) -> Iterator[str]:
        if "enum" in now:
            gone = [word for word in before.get("enum", ()) if word not in now["enum"]]
            yield from (_word_gone(where, word) for word in gone)
            if "enum" not in before:
                yield f"{where} was any text and is one of {len(now['enum'])} words now: others are read no more. Leave it open."
        yield from _bounds(before, now, where)
        if "properties" in before:
            yield from self._members(before, now, where)
        for member in ("items", "additionalProperties"):
            if isinstance(before.get(member), dict) and isinstance(now.get(member), dict):
                yield from self._differences(before[member], now[member], f"{where}[]")
        places, now_places = before.get("prefixItems", ()), now.get("prefixItems", ())
        if len(now_places) < len(places):
            yield f"{where} has {len(now_places)} places and had {len(places)}: what stood there is read no more. Keep them."
        for place, (one, other) in enumerate(zip(places, now_places, strict=False)):
            yield from self._differences(one, other, f"{where}[{place}]")

    def _members(self, before: Schema, now: Schema, where: str) -> Iterator[str]:
        known, needed = now.get("properties", {}), now.get("required", ())
        for member, schema in before["properties"].items():
            at = f"{where}.{member}"
            if member not in known:
                yield f"{at} is gone or renamed: readers find nothing there. Keep it, and add the new name beside it."
                continue
            if member in needed and member not in before.get("required", ()):
                yield f"{at} must be there now: records without it are read no more. Give it back its default."
            elif "default" in schema and schema["default"] != known[member].get("default"):
                yield f"{at} means another thing where it is absent: it is left out at its default. Keep the default."
            yield from self._differences(schema, known[member], at)
        for member in known:
            if member in needed and member not in before["properties"]:
                yield f"{where}.{member} is new and must be there: older records have none. Give it a default."


def _resolved(schema: Schema, whole: Schema) -> Schema:
    while "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _alternatives(schema: Schema, whole: Schema) -> list[Schema]:
    if "anyOf" not in schema:
        return [schema]
    return [each for one in schema["anyOf"] for each in _alternatives(_resolved(one, whole), whole)]


def _kind(schema: Schema) -> str:
    if "enum" in schema:
        return "string" if all(isinstance(word, str) for word in schema["enum"]) else "number"
    kind = str(schema.get("type", "anything"))
    return "number" if kind in {"integer", "number"} else kind


def _tag(schema: Schema) -> list[list[str]]:
    """The words that tell an object from others: its members of one word alone."""
    members = schema.get("properties", {})
    return [one["enum"] for one in members.values() if len(one.get("enum", ())) == 1 and "default" not in one]


def _is_alike(before: Schema, now: Schema) -> bool:
    """Whether a value of the one may be a value of the other, bounds and members aside."""
    if _kind(before) != _kind(now) or _tag(before) != _tag(now):
        return False
    return not (before.get("type") == "number" and now.get("type") == "integer")


def _nearest(before: Schema, fitting: list[Schema]) -> Schema:
    """Of several that fit, the one of the same name or format."""
    same = [one for one in fitting if all(one.get(word) == before.get(word) for word in ("title", "format"))]
    return (same or fitting)[0]


def _bounds(before: Schema, now: Schema, where: str) -> Iterator[str]:
    for word in _LEAST:
        if word in now and before.get(word, float("-inf")) < now[word]:
            yield f"{where} has a greater {word} ({now[word]}): what was below it is read no more. Keep the bound."
    for word in _MOST:
        if word in now and before.get(word, float("inf")) > now[word]:
            yield f"{where} has a smaller {word} ({now[word]}): what was above it is read no more. Keep the bound."
    for word in _SAME:
        if word in now and before.get(word) != now[word]:
            yield f"{where} has another {word} ({now[word]}): what does not fit it is read no more. Keep what was taken."


def _named(schema: Schema) -> str:
    tags = _tag(schema)
    return f"a {tags[0][0]}" if tags else f"of type {schema.get('title') or _kind(schema)}"
