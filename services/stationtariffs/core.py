"""Tariffs at stations: what each is to have by the assignments, and what it has; where they differ, what is sent next. PURE.

What records say is remembered as they come, in whatever order; everything is sent at a `Due`, one command at a time, and each is chosen by
what the station has by then. First its tariffs are read (I09), then cleared where they stand in the way, then set (I07), and read again:
only the station's own word is believed. Tariffs are chosen by the time of the last record that mattered, and anew when the validity of an
assigned one begins or ends.
"""

import hashlib
from datetime import datetime
from typing import Literal

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Poison, Record
from schemas.commands import CommandSettled
from schemas.devicemodel import VariableChanged
from schemas.states.stationtariffs import Sending, StationTariffs
from schemas.stations import StationChanged
from schemas.stationtariffs import (
    ClearTariffs,
    GetTariffs,
    SetDefaultTariff,
    StationTariffsChanged,
    StationTariffStatus,
)
from services.following.commanding import OUTCOME_WITHIN, PAUSE, command_id, own_command
from services.following.remembering import later
from services.following.snapshots import revised
from services.stationtariffs.answers import settled
from services.stationtariffs.choosing import (
    NOTHING,
    ONLY_VERSION,
    Difference,
    References,
    Wanted,
    changes_at,
    difference,
    is_managed,
    wanted,
)
from services.stationtariffs.reading import reported

Step = tuple[StationTariffs, list[Record]]
What = Literal["", "read", "clear", "set"]

SERVICE = "stationtariffs"


def initial(key: str) -> StationTariffs:
    """A station of whose tariffs nothing is known."""
    return StationTariffs(station=key)


def due(state: StationTariffs, *, references: References, sites: frozenset[str]) -> datetime | None:
    """When something is to be sent, what was sent has had no outcome for too long, or another tariff may be due."""
    if state.sending is not None:
        return state.sending.until
    if state.acted_at is None or not state.connected or not is_managed(state, sites):
        return None
    every = wanted(state, references, state.acted_at)
    if _next(state, every)[0]:
        return max(state.acted_at, state.not_before or state.acted_at)
    return changes_at(state, references, state.acted_at)


def step(state: StationTariffs, record: Record, *, references: References, sites: frozenset[str]) -> Step:
    """Remember what a record says, send what is due, and publish the station's tariffs as a whole where they changed."""
    outputs: list[Record] = []
    match record:
        case StationChanged():
            after, at = _station(state, record), record.changed_at
        case CommandSettled():
            after, at = settled(state, record), record.settled_at
        case VariableChanged():
            after, at = reported(state, record), record.changed_at
        case Due():
            at = record.sent_at or record.at
            after, outputs = _acted(state, at, references, sites)
        case _:
            raise Poison(f"stationtariffs has no use for a {type(record).__name__}")
    if after is state:
        return state, []
    after, said = _told(after, at, references, sites)
    return after, [*said, *outputs]


# -- what is remembered -----------------------------------------------------------------------------------------------


def _station(state: StationTariffs, station: StationChanged) -> StationTariffs:
    if ONLY_VERSION not in (station.version, state.ocpp):
        return state
    evses = tuple(sorted({each.evse for each in station.connectors if each.evse > 0}))
    after = replace(
        state,
        ocpp=station.version,
        site=station.site,
        tenant=station.tenant,
        connected=station.connected and not station.removed,
        booted_at=station.booted_at or state.booted_at,
        evses=evses or state.evses,
    )
    if after == state:
        return state
    after = replace(after, acted_at=later(state.acted_at, station.changed_at))
    if after.booted_at != state.booted_at:  # it may be another make, or have lost what it had
        return replace(after, installed=None, verified=False, failures=0, not_before=None, stopped="", why="")
    return replace(after, not_before=None) if after.connected and not state.connected else after


# -- what is sent -----------------------------------------------------------------------------------------------------


def _next(state: StationTariffs, every: tuple[Wanted, ...]) -> tuple[What, Difference]:
    """What is to be sent next; empty: nothing, or the wish is another one than the one that was given up."""
    if (state.stopped == "refused" and state.wanted == _digest(every)) or state.stopped == "unsupported":
        return "", NOTHING
    if state.installed is None:
        return "read", NOTHING
    differs = difference(state, every)
    if differs.clear:
        return "clear", differs
    if differs.set:
        return "set", differs
    return ("" if state.verified else "read"), NOTHING


