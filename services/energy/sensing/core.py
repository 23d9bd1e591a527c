"""Sensing: what is known of each EVSE of a tree, as a whole, whenever something of it changes; and what became of its limits. PURE.

Connections, sessions, units and limits of others are remembered for every station, for its tree may come later; of stations in no tree
readings and outcomes are dropped, so that they cost next to nothing. The order in which topics are read does not matter, and what comes
again changes nothing: of each thing the newest counts.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.authorization import token_key
from schemas.base import Due, Record, derived_id
from schemas.chargingneeds import ChargingLimitCleared, ChargingLimitReported
from schemas.commands import OUTCOMES, CommandSettled
from schemas.energy import EvseObserved, SiteMeterReported
from schemas.limits import StationLimited
from schemas.states.sitesensing import SensedLimit, SensedMeter, SensedSession, StationSensed, Told
from schemas.stations import StationChanged
from schemas.transactions import METER_VALUES, MeterValuesRecorded, SessionChanged
from services.energy.sensing.answers import PASSED_ON, REMEMBERED, limit_answered
from services.energy.sensing.others import allowed_a, kept, next_change
from services.energy.sensing.places import Here, Places, References, Spot
from services.energy.sensing.readings import Now, joined, shown

Step = tuple[StationSensed, list[Record]]

LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00Z")
AFTER = timedelta(milliseconds=1)
"""What is passed on counts as at least so much later than what was before: the newest stands for all."""

WITHOUT_ID = ""

OF_TREES_ALONE = frozenset({METER_VALUES.name, OUTCOMES.name})


def initial(key: str) -> StationSensed:
    """A station of which nothing is known."""
    return StationSensed(station=key)


def due(state: StationSensed, *, references: References, places: Places) -> datetime | None:
    """At once where its places in trees changed; when what others allow changes next."""
    here = places(state.station, references)
    if here.digest != state.places:
        return LONG_AGO
    if not here.spots or state.judged_at is None:
        return None
    return next_change(state.limits, state.judged_at)


def wants(topic: str, station: str, *, references: References, places: Places) -> bool:
    """Readings and outcomes of stations in no tree are not even read."""
    return topic not in OF_TREES_ALONE or bool(places(station, references).digest)


def step(state: StationSensed, record: Record, *, references: References, places: Places) -> Step:
    """Remember what a record says, and pass on what it changes for the sites of the station."""
    here = places(state.station, references)
    match record:
        case MeterValuesRecorded():
            after, at = _measured(state, record, here) if here.digest else state, record.received_at
        case SessionChanged():
            after, at = _session(state, record, known=bool(here.digest)), record.changed_at
        case StationChanged():
            after, at = _connection(state, record), record.changed_at
        case StationLimited():
            after, at = _units(state, record), record.at
        case ChargingLimitReported() | ChargingLimitCleared():
            after, at = _limited(state, record), record.received_at
        case CommandSettled():
            return _answered(state, record, here)
        case Due():
            at = record.sent_at or record.at
            after = replace(state, judged_at=at) if state.limits else state
        case _:
            return state, []  # of the topics' other records sites make nothing
    if not here.digest:
        return _nowhere(after), []
    if after is state and state.places == here.digest:
        return state, []
    return _told(after, here, at)


# -- what is remembered -----------------------------------------------------------------------------------------------


def _connection(state: StationSensed, station: StationChanged) -> StationSensed:
    if station.revision <= state.revision:
        return state
    connected = station.connected and not station.removed
    if connected == state.connected:
        return state  # what else is said of the station does not matter here
    return replace(state, revision=station.revision, connected=connected)


def _units(state: StationSensed, limited: StationLimited) -> StationSensed:
    if limited.revision <= state.units_revision or limited.limits.rate_units == state.units:
        return state
    return replace(state, units_revision=limited.revision, units=limited.limits.rate_units)


def _session(state: StationSensed, session: SessionChanged, *, known: bool) -> StationSensed:
    """Of an EVSE the session that began last counts, by its newest snapshot. The energy is kept where a tree is `known` that names it."""
    if session.evse is None or session.evse < 1:
        return state
    before = next((one for one in state.sessions if one.evse == session.evse), None)
    if before is not None and (before.started_at, before.session) > (session.started_at, session.session):
        return state
    if before is not None and before.session == session.session and before.revision >= session.revision:
        return state
    over = session.status != "active"
    one = SensedSession(
        evse=session.evse,
        session=session.session,
        revision=session.revision,
        transaction_id=session.transaction_id,
        token="" if session.token is None else token_key(session.token.value),
        started_at=session.started_at,
        ended_at=(session.ended_at or session.changed_at) if over else None,
        over=over,
        charging_state=session.charging_state,
        energy_wh=session.energy_wh if known else None,
    )
    if before is not None and replace(one, revision=before.revision) == before:
        return state  # a reading more, which comes by itself
    others = [each for each in state.sessions if each.evse != session.evse]
    return replace(state, sessions=tuple(sorted([*others, one], key=lambda each: each.evse)))


def _limited(state: StationSensed, record: ChargingLimitReported | ChargingLimitCleared) -> StationSensed:
    if isinstance(record, ChargingLimitReported) and record.local_generation:
        return state  # it adds to what is there (K27)
    schedules = record.schedules if isinstance(record, ChargingLimitReported) else ()
    one = SensedLimit(source=record.source, evse=record.evse or 0, schedules=schedules, at=record.received_at)
    limits = kept(state.limits, one)
    return state if limits == state.limits else replace(state, limits=limits)


def _measured(state: StationSensed, record: MeterValuesRecorded, here: Here) -> StationSensed:
    evse = record.evse or 0
    if evse == 0 and not here.meters:
        return state
    known = next((one for one in state.meters if one.evse == evse), SensedMeter(evse=evse))
    values = joined(known.values, record.readings, upstream=evse == 0)
    if values == known.values:
        return state
    others = [one for one in state.meters if one.evse != evse]
    meters = sorted([*others, SensedMeter(evse=evse, values=values)], key=lambda one: one.evse)
    return replace(state, meters=tuple(meters))


def _nowhere(state: StationSensed) -> StationSensed:
    """A station that is in no tree any more: nothing was told to anybody, and its meters do not matter."""
    if not state.places and not state.meters:
        return state
    return replace(state, meters=(), told={}, answered=(), judged_at=None, places="")


def _answered(state: StationSensed, settled: CommandSettled, here: Here) -> Step:
    if settled.command not in PASSED_ON or not here.spots or settled.command_id in state.answered:
        return state, []
    answered = (*state.answered, settled.command_id)[-REMEMBERED:]
    sites = dict.fromkeys(spot.site for spot in here.spots)
    said: list[Record] = [limit_answered(settled, site, here.spots) for site in sites]
    return replace(state, answered=answered), said


# -- what is passed on ------------------------------------------------------------------------------------------------


def _told(state: StationSensed, here: Here, at: datetime) -> Step:
    """Pass on each EVSE, and each meter, that is not what it was when it was last."""
    told = state.told if state.places == here.digest else {}
    judged_at = max(at, state.judged_at or at) if state.limits else None
    said: list[Record] = []
    for place, seen in _seen(state, here, judged_at or at):
        digest = _digest(seen)
        known = told.get(place)
        if known is not None and known.digest == digest:
            continue
        moment = at if known is None else max(at, known.at + AFTER)
        told = {**told, place: Told(digest, moment)}
        said.append(_dated(seen, place, moment))
    return replace(state, told=told, judged_at=judged_at, places=here.digest), said


def _dated(seen: EvseObserved | SiteMeterReported, place: str, at: datetime) -> Record:
    number = derived_id(place, at.isoformat())
    return (
        replace(seen, id=number, at=at) if isinstance(seen, EvseObserved) else replace(seen, id=number, received_at=at)
    )


def _digest(seen: EvseObserved | SiteMeterReported) -> str:
    """What tells an observation from another. The energy alone is nothing new: it comes with the next reading."""
    plain = replace(seen, energy_wh=None) if isinstance(seen, EvseObserved) else seen
    return derived_id(msgspec.json.encode(plain).decode())


def _seen(state: StationSensed, here: Here, at: datetime) -> Iterator[tuple[str, EvseObserved | SiteMeterReported]]:
    evses = len({spot.evse for spot in here.spots})
    for spot in here.spots:
        yield f"{spot.site} {spot.evse}", _evse(state, spot, at, evses)
    for meter in here.meters:
        now = _shown(state, 0, phases=3, volts=meter.volts, since=None)
        if now is not None:
            own = SiteMeterReported(
                id=WITHOUT_ID,
                site=meter.site,
                meter=meter.meter,
                amps=now.amps,
                watts=now.watts,
                measured_at=now.at,
                received_at=LONG_AGO,
            )
            yield f"{meter.site} {meter.meter} of {state.station}", own


def _evse(state: StationSensed, spot: Spot, at: datetime, evses: int) -> EvseObserved:
    """An EVSE as a whole. What was measured before its session began, or before the last one ended, says nothing of now."""
    session = next((one for one in state.sessions if one.evse == spot.evse), None)
    running = session if session is not None and not session.over else None
    since = None if session is None else session.started_at if session.ended_at is None else session.ended_at + AFTER
    now = _shown(state, spot.evse, phases=spot.phases, volts=spot.volts, since=since)
    return EvseObserved(
        id=WITHOUT_ID,
        site=spot.site,
        station=state.station,
        evse=spot.evse,
        connected=state.connected,
        units=state.units,
        external_a=allowed_a(state.limits, spot, at, evses=evses),
        at=LONG_AGO,
        **({} if running is None else _of_session(running)),
        **({} if now is None else _of_meter(now)),
    )


def _of_session(session: SensedSession) -> dict[str, Any]:
    return {
        "transaction_id": session.transaction_id,
        "session": session.session,
        "token": session.token,
        "started_at": session.started_at,
        "charging_state": session.charging_state,
        "energy_wh": session.energy_wh,
    }


def _of_meter(now: Now) -> dict[str, Any]:
    return {"amps": now.amps, "watts": now.watts, "volts": now.volts, "soc_percent": now.soc, "measured_at": now.at}


def _shown(state: StationSensed, evse: int, *, phases: int, volts: Decimal, since: datetime | None) -> Now | None:
    meter = next((one for one in state.meters if one.evse == evse), None)
    return None if meter is None else shown(meter.values, phases=phases, volts=volts, since=since)
