"""Bills: what a session costs so far, or would have cost by another tariff, worked out as billing does.

Readings, and what the station said of charging, come from the history.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from schemas.authorization import IdToken
from schemas.base import Record
from schemas.billing import ChargingStateMark, SessionUsage
from schemas.quantities import ENERGY_EXPORT, ENERGY_IMPORT, POWER_IMPORT, Reading
from schemas.tariffs import Tariff
from schemas.transactions import SessionChanged
from services.api.cdrs.rows import Bill, Cdr, Paid, Rated
from services.api.payments.rows import PaymentFilter
from services.api.ports import Ports
from services.api.sessions.rows import Session
from services.billing.issuing import Site, course_until, doubt, measured_until
from services.billing.lookup import REFERENCES, site_of, tariff_for
from services.billing.rating import rate
from services.billing.readings import with_readings, with_state

READINGS_AT_ONCE = 500
MOST_PAYMENTS = 5
MOST_PAGES = 20
"""Readings of one session that are read: 10,000 of energy and as many of power."""

_STATES = {"charging": "Charging", "parking": "SuspendedEV", "withheld": "SuspendedEVSE"}


async def bill(ports: Ports, session: Session) -> Bill:
    """What a session costs: its newest record, or its running cost while there is none."""
    cdr = await ports.reads.session_cdr(session.session)
    paid = await _paid(ports, session)
    if session.status != "active":
        return Bill(session=session.session, cdr=cdr, running=None, paid=paid)
    snapshot, site = _snapshot(session), _site(ports, session.station)
    tariff = tariff_for(_references(ports), snapshot, site)
    return Bill(
        session=session.session, cdr=cdr, running=await _rated(ports, snapshot, tariff, site=site, cdr=cdr), paid=paid
    )


async def _paid(ports: Ports, session: Session) -> tuple[Paid, ...]:
    found = await ports.reads.payments(PaymentFilter(session=session.session), limit=MOST_PAYMENTS)
    return tuple(
        Paid(payment=one.payment, psp_ref=one.psp_ref, status=one.status, amount=one.amount) for one in found.items
    )


async def simulated(ports: Ports, session: Session, tariff: Tariff) -> Rated:
    """What a session would have cost by this tariff, whether or not that was valid then."""
    cdr = await ports.reads.session_cdr(session.session)
    snapshot = _snapshot(session)
    if cdr is None:
        return await _rated(ports, snapshot, tariff, site=_site(ports, session.station), cdr=None)
    # where and when it charged as it was billed: a station may have moved, and its clock may be wrong
    snapshot = msgspec.structs.replace(snapshot, started_at=cdr.started_at, ended_at=cdr.ended_at)
    return await _rated(ports, snapshot, tariff, site=Site(cdr.site, ZoneInfo(cdr.time_zone)), cdr=cdr)


async def _rated(
    ports: Ports, snapshot: SessionChanged, tariff: Tariff | None, *, site: Site, cdr: Cdr | None
) -> Rated:
    until = measured_until(snapshot)
    unrated = doubt(snapshot, tariff, until)
    rating = None
    if tariff is not None and not unrated:
        usage = await _usage(ports, snapshot, cdr)
        rating = rate(course_until(snapshot, usage, until), tariff, site.zone)
    return Rated(
        session=snapshot.session,
        tariff=tariff.tariff if tariff else "",
        tariff_version=tariff.version if tariff else None,
        currency=tariff.currency if tariff else "",
        time_zone=site.zone.key,
        started_at=snapshot.started_at,
        until=until,
        energy_wh=snapshot.energy_wh,
        exported_wh=snapshot.exported_wh,
        unrated=unrated,
        costs=rating.costs if rating else None,
        periods=rating.periods if rating else (),
    )


async def _usage(ports: Ports, snapshot: SessionChanged, cdr: Cdr | None) -> SessionUsage:
    usage, session = SessionUsage(), snapshot.session
    for measurand in (ENERGY_IMPORT, POWER_IMPORT, *([ENERGY_EXPORT] if snapshot.exported_wh else [])):
        cursor = None
        for _ in range(MOST_PAGES):
            page = await ports.reads.meter_values(session, measurand=measurand, cursor=cursor, limit=READINGS_AT_ONCE)
            usage = with_readings(usage, (msgspec.convert(row, Reading, from_attributes=True) for row in page.items))
            cursor = page.next_cursor
            if cursor is None:
                break
    states = await ports.reads.charging_states(session)
    if not states and cdr is not None:  # a session of the time before states were kept
        states = tuple(ChargingStateMark(period.started_at, _STATES[period.use]) for period in cdr.periods)
    for mark in states:
        usage = with_state(usage, mark.at, mark.state)
    return usage


def _snapshot(session: Session) -> SessionChanged:
    """The row as the record it was made of."""
    fields = {name: getattr(session, name) for name in Session.__struct_fields__ if name not in {"token", "token_type"}}
    token = None if session.token is None else IdToken(value=session.token, type=session.token_type)
    return SessionChanged(id="", revision=0, token=token, **fields)


def _site(ports: Ports, station: str) -> Site:
    return site_of(_references(ports), station, ZoneInfo(ports.config.default_time_zone))


def _references(ports: Ports) -> Mapping[str, Mapping[str, Record]]:
    return {topic.name: ports.pricing.all(topic) for topic in REFERENCES}
