"""The ledger: what the CSMS has acknowledged of each session, so that it can be asked for afterwards. PURE."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

Kind = Literal["missing", "duplicate", "energy", "not ended", "unknown", "meter values"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One session as its station knows it.

    `ended`: start and end are acknowledged, the energy is exact. `open`: the start is acknowledged, the end is not: the
    session must exist, its energy is not compared. `unsure`: the start was never acknowledged: it may exist.
    `facts` and `readings` count what is acknowledged: messages, and the values in its MeterValues.
    """

    station: str
    transaction_id: str
    state: Literal["ended", "open", "unsure"]
    started_at: datetime
    meter_start_wh: int
    meter_stop_wh: int | None = None
    facts: int = 0
    readings: int = 0

    @property
    def energy_wh(self) -> int | None:
        """What the session must amount to."""
        return None if self.meter_stop_wh is None else self.meter_stop_wh - self.meter_start_wh


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One session as the CSMS shows it."""

    session: str
    station: str
    transaction_id: str
    status: str
    energy_wh: Decimal | None
    started_at: datetime


class FoundReadings(msgspec.Struct, frozen=True, kw_only=True):
    """How many periodic meter values of a session ClickHouse has: rows, and distinct ones among them."""

    rows: int
    readings: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A difference between what the CSMS acknowledged and what it shows afterwards."""

    kind: Kind
    station: str
    transaction_id: str
    detail: str
    source: str = "API"


def differences(entries: Iterable[Entry], found: Sequence[Found]) -> list[Difference]:
    """Compare, session by session, to the watt-hour; empty where all that was acknowledged is there, once."""
    by_key: dict[tuple[str, str], list[Found]] = {}
    for session in found:
        by_key.setdefault((session.station, session.transaction_id), []).append(session)
    reported: list[Difference] = []
    unsure: set[str] = set()
    for entry in entries:
        same = by_key.pop((entry.station, entry.transaction_id), [])
        if entry.state == "unsure":
            unsure.add(entry.station)
            continue
        reported.extend(_compare(entry, same))
    for (station, transaction_id), sessions in by_key.items():
        if station not in unsure:  # a start that was not acknowledged may have made it all the same
            reported.append(
                Difference(
                    kind="unknown",
                    station=station,
                    transaction_id=transaction_id,
                    detail=f"{len(sessions)} sessions that no station had",
                )
            )
    return reported


def reading_differences(entries: Iterable[Entry], found: Mapping[tuple[str, str], FoundReadings]) -> list[Difference]:
    """Compare the number of meter values, session by session: of one that runs, what is acknowledged must be there."""
    reported = []
    for entry in entries:
        if entry.state == "unsure":
            continue
        there = found.get((entry.station, entry.transaction_id), FoundReadings(rows=0, readings=0))
        detail = f"expected {entry.readings}, found {there.readings}"
        if there.readings < entry.readings or (entry.state == "ended" and there.readings > entry.readings):
            reported.append(_difference(entry, "meter values", detail))
        if there.rows > there.readings:
            reported.append(
                _difference(entry, "duplicate", f"{there.rows - there.readings} meter values more than once")
            )
    return reported


def _difference(entry: Entry, kind: Kind, detail: str) -> Difference:
    return Difference(kind=kind, station=entry.station, transaction_id=entry.transaction_id, detail=detail)


def _compare(entry: Entry, same: Sequence[Found]) -> list[Difference]:
    def differs(kind: Kind, detail: str) -> Difference:
        return _difference(entry, kind, detail)

    if not same:
        return [differs("missing", f"begun {entry.started_at.isoformat()}")]
    reported = []
    if len(same) > 1:
        reported.append(differs("duplicate", ", ".join(session.session for session in same)))
    if entry.state == "ended" and same[0].status == "active":
        reported.append(differs("not ended", same[0].session))
    if entry.state == "ended" and entry.energy_wh != same[0].energy_wh:
        reported.append(differs("energy", f"expected {entry.energy_wh} Wh, found {same[0].energy_wh}"))
    return reported
