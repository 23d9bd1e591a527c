"""Issuing: makes the charge detail record of a session, and its corrections where it differs from the last one. PURE.

Ids are derived from session and version, so that readers recognise repeats. The same content is never issued twice.
"""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.base import Timestamp, derived_id
from schemas.billing import CdrIssued, ChargingPeriod, CostLine, Costs, SessionUsage, Unrated
from schemas.operators import DEFAULT_TENANT
from schemas.tariffs import Price, Tariff
from schemas.transactions import SessionChanged
from services.billing.course import Course, SessionTotals, course_of
from services.billing.money import Rational, round_half_up
from services.billing.rating import rate
from services.billing.times import Believable

LONGEST = dt.timedelta(days=90)
"""Longer sessions are more often clock errors than real: they are not rated, and left to an operator."""


class Site(NamedTuple):
    """The site of a station: its name and time zone, and whose the station is."""

    name: str
    zone: ZoneInfo
    tenant: str = DEFAULT_TENANT


def course_until(snapshot: SessionChanged, usage: SessionUsage, until: Timestamp) -> Course:
    """The course of a session up to a moment that is not before its start."""
    return course_of(
        SessionTotals(
            snapshot.started_at,
            until,
            *(snapshot.meter_start_wh, snapshot.meter_stop_wh, snapshot.energy_wh),
            *(snapshot.export_start_wh, snapshot.export_stop_wh, snapshot.exported_wh),
        ),
        usage,
    )


def measured_until(snapshot: SessionChanged) -> Timestamp:
    """Until when a session is known: its end, or its newest reading while it runs."""
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


def cdr_of(believable: Believable, tariff: Tariff | None, site: Site, *, at: Timestamp) -> CdrIssued:
    """The session's present record, without id and version."""
    snapshot, usage = believable.snapshot, believable.usage
    ended_at = snapshot.ended_at or snapshot.started_at
    unrated: Unrated = "times-impossible" if believable.impossible else doubt(snapshot, tariff, ended_at)
    rating = None
    if tariff is not None and not unrated:
        rating = rate(course_until(snapshot, usage, ended_at), tariff, site.zone)
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
        approximate=usage.thinned,
        anomalies=snapshot.anomalies,
        estimated=is_estimated(snapshot),
        stopped_reason=snapshot.stopped_reason,
        stopped_detail=snapshot.stopped_detail,
        issued_at=at,
        export_start_wh=snapshot.export_start_wh,
        export_stop_wh=snapshot.export_stop_wh,
        exported_wh=snapshot.exported_wh,
    )


def is_estimated(snapshot: SessionChanged) -> bool:
    """Whether its end is presumed, not reported."""
    return snapshot.estimated or snapshot.status == "presumed-ended"


def _seconds(us: Rational) -> Decimal:
    return round_half_up(us, 1, 0).scaleb(-6)


def next_cdr(last: CdrIssued | None, now: CdrIssued) -> tuple[CdrIssued, list[CdrIssued]]:
    """The session's last record after `now`, and the records to send: none where nothing that is billed has changed."""
    if last is None:
        first = replace(now, id=cdr_id(now.session, 1), version=1)
        return first, [first]
    if _billed_content(_with_reason(last, now)) == _billed_content(now) or _bills_the_same(last, now):
        return last, []
    version = last.version + 1
    following = replace(now, id=cdr_id(now.session, version), version=version, replaces=last.id)
    return following, [credit_of(last, at=now.issued_at), following]


def cdr_id(session: str, version: int, *, credit: bool = False) -> str:
    """The id of a session's charge detail record, which never changes."""
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


def _billed_content(cdr: CdrIssued) -> CdrIssued:
    """What is billed, and to whom: the record without its ids, version and remarks."""
    return replace(
        cdr,
        id="",
        version=0,
        replaces="",
        status="ended",
        approximate=False,
        anomalies=(),
        issued_at=cdr.started_at,
        station_tariff="",
        station_cost=None,
    )


def _with_reason(last: CdrIssued, now: CdrIssued) -> CdrIssued:
    """A record before 0.6.0 has no stop reason: take that of the new one, which is no correction."""
    if last.stopped_reason:
        return last
    return replace(last, stopped_reason=now.stopped_reason, stopped_detail=now.stopped_detail)


def _bills_the_same(last: CdrIssued, now: CdrIssued) -> bool:
    """Whether a record before 0.6.0, with separately rounded parts, bills the same total for the same periods."""
    if last.costs is None or last.costs.rounding is not None or now.costs is None:
        return False
    before, after = (_billed_content(_without_parts(cdr)) for cdr in (_with_reason(last, now), now))
    return last.costs.total == now.costs.total and before == after


def _without_parts(cdr: CdrIssued) -> CdrIssued:
    """The record with use and energy, without the costs of its parts."""
    return replace(cdr, costs=None, periods=tuple(replace(period, lines=()) for period in cdr.periods))


def _negative(price: Price) -> Price:
    return Price(excl_vat=-price.excl_vat, incl_vat=None if price.incl_vat is None else -price.incl_vat)


def _negative_costs(costs: Costs) -> Costs:
    parts = {name: part for name in Costs.__struct_fields__ if (part := getattr(costs, name)) is not None}
    return Costs(**{name: _negative(part) for name, part in parts.items()})


def _negative_period(period: ChargingPeriod) -> ChargingPeriod:
    return replace(period, lines=tuple(_negative_line(line) for line in period.lines))


def _negative_line(line: CostLine) -> CostLine:
    return replace(line, cost=_negative(line.cost))


def cost_for_driver(costs: Costs) -> Decimal:
    """The cost shown to drivers: taxes included where the tariff has them."""
    total = costs.total
    return total.excl_vat if total.incl_vat is None else total.incl_vat


def running_cost(believable: Believable, tariff: Tariff | None, site: Site) -> Decimal | None:
    """The cost of a running session until its newest reading; None where it cannot be rated."""
    until = measured_until(believable.snapshot)
    if tariff is None or believable.impossible or doubt(believable.snapshot, tariff, until):
        return None
    return cost_for_driver(rate(course_until(believable.snapshot, believable.usage, until), tariff, site.zone).costs)
