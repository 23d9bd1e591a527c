"""Observing: what is known of each EVSE and meter of a site, and what its car takes. PURE.

Everything is kept once, whatever comes again: the newest `at` of an EVSE and the newest reading of a meter stand for all before.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from schemas.energy import Amperes, EvseObserved, NeedStated, SiteMeterReported
from schemas.sitetrees import LINES, Line, SiteMeter
from schemas.states.energy import EvseState, MeterState, Need, SiteState
from services.energy.sites import Lines, Place, Site

FUTURE_MOST = timedelta(minutes=1)
"""A reading from later than that counts as of when it was received: the meter's clock is wrong."""

NARROW_AFTER = 2
"""So many readings in a row have to say that a car loads some of its phases alone."""

LOADED_A, UNLOADED_A = 4.0, 0.8
"""A phase carries current, or none, where the others tell."""


def evse_of(state: SiteState, station: str, evse: int) -> EvseState:
    """What is known of an EVSE."""
    found = next((each for each in state.evses if each.station == station and each.evse == evse), None)
    return found or EvseState(station=station, evse=evse)


def with_evse(state: SiteState, evse: EvseState) -> SiteState:
    """The state with what is known of this EVSE now."""
    others = [each for each in state.evses if (each.station, each.evse) != (evse.station, evse.evse)]
    return replace(state, evses=tuple(sorted([*others, evse], key=lambda each: (each.station, each.evse))))


# -- EVSEs --------------------------------------------------------------------------------------------------------------


def observed(evse: EvseState, event: EvseObserved) -> EvseState:
    """The EVSE by what was observed; something older than what is known changes nothing.

    A transaction that is over takes its limit with it (TxProfile, K01). A station that comes back may have lost it: it is told again.
    """
    if evse.heard_at is not None and event.at <= evse.heard_at:
        return evse
    back = event.connected and not evse.connected and evse.heard_at is not None
    after = replace(
        evse,
        heard_at=event.at,
        connected=event.connected,
        charging_state=event.charging_state,
        units=event.units,
        external_a=None if event.external_a is None else float(event.external_a),
        again=evse.again or (back and evse.told is not None),
    )
    if event.transaction_id != evse.transaction_id:
        after = _of_another_transaction(after, event)
    if event.measured_at is not None and (after.measured_at is None or event.measured_at > after.measured_at):
        after = _measured(after, event)
    return after


def _of_another_transaction(evse: EvseState, event: EvseObserved) -> EvseState:
    """Nothing of what was told or learnt for one transaction holds for another; what it draws by itself stays."""
    return replace(
        evse,
        transaction_id=event.transaction_id,
        session=event.session,
        began_at=event.at if event.transaction_id else None,
        amps={},
        watts=None,
        energy_wh=None,
        measured_at=None,
        read_at=None,
        told=None,
        sent=None,
        maybe=None,
        falling_a=0.0,
        falling_until=None,
        failures=0,
        not_before=None,
        again=False,
        paused_at=None,
        resumed_at=None,
        ceiling_a=None,
        below_since=None,
        phases=(),
        narrow=0,
        strikes=0,
        strike_at=None,
        drawn_a=0.0,
    )


def _measured(evse: EvseState, event: EvseObserved) -> EvseState:
    """A reading; one whose time is far ahead of ours counts as of now."""
    assert event.measured_at is not None
    amps = {line: float(value) for line, value in event.amps.items()}
    after = replace(
        evse,
        amps=amps,
        watts=None if event.watts is None else float(event.watts),
        energy_wh=None if event.energy_wh is None else float(event.energy_wh),
        measured_at=event.measured_at if event.measured_at <= event.at + FUTURE_MOST else event.at,
        read_at=event.at,
    )
    return _loading(after)


def _loading(evse: EvseState) -> EvseState:
    """Which of its own phases the car loads: learnt where some carry current and the others none, unlearnt as soon as another does."""
    if len(evse.amps) < 2:
        return evse
    loaded = tuple(line for line in LINES if evse.amps.get(line, 0.0) > UNLOADED_A)
    if evse.phases and any(line not in evse.phases for line in loaded):
        evse = replace(evse, phases=(), narrow=0)
    clear = bool(loaded) and len(loaded) < len(evse.amps) and max(evse.amps.values()) >= LOADED_A
    if evse.phases or not clear:
        return evse if evse.phases or not loaded else replace(evse, narrow=0)
    narrow = evse.narrow + 1
    return replace(evse, narrow=narrow, phases=loaded if narrow >= NARROW_AFTER else ())


