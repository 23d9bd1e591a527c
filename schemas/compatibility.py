"""Compatibility: a matrix of station models that deviate from OCPP, and the rules that apply to them.

The matrix consists of shipped rows (`compatibility.json`) and rows of operators, which are reference data. A row of an operator
replaces the shipped one of the same name.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from schemas.base import Record, Timestamp
from schemas.topic import Topic

LONGEST_PATTERN = 64
ANY = "*"


class Rule(StrEnum):
    """Rules for stations that need more than lenient reading of messages, which applies to all."""

    NO_PONG = "no-pong"
    """It answers no ping. Any frame is a sign of life, and it may be silent for longer (the gateway's `no_pong_silence_s`)."""

    NO_HEARTBEAT = "no-heartbeat"
    """It sends no Heartbeat. An answer to a ping counts as a sign of life; if it answers none either, silence never ends its connection."""

    ENERGY_KWH_AS_WH = "energy-kwh-as-wh"
    """Its energy registers and intervals are in kWh, labelled Wh or nothing. They are multiplied by 1000, meterStart and meterStop too."""

    LOCAL_TIME_AS_UTC = "local-time-as-utc"
    """Its times end in Z but are local: they are read in the station's time zone, where an operator provisioned one."""

    BASIC_USER = "basic-user"
    """Its Basic user name is not its id: any name is accepted and only the password counts (otherwise A00.FR.204 applies)."""

    CLOCK_JUMPS = "clock-jumps"
    """Its clock jumps: no clock offset is estimated, and a time after its arrival is replaced by the time of arrival."""


MEANINGS: Mapping[Rule, str] = {
    Rule.NO_PONG: "answers no ping: any frame is a sign of life, and it may be silent for longer",
    Rule.NO_HEARTBEAT: "sends no Heartbeat: an answer to a ping is a sight of it",
    Rule.ENERGY_KWH_AS_WH: "counts kWh and says Wh, or nothing: energies are taken times 1000",
    Rule.LOCAL_TIME_AS_UTC: "says Z and means local time: read in the station's time zone",
    Rule.BASIC_USER: "has a Basic user name that is not its id: any is accepted, the password counts",
    Rule.CLOCK_JUMPS: "has a clock that jumps: times ahead give way to the time of arrival",
}
"""What each rule does, for people; the subject is the station."""

Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_PATTERN)]


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row: the stations it applies to, and their rules.

    Patterns are compared without case; `*` stands for any characters, `?` for one. All four must match; `station` is the id.
    `deviations` (of `schemas.deviations`) documents what their messages are known to need; `strict`: their messages are never read
    leniently.
    """

    name: str
    vendor: Pattern = ANY
    model: Pattern = ANY
    firmware: Pattern = ANY
    station: Pattern = ANY
    rules: tuple[Rule, ...] = ()
    deviations: tuple[str, ...] = ()
    strict: bool = False
    note: str = ""


# -- reference data, on csms.ref.compatibility (compacted) ------------------------------------------------------------


class CompatibilityProvisioned(Record, frozen=True, kw_only=True, tag="compatibility-provisioned"):
    """A row that an operator provisioned; it replaces a shipped row of the same name."""

    name: str
    row: Row
    provisioned_at: Timestamp
    provisioned_by: str = ""


class CompatibilityRemoved(Record, frozen=True, kw_only=True, tag="compatibility-removed"):
    """The operator's row was removed; a shipped one of the same name applies again."""

    name: str
    removed_at: Timestamp
    removed_by: str = ""


# -- rules for one station --------------------------------------------------------------------------------------------


class Match(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The rules of the matrix for one station, and the names of the rows that they come from."""

    rules: frozenset[str] = frozenset()
    strict: bool = False
    rows: tuple[str, ...] = ()


NO_MATCH = Match()


class Matrix:
    """Looks up the rows for a station. If rows name the station itself, without `*` and `?`, only these apply."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = [(row, _folded(row)) for row in sorted(rows, key=lambda row: row.name)]

    def rules_for(self, *, station: str, vendor: str = "", model: str = "", firmware: str = "") -> Match:
        """The rules for a station; vendor, model and firmware are empty where unknown."""
        station_texts = tuple(text.casefold() for text in (vendor, model, firmware, station))
        matching = [row for row, patterns in self._rows if all(map(matches, patterns, station_texts))]
        own = [row for row in matching if not _is_pattern(row.station)]
        rows = own or matching
        if not rows:
            return NO_MATCH
        return Match(
            rules=frozenset(str(rule) for row in rows for rule in row.rules),
            strict=any(row.strict for row in rows),
            rows=tuple(row.name for row in rows),
        )


def merge_rows(rows: Mapping[str, Row]) -> tuple[Row, ...]:
    """All rows in force: those of operators, and the shipped ones that are not replaced."""
    return (*rows.values(), *(row for row in shipped_rows() if row.name not in rows))


@cache
def shipped_rows() -> tuple[Row, ...]:
    """The shipped rows."""
    text = resources.files("schemas").joinpath("compatibility.json").read_bytes()
    return msgspec.json.decode(text, type=tuple[Row, ...])


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern of `*` and `?`; takes at most the product of both lengths."""
    star = mark = -1
    place = at = 0
    while at < len(text):
        if place < len(pattern) and pattern[place] == ANY:
            star, mark = place, at
            place += 1
        elif place < len(pattern) and pattern[place] in ("?", text[at]):
            place, at = place + 1, at + 1
        elif star >= 0:
            mark += 1
            place, at = star + 1, mark
        else:
            return False
    return not pattern[place:].strip(ANY)


def _is_pattern(text: str) -> bool:
    return ANY in text or "?" in text


def _folded(row: Row) -> tuple[str, str, str, str]:
    return row.vendor.casefold(), row.model.casefold(), row.firmware.casefold(), row.station.casefold()


REF_COMPATIBILITY = Topic(
    name="csms.ref.compatibility",
    meaning="Reference data: rows that operators add to the compatibility matrix.",
    records=(CompatibilityProvisioned, CompatibilityRemoved),
    key="name",
    retention_s=None,
)

TOPICS = (REF_COMPATIBILITY,)
