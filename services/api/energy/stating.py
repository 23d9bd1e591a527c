"""Use cases of what is observed at sites: readings of meters, and what drivers need. Routes and pages call them."""

from datetime import datetime, timedelta
from decimal import Decimal

from schemas.energy import NeedStated, SiteMeterReported
from schemas.sitetreerules import AMPS_MOST, WATTS_MOST, evses_of, is_number
from services.api.energy.rows import Need, NeedGiven, ReadingGiven, ReadingsTaken
from services.api.energy.usecases import written_site
from services.api.ports import Ports
from services.api.web.parameters import in_utc
from services.api.web.problems import FieldError, invalid, invalid_fields, not_found

OLDEST, AHEAD = timedelta(hours=1), timedelta(minutes=1)
"""Readings of meters from before, or from later, say nothing about now."""

ENERGY_MOST = Decimal(10_000_000)
LONGEST_STAY = timedelta(days=30)


async def report(ports: Ports, site: str, meter: str, readings: tuple[ReadingGiven, ...]) -> ReadingsTaken:
    """Have the readings of a meter count; they are on Kafka when this returns. Raises Problem naming each fault, Outage."""
    record = written_site(ports, site)
    if meter not in {each.meter for each in record.tree.meters}:
        raise not_found(f"The tree of {site} has no meter {meter!r}.")
    now = ports.clock()
    if faults := [fault for place, each in enumerate(readings) for fault in _faults(place, each, now)]:
        raise invalid_fields(faults)
    records = [
        SiteMeterReported(
            id=ports.new_id(),
            site=site,
            meter=meter,
            amps=each.amps,
            watts=each.watts,
            measured_at=in_utc("measured_at", each.measured_at) or now,
            received_at=now,
            tenant=record.tenant,
        )
        for each in readings
    ]
    await ports.publisher.publish(*records)
    return ReadingsTaken(site=site, meter=meter, taken=len(records))


def _faults(place: int, reading: ReadingGiven, now: datetime) -> list[FieldError]:
    """What stands against a reading."""
    found: list[tuple[str, str]] = []
    if bool(reading.amps) == (reading.watts is not None):
        found.append(("amps", "say amps by line, or watts: one of them"))
    for line, amps in reading.amps.items():
        if not is_number(amps, AMPS_MOST):
            found.append((f"amps.{line}", f"is -{AMPS_MOST} to {AMPS_MOST}"))
    if reading.watts is not None and not is_number(reading.watts, WATTS_MOST):
        found.append(("watts", f"is -{WATTS_MOST} to {WATTS_MOST}"))
    at = in_utc("measured_at", reading.measured_at)
    if at is not None and not now - OLDEST <= at <= now + AHEAD:
        found.append(("measured_at", "is neither older than an hour nor ahead: what was is not what flows now"))
    return [FieldError(field=f"readings[{place}].{member}", detail=detail) for member, detail in found]


async def state_need(ports: Ports, site: str, station: str, evse: int, data: NeedGiven) -> Need:
    """Have a need stand for an EVSE of a site, in place of the one before. Raises Problem, Outage."""
    record = written_site(ports, site)
    if (station, evse) not in evses_of(record.tree):
        raise not_found(f"The tree of {site} has no EVSE {evse} of {station!r}.")
    now, departure = ports.clock(), in_utc("departure_at", data.departure_at)
    energy = data.energy_wh
    if energy is not None and not (is_number(energy, ENERGY_MOST) and energy >= 0):
        raise invalid("energy_wh", f"is 0 to {ENERGY_MOST}")
    if departure is not None and not now < departure <= now + LONGEST_STAY:
        raise invalid("departure_at", f"is ahead, by {LONGEST_STAY.days} days at most")
    stated = NeedStated(
        id=ports.new_id(),
        site=site,
        station=station,
        evse=evse,
        transaction_id=data.transaction_id,
        energy_wh=energy,
        departure_at=departure,
        stated_by=ports.principal.name,
        at=now,
    )
    await ports.publisher.publish(stated)
    return need_of(stated)


def need_of(record: NeedStated) -> Need:
    """The record as the API gives it."""
    return Need(**{name: getattr(record, name) for name in Need.__struct_fields__})
