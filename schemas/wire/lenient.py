"""Lenient: reads a payload that breaks its schema as far as possible, and names every rule that was needed. PURE.

The result has the members of the compiled type (`schemas.wire.decoder`) without its guarantees: any member may be None, texts may be
longer, values may be missing in their enumeration, registers may have a fraction. Nothing here raises for a station's payload: an
unusable member is read as absent, and noted.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from schemas.base import OcppVersion
from schemas.deviations import Bend, Deviation
from schemas.wire import loose, scalars
from schemas.wire.faults import Fault, Violation
from schemas.wire.files import Schema, schema
from schemas.wire.spellings import CHIEF_MEMBERS, MISPLACED, SAMPLES, alike, repeats

D = Deviation

_DOUBTFUL = frozenset({D.WORD_UNKNOWN, D.UNREADABLE_MEMBER, D.OUT_OF_RANGE, D.MISSING_MEMBER, D.NULL_MEMBER})
"""Rules that make a sampled value unusable: what it measures is unclear, or it has no value."""

_BESIDE_THE_VALUE = (".signedMeterValue", ".customData")


class SetApartSample(msgspec.Struct, frozen=True, kw_only=True):
    """A sampled value that cannot be used.

    `timestamp` is that of its meter value, as sent; `sample` as far as it can be read (None: it is no object), `text` as sent.
    """

    reason: str
    timestamp: str | None
    sample: Any
    text: str


class LenientPayload(msgspec.Struct, frozen=True, kw_only=True):
    """A payload read leniently: `value` is the parsed JSON, `wire` the same by its schema, `bends` the rules that were needed.

    `aside` are unusable members and unknown values by path. `apart` are sampled values that cannot be used.
    """

    value: Any
    wire: Any
    bends: tuple[Bend, ...]
    aside: dict[str, Any]
    apart: tuple[SetApartSample, ...]


def read(version: OcppVersion, action: str, payload: bytes) -> LenientPayload | Violation:
    """Read a request leniently that the compiled type refuses; a Violation where it is not JSON.

    A payload that is no object is read as an empty object.
    """
    try:
        payload_read = loose.read(payload)
    except loose.Unreadable as why:
        return Violation(fault=Fault.FORMAT, path="", description=str(why)[:255])
    reading = _Reading(_tree(version, action))
    for rule in payload_read.rules:
        reading.note(rule, "")
    if not isinstance(payload_read.value, dict):
        reading.note(D.NO_OBJECT, "")
    wire = reading.object(_as_dict(payload_read.value), reading.tree.root, action, "")
    return LenientPayload(
        value=payload_read.value, wire=wire, bends=tuple(reading.bends), aside=reading.aside, apart=tuple(reading.apart)
    )


class _Tree:
    """A schema, and the types of its objects, which are made on first use."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self._types: dict[int, Any] = {}

    def resolve(self, rule: Schema, name: str) -> tuple[Schema, str]:
        """The rule itself, and the name of its definition where it has one."""
        reference = rule.get("$ref")
        if reference is None:
            return rule, name
        definition = reference.removeprefix("#/definitions/")
        return self.root["definitions"][definition], definition

    def type_of(self, rule: Schema, name: str) -> Any:
        """The type of an object: its members, each None where absent."""
        if id(rule) not in self._types:
            members: list[Any] = [(member, Any, None) for member in rule.get("properties", {})]
            self._types[id(rule)] = msgspec.defstruct(
                name.rpartition(".")[2], members, kw_only=True, omit_defaults=True
            )
        return self._types[id(rule)]


@cache
def _tree(version: OcppVersion, action: str) -> _Tree:
    return _Tree(schema(version, action, "request"))


