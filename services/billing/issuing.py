"""Issuing: the charge detail record of a session as it stands, and what is said where it differs from the last one. PURE.

Ids come from the session and the version: whoever hears a record twice knows it. The same content is never issued again.
"""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.base import Timestamp, derived_id
from schemas.billing import BilledSession, CdrIssued, ChargingPeriod, CostLine, Costs, SessionUsage, Unrated
from schemas.tariffs import Price, Tariff
from schemas.transactions import SessionChanged
from services.billing.course import Course, Metered, course_of
from services.billing.rating import rate

LONGEST = dt.timedelta(days=90)
"""Longer sessions are a clock's mistake more often than a stay: they are left to a person."""


class Site(NamedTuple):
    """Where a station stands: its site's name, and its time zone."""

    name: str
    zone: ZoneInfo


def course_until(snapshot: SessionChanged, usage: SessionUsage, until: Timestamp) -> Course:
    """The course of a session up to a moment that is not before its start."""
    return course_of(
        Metered(snapshot.started_at, until, snapshot.meter_start_wh, snapshot.meter_stop_wh, snapshot.energy_wh), usage
    )


def known_until(snapshot: SessionChanged) -> Timestamp:
    """How far a session is known: its end, or its newest reading while it runs."""
    return max(snapshot.started_at, snapshot.ended_at or snapshot.last_meter_at or snapshot.started_at)


def doubt(snapshot: SessionChanged, tariff: Tariff | None, until: Timestamp) -> Unrated:
    """Why the session cannot be priced; empty where it can."""
    if tariff is None:
        return "no-tariff"
    if until < snapshot.started_at:
        return "times-impossible"
    if until - snapshot.started_at > LONGEST:
        return "too-long"
    if snapshot.energy_wh is None and _prices_energy(tariff):
        return "energy-unknown"
    return ""


def _prices_energy(tariff: Tariff) -> bool:
    return any(c.type == "ENERGY" and c.price for element in tariff.elements for c in element.price_components)


def charged(session: BilledSession, tariff: Tariff | None, site: Site, *, at: Timestamp) -> CdrIssued:
    """The session's record as it stands, not yet numbered."""
    snapshot = session.snapshot
    assert snapshot is not None
    ended_at = snapshot.ended_at or snapshot.started_at
    unrated = doubt(snapshot, tariff, ended_at)
    rating = None
    if tariff is not None and not unrated:
        rating = rate(course_until(snapshot, session.usage, ended_at), tariff, site.zone)
    return CdrIssued(
        id="",
        version=0,
        session=snapshot.session,
        station=snapshot.station,
        transaction_id=snapshot.transaction_id,
        evse=snapshot.evse,
        connector=snapshot.connector,
        site=site.name,
        token=snapshot.token,
        status=snapshot.status,
        started_at=snapshot.started_at,
        ended_at=ended_at,
        time_zone=site.zone.key,
        meter_start_wh=snapshot.meter_start_wh,
        meter_stop_wh=snapshot.meter_stop_wh,
        energy_wh=snapshot.energy_wh,
        charging_s=_seconds(rating.charging_us) if rating else Decimal(0),
        parking_s=_seconds(rating.parking_us) if rating else Decimal(0),
        tariff=tariff.tariff if tariff else "",
        tariff_version=tariff.version if tariff else None,
        currency=tariff.currency if tariff else "",
        unrated=unrated,
        costs=rating.costs if rating else None,
        periods=rating.periods if rating else (),
        approximate=session.usage.thinned,
        anomalies=snapshot.anomalies,
        issued_at=at,
    )


def _seconds(us: int) -> Decimal:
    return Decimal(us).scaleb(-6)


def issued(last: CdrIssued | None, now: CdrIssued) -> tuple[CdrIssued, list[CdrIssued]]:
    """The session's last record after it became `now`, and what is said: nothing where nothing that is billed changed."""
    if last is None:
        first = replace(now, id=cdr_id(now.session, 1), version=1)
        return first, [first]
    if _essence(last) == _essence(now):
        return last, []
    version = last.version + 1
    following = replace(now, id=cdr_id(now.session, version), version=version, replaces=last.id)
    return following, [credit_of(last, at=now.issued_at), following]


def cdr_id(session: str, version: int, *, credit: bool = False) -> str:
    """The id of a session's charge detail record, the same for ever."""
    return derived_id("cdr", session, version, *(["credit"] if credit else []))


def credit_of(cdr: CdrIssued, *, at: Timestamp) -> CdrIssued:
    """A credit: all the data of the original, its amounts negative (mod_cdrs, Credit CDRs)."""
    return replace(
        cdr,
        id=cdr_id(cdr.session, cdr.version, credit=True),
        credit=True,
        credits=cdr.id,
        replaces="",
        costs=_negative_costs(cdr.costs) if cdr.costs else None,
        periods=tuple(_negative_period(period) for period in cdr.periods),
        issued_at=at,
    )


def _essence(cdr: CdrIssued) -> CdrIssued:
    """What is billed, and to whom: without the record's own numbers, and without remarks that change no amount."""
    return replace(
        cdr, id="", version=0, replaces="", status="ended", approximate=False, anomalies=(), issued_at=cdr.started_at
    )


def _negative(price: Price) -> Price:
    return Price(excl_vat=-price.excl_vat, incl_vat=None if price.incl_vat is None else -price.incl_vat)


def _negative_costs(costs: Costs) -> Costs:
    return Costs(**{name: _negative(getattr(costs, name)) for name in Costs.__struct_fields__})


def _negative_period(period: ChargingPeriod) -> ChargingPeriod:
    return replace(period, lines=tuple(_negative_line(line) for line in period.lines))


def _negative_line(line: CostLine) -> CostLine:
    return replace(line, cost=_negative(line.cost))


def told_cost(costs: Costs) -> Decimal:
    """What drivers are told: taxes included where the tariff knows them."""
    total = costs.total
    return total.excl_vat if total.incl_vat is None else total.incl_vat


def running_cost(session: BilledSession, tariff: Tariff | None, site: Site) -> Decimal | None:
    """What a running session costs as far as it is known; None where that cannot be said."""
    snapshot = session.snapshot
    assert snapshot is not None
    until = known_until(snapshot)
    if tariff is None or doubt(snapshot, tariff, until):
        return None
    return told_cost(rate(course_until(snapshot, session.usage, until), tariff, site.zone).costs)