def _acted(state: StationTariffs, at: datetime, references: References, sites: frozenset[str]) -> Step:
    """Give up what has no outcome, or send what is next."""
    if state.sending is not None:
        if state.sending.until > at:
            return state, []
        why = "The outcome of the last command did not come."
        return replace(
            state, sending=None, installed=None, verified=False, why=why, not_before=at + PAUSE, acted_at=at
        ), []
    if not state.connected or not is_managed(state, sites) or (state.not_before is not None and state.not_before > at):
        return state, []
    every = wanted(state, references, later(state.acted_at, at))
    after = _wished(replace(state, acted_at=later(state.acted_at, at)), every)
    what, differs = _next(after, every)
    if not what:
        return (state if due(state, references=references, sites=sites) is None else after), []
    return _sent(after, what, differs, at)


def _wished(state: StationTariffs, every: tuple[Wanted, ...]) -> StationTariffs:
    """A wish that differs from the last one is tried anew, whatever became of that."""
    now = _digest(every)
    if now == state.wanted:
        return state
    stopped = "" if state.stopped == "refused" else state.stopped
    return replace(state, wanted=now, failures=0, stopped=stopped, why="" if not stopped else state.why)


def _digest(every: tuple[Wanted, ...]) -> str:
    told = [each.told for each in every]
    return hashlib.blake2b(msgspec.json.encode(told), digest_size=6).hexdigest()


def _sent(state: StationTariffs, what: What, differs: Difference, at: datetime) -> Step:
    number = state.asked + 1
    command: GetTariffs | ClearTariffs | SetDefaultTariff = GetTariffs()
    sending = Sending(command_id=command_id(SERVICE, state.station, number), what="read", until=at + OUTCOME_WITHIN)
    if what == "clear":
        command = ClearTariffs(tariff_ids=differs.clear)
        sending = replace(sending, what="clear", tariff_ids=differs.clear)
    elif what == "set" and (made := differs.set[0].made) is not None:
        command = SetDefaultTariff(evse=differs.set[0].told.evse, tariff=made)
        sending = replace(sending, what="set", tariff_ids=(made.tariff_id,), evse=differs.set[0].told.evse)
    request = own_command(sending.command_id, state.station, command, at, by=SERVICE)
    return replace(state, asked=number, sending=sending, not_before=None), [request]


# -- what is published ------------------------------------------------------------------------------------------------


def _told(state: StationTariffs, at: datetime, references: References, sites: frozenset[str]) -> Step:
    """The state that knows what was published, and the tariffs as a whole where they are not what was published last."""
    managed = is_managed(state, sites)
    if state.said is None and not managed and state.installed is None:
        return state, []
    every = wanted(state, references, state.acted_at or at) if managed else ()
    status, why = _status(state, every, managed=managed)
    before = state.said.installed if state.said else ()
    now = StationTariffsChanged(
        id="",
        station=state.station,
        revision=0,
        status=status,
        why=why,
        wanted=tuple(each.told for each in every),
        installed=state.installed if state.installed is not None else before,
        read_at=state.read_at,
        changed_at=at,
    )
    fresh = revised(state.said, now, at, state.station, "station-tariffs-changed")
    return (state, []) if fresh is None else (replace(state, said=fresh), [fresh])


def _status(state: StationTariffs, every: tuple[Wanted, ...], *, managed: bool) -> tuple[StationTariffStatus, str]:
    if not managed:
        return "unmanaged", ""
    if state.stopped:
        return state.stopped, state.why
    differs = state.installed is None or difference(state, every) != NOTHING
    if not differs and state.verified:
        problems = "; ".join(f"{each.told.tariff}: {each.told.problem}" for each in every if each.told.problem)
        return ("inexpressible", problems) if problems else ("in-step", "")
    if not state.connected:
        return "out-of-step", "The station is not connected."
    return ("sending" if state.sending is not None else "out-of-step"), state.why