class _Reading:
    """The reading of one payload: the rules that were needed so far, and what was set aside."""

    def __init__(self, tree: _Tree) -> None:
        self.tree = tree
        self.bends: list[Bend] = []
        self.aside: dict[str, Any] = {}
        self.apart: list[SetApartSample] = []
        self._timestamp: str | None = None

    def note(self, rule: Deviation, path: str) -> None:
        """Note a rule that was needed."""
        self.bends.append(Bend(rule, path))

    def _unreadable(self, value: Any, path: str) -> None:
        self.note(D.UNREADABLE_MEMBER, path)
        self.aside[path] = value

    # -- objects ------------------------------------------------------------------------------------------------------

    def object(self, value: dict[str, Any], rule: Schema, name: str, path: str) -> Any:
        """Read an object by its rule."""
        properties: dict[str, Schema] = rule.get("properties", {})
        required = rule.get("required", ())
        if SAMPLES in properties:
            at = value.get("timestamp")
            self._timestamp = at if isinstance(at, str) else None
        by_member = self._match_members(value, rule, name, path)
        members: dict[str, Any] = {}
        for member, kind in properties.items():
            at_path = _join(path, member)
            given = by_member.get(member)
            if given is None and member in by_member and self.tree.resolve(kind, member)[0].get("type") is not None:
                self.note(D.NULL_MEMBER, at_path)
                del by_member[member]
            if member not in by_member:
                if member in required:
                    self.note(D.MISSING_MEMBER, at_path)
                continue
            members[member] = self._value(given, kind, f"{name}.{member}", at_path)
        return self.tree.type_of(rule, name)(**members)

    def _match_members(self, value: dict[str, Any], rule: Schema, name: str, path: str) -> dict[str, Any]:
        """The members by the names of the rule; unknown ones are noted, unless the rule allows additional ones."""
        properties = rule.get("properties", {})
        by_member = {member: given for member, given in value.items() if member in properties}
        closed = rule.get("additionalProperties") is False
        for member, given in value.items():
            if member in properties or not closed:
                continue
            at = _join(path, member)
            home = MISPLACED.get((name, member))
            meant = alike(member, properties)
            if home is not None and home[0] in properties and isinstance(by_member.get(home[0], {}), dict):
                by_member[home[0]] = {home[1]: given} | _as_dict(by_member.get(home[0]))
                self.note(D.MEMBER_MISPLACED, at)
            elif meant is not None and meant not in by_member:
                by_member[meant] = given
                self.note(D.MEMBER_SPELLING, at)
            else:
                self.note(D.MEMBER_REPEATED if repeats(member, properties) else D.UNKNOWN_MEMBER, at)
                self.aside[at] = given
        return by_member

    # -- values -------------------------------------------------------------------------------------------------------

    def _value(self, value: Any, rule: Schema, name: str, path: str) -> Any:
        rule, name = self.tree.resolve(rule, name)
        match rule.get("type"):
            case None:
                return loose.write(value)
            case "object":
                return self._as_object(value, rule, name, path)
            case "array":
                return self._list(value, rule, name, path)
        read = scalars.read(value, rule, name)
        for each in read.rules:
            self.note(each, path)
        if read.value is None and D.EMPTY_TEXT not in read.rules:
            self._unreadable(value, path)
        if D.WORD_UNKNOWN in read.rules:
            self.aside[path] = value  # in case the record does not carry the station's own word
        return read.value

    def _as_object(self, value: Any, rule: Schema, name: str, path: str) -> Any:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            self.note(D.VALUE_FOR_OBJECT, path)
            value = value[0]
        chief = CHIEF_MEMBERS.get(name)
        if chief is not None and not isinstance(value, dict | list):
            self.note(D.VALUE_FOR_OBJECT, path)
            value = {chief: value}
        if isinstance(value, dict):
            return self.object(value, rule, name, path)
        self._unreadable(value, path)
        return None

    def _list(self, value: Any, rule: Schema, name: str, path: str) -> list[Any]:
        if not isinstance(value, list):
            self.note(D.SINGLE_FOR_LIST, path)
            value = [value]
        if len(value) < rule.get("minItems", 0):
            self.note(D.LIST_EMPTY, path)
            if path.endswith(SAMPLES):
                self.note(D.SAMPLE_SET_APART, path)
                self._put_apart("no sampled value", self._timestamp, None, [])
        if len(value) > rule.get("maxItems", len(value)):
            self.note(D.LIST_TOO_LONG, path)
        if path.endswith(SAMPLES):
            return self._samples(value, rule["items"], name, path)
        items = ((index, item) for index, item in enumerate(value) if not self._is_null(item, f"{path}[{index}]"))
        read = (self._value(item, rule["items"], f"{name}[]", f"{path}[{index}]") for index, item in items)
        return [item for item in read if item is not None]

    def _is_null(self, item: Any, path: str) -> bool:
        if item is None:
            self.note(D.NULL_MEMBER, path)
        return item is None

    # -- sampled values -----------------------------------------------------------------------------------------------

    def _samples(self, items: Iterable[Any], rule: Schema, name: str, path: str) -> list[Any]:
        """The usable sampled values; each of the others is set apart."""
        counting: list[Any] = []
        timestamp = self._timestamp
        for index, item in enumerate(items):
            at, before = f"{path}[{index}]", len(self.bends)
            sample = self._value(item, rule, f"{name}[]", at) if item is not None else None
            doubt = self._doubt(self.bends[before:], at) if sample is not None else "no object"
            if not doubt:
                counting.append(sample)
                continue
            self.note(D.SAMPLE_SET_APART, at)
            self._put_apart(doubt, timestamp, sample, item)
        return counting

    def _put_apart(self, reason: str, timestamp: str | None, sample: Any, item: Any) -> None:
        text = bytes(loose.write(item)).decode()
        self.apart.append(SetApartSample(reason=reason, timestamp=timestamp, sample=sample, text=text))

    def _doubt(self, bends: Iterable[Bend], path: str) -> str:
        """Why a sampled value cannot be used; empty where it can."""
        for bend in bends:
            member = bend.path.removeprefix(path)
            if bend.rule in _DOUBTFUL and not member.startswith(_BESIDE_THE_VALUE):
                return f"{bend.rule}: {member.removeprefix('.')}".removesuffix(": ")
        return ""


def _join(path: str, member: str) -> str:
    return f"{path}.{member}" if path else member


def _as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
