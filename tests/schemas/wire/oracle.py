"""The oracle: the verdict of the `ocpp` package's own validators, and payloads generated from its schemas."""

import copy
import decimal
import json
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from jsonschema import Draft4Validator
from ocpp.messages import get_validator

from schemas.base import OcppVersion
from schemas.wire.files import Kind, Schema, actions, schema

VERSIONS: tuple[OcppVersion, ...] = ("1.6", "2.0.1", "2.1")
EVERY = [(v, a, k) for v in VERSIONS for k in ("request", "response") for a in sorted(actions(v, k))]

# The messages that `ocpp` reads with decimals, for their multipleOf.
_DECIMAL = {
    ("SetChargingProfile", "request"),
    ("RemoteStartTransaction", "request"),
    ("GetCompositeSchedule", "response"),
}


@cache
def _validator(version: str, action: str, kind: Kind) -> tuple[Draft4Validator, Any]:
    parse = decimal.Decimal if version == "1.6" and (action, kind) in _DECIMAL else float
    if action == "NotifyPeriodicEventStream":  # a SEND: `ocpp` ships its schema but looks for it under another name
        return Draft4Validator(schema(version, action, kind)), parse
    return get_validator(2 if kind == "request" else 3, action, version, parse_float=parse), parse


def accepts(version: str, action: str, kind: Kind, payload: str | bytes) -> bool:
    """Whether `ocpp` itself finds the payload valid."""
    validator, parse = _validator(version, action, kind)
    with decimal.localcontext(decimal.Context(prec=1_000)):  # room for the quotient of 1E+308 and 0.1
        return bool(validator.is_valid(json.loads(payload, parse_float=parse)))


# -- valid payloads ---------------------------------------------------------------------------------------------------


def payload(version: str, action: str, kind: Kind, rng: Random, optional: float = 1.0) -> Any:
    """A valid payload; each optional member is there with probability `optional`."""
    root = schema(version, action, kind)
    return _value(root, root, rng, optional)


def _resolved(rule: Schema, root: Schema) -> Schema:
    return root["definitions"][rule["$ref"].rpartition("/")[2]] if "$ref" in rule else rule


def _value(rule: Schema, root: Schema, rng: Random, optional: float) -> Any:
    rule = _resolved(rule, root)
    match rule.get("type"):
        case "object":
            required = rule.get("required", ())
            return {
                name: _value(member, root, rng, optional)
                for name, member in rule.get("properties", {}).items()
                if name in required or rng.random() < optional
            }
        case "array":
            longest = min(rule.get("maxItems", 2), 2)
            return [
                _value(rule["items"], root, rng, optional) for _ in range(rng.randint(rule.get("minItems", 0), longest))
            ]
        case "string":
            if "enum" in rule:
                return rng.choice(rule["enum"])
            return rng.choice(["", "2026-01-01T00:00:00Z", "ø😀", "x" * rule.get("maxLength", 30)])[
                : rule.get("maxLength")
            ]
        case "integer":
            return rng.randint(int(rule.get("minimum", -5)), int(rule.get("maximum", 2**31)))
        case "number":
            return _number(rule, rng)
        case "boolean":
            return rng.random() < 0.5
    return copy.deepcopy(rng.choice([None, "text", 1.5, {"a": [1, None]}]))


def _number(rule: Schema, rng: Random) -> float | int:
    if "multipleOf" in rule:
        return rng.choice([0, 21.4, 16, -0.1, 6.0, 99999.9])
    low, high = rule.get("minimum", -9.0), rule.get("maximum", 9.0 if rule.get("minimum", 0) < 9 else 1e9)
    return rng.choice([low, high, int(low), (low + high) / 2])


# -- one thing wrong --------------------------------------------------------------------------------------------------


def places(value: Any, rule: Schema, root: Schema, path: str = "") -> Iterator[tuple[str, Any, Any, Schema]]:
    """Every member of a payload: its path, what holds it, under which key, and its rule."""
    rule = _resolved(rule, root)
    if isinstance(value, dict) and "properties" in rule:
        for name, member in value.items():
            at = f"{path}.{name}" if path else name
            yield at, value, name, _resolved(rule["properties"][name], root)
            yield from places(member, rule["properties"][name], root, at)
    elif isinstance(value, list) and "items" in rule:
        for index, item in enumerate(value):
            at = f"{path}[{index}]"
            yield at, value, index, _resolved(rule["items"], root)
            yield from places(item, rule["items"], root, at)


WRONG = [
    None,
    True,
    1,
    1.0,
    1.5,
    "1",
    "",
    [],
    {},
    -1,
    101,
    1e30,
    "no such word",
    "x" * 6000,
    [[]],
    ["x"] * 1200,
    16.45,
    0.1,
]


def broken(version: str, action: str, kind: Kind, rng: Random, whole: Any) -> Any:
    """The payload with one thing changed, which may or may not make it invalid."""
    root = schema(version, action, kind)
    value = copy.deepcopy(whole)
    found = list(places(value, root, root))
    if not found or rng.random() < 0.1:
        return rng.choice([{**value, "noSuchMember": 1}, [], None, "text", 1])
    _, holder, key, rule = rng.choice(found)
    what = rng.randrange(4)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder[key], dict):
        holder[key]["noSuchMember"] = copy.deepcopy(rng.choice(WRONG))
    elif what == 2 and "maxLength" in rule:
        holder[key] = "ü" * (rule["maxLength"] + rng.randint(0, 1))
    elif what == 2 and "maxItems" in rule and holder[key]:
        holder[key] = [holder[key][0]] * (rule["maxItems"] + rng.randint(0, 1))
    else:
        holder[key] = copy.deepcopy(rng.choice(WRONG))
    return value