def draws(evse: EvseState, place: Place, voltage: float) -> float | None:
    """What the car draws on the phase that it loads most, in A; None: nothing was measured."""
    if evse.amps:
        return max(evse.amps.values())
    if evse.watts is None:
        return None
    factor = voltage * 3**0.5 if place.outlet.delta else voltage * (len(evse.phases) or place.phases)
    return evse.watts / factor


def lines_of(evse: EvseState, place: Place) -> Lines:
    """The lines of the tree that the car loads: those of its phases where the tree says how they are wired."""
    outlet = place.outlet
    if outlet.delta or outlet.dc or not evse.phases or not outlet.lines:
        return outlet.lines
    own = dict(zip(LINES, outlet.lines, strict=False))
    used = tuple(own[phase] for phase in evse.phases if phase in own)
    return used or outlet.lines


def narrowed(state: SiteState, site: Site) -> dict[str, Lines]:
    """The outlets whose cars load fewer lines than they could, by their nodes."""
    result: dict[str, Lines] = {}
    for evse in state.evses:
        at = site.by_evse.get((evse.station, evse.evse))
        if at is None or not evse.phases:
            continue
        lines = lines_of(evse, site.places[at])
        if lines != site.places[at].outlet.lines:
            result[site.places[at].node] = lines
    return result


# -- meters -------------------------------------------------------------------------------------------------------------


def metered(state: SiteState, event: SiteMeterReported, voltage: float) -> SiteState:
    """The state with a reading; an older one than the last changes nothing."""
    before = next((each for each in state.meters if each.meter == event.meter), None)
    measured_at = min(event.measured_at, event.received_at)
    if before is not None and (measured_at, event.received_at) <= (before.measured_at, before.received_at):
        return state
    amps = _by_line(event, voltage)
    greatest = max(amps.values(), default=0.0)
    fresh = MeterState(
        meter=event.meter,
        amps=amps,
        greatest_a=greatest if before is None else max(before.greatest_a, greatest),
        measured_at=measured_at,
        received_at=event.received_at,
    )
    others = [each for each in state.meters if each.meter != event.meter]
    return replace(state, meters=tuple(sorted([*others, fresh], key=lambda each: each.meter)))


def _by_line(event: SiteMeterReported, voltage: float) -> dict[Line, float]:
    if event.amps or event.watts is None:
        return {line: float(value) for line, value in event.amps.items()}
    return dict.fromkeys(LINES, float(event.watts) / (3 * voltage))


def silent_at(meter: SiteMeter, known: MeterState | None, since: datetime) -> datetime:
    """When the meter counts as silent unless something is read. A reading that came later than that after it was made is none."""
    patience = timedelta(seconds=meter.stale_after_s)
    if known is None:
        return since + patience
    late = known.received_at - known.measured_at > patience
    return (known.measured_at if late else known.received_at) + patience


def flows(site: Site, state: SiteState, at: datetime) -> dict[str, Amperes]:
    """What each meter counts with: as it reads, or as is assumed of it where it is silent."""
    known = {each.meter: each for each in state.meters}
    since = state.known_at or at
    result: dict[str, Amperes] = {}
    for meter in site.tree.meters:
        reading = known.get(meter.meter)
        if reading is not None and at < silent_at(meter, reading, since):
            result[meter.meter] = {line: Decimal(value) for line, value in reading.amps.items()}
            continue
        assumed = meter.assumed_a
        greatest = (reading.greatest_a if reading is not None else 0.0) if assumed is None else float(assumed)
        result[meter.meter] = dict.fromkeys(LINES, Decimal(greatest))
    return result


def silent(site: Site, state: SiteState, at: datetime) -> Iterable[SiteMeter]:
    """The meters that are silent now."""
    known = {each.meter: each for each in state.meters}
    since = state.known_at or at
    return (meter for meter in site.tree.meters if at >= silent_at(meter, known.get(meter.meter), since))


# -- needs --------------------------------------------------------------------------------------------------------------


def needed(state: SiteState, event: NeedStated) -> SiteState:
    """The state with what was stated; something older than the last changes nothing."""
    before = next((one for one in state.needs if (one.station, one.evse) == (event.station, event.evse)), None)
    if before is not None and event.at <= before.at:
        return state
    fresh = Need(
        station=event.station,
        evse=event.evse,
        transaction_id=event.transaction_id,
        energy_wh=None if event.energy_wh is None else float(event.energy_wh),
        departure_at=event.departure_at,
        at=event.at,
    )
    others = [one for one in state.needs if (one.station, one.evse) != (event.station, event.evse)]
    return replace(state, needs=tuple(sorted([*others, fresh], key=lambda one: (one.station, one.evse))))
