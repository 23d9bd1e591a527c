"""Reporting: what an event's stations would have drawn, what they drew, and what of the ordered reduction was delivered.

The baseline is the mean of the same minutes of the last ten comparable days (Monday to Friday, Saturdays, Sundays by themselves; UTC; of
the last 45; days with another event at that time are left out), times a factor of the day itself: what was drawn from 90 to 30 minutes
before the event against the same of those days, 0.5 to 2. Where fewer than three days have readings, and for events of 15 minutes or less,
it is what was drawn on average in the 15 minutes before the event. The ordered reduction is what the limits would have cut off that.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from schemas.demandresponse import DemandEventChanged, DemandTerms
from services.api.demandresponse.metered import Drawn
from services.demandresponse.schedules import ends_at

DAYS_MOST, DAYS_FEWEST, LOOKED_BACK = 10, 3, 45
SHORT = dt.timedelta(minutes=15)
BEFORE = dt.timedelta(minutes=15)
ADJUSTED_FROM, ADJUSTED_TO = dt.timedelta(minutes=90), dt.timedelta(minutes=30)
FACTOR_LEAST, FACTOR_MOST = 0.5, 2.0
MINUTE = dt.timedelta(minutes=1)

BaselineRule = Literal["comparable-days", "before-event"]


class SiteMinute(msgspec.Struct, frozen=True, kw_only=True):
    """A minute of a site (or, with an empty `site`, of all together), in W. `ordered_w` and `delivered_w` are reductions."""

    minute: dt.datetime
    site: str
    baseline_w: float
    metered_w: float
    ordered_w: float
    delivered_w: float


class SiteReport(msgspec.Struct, frozen=True, kw_only=True):
    """A site over the whole event, in Wh. `delivered_share`: of the ordered reduction; null where none was ordered."""

    site: str
    baseline_wh: float
    metered_wh: float
    ordered_wh: float
    delivered_wh: float
    delivered_share: float | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What an event brought. `until`: minutes before that are in it; `whole`: the event is over.

    `days`: the days of the baseline. `factor`: what the day itself was against them.
    """

    event: str
    since: dt.datetime
    until: dt.datetime
    whole: bool
    rule: BaselineRule
    days: tuple[dt.date, ...]
    factor: float
    total: SiteReport
    sites: tuple[SiteReport, ...]
    minutes: tuple[SiteMinute, ...]


class Baseline(NamedTuple):
    """What would have been drawn, and how much of it above the limits, by site and minute of the event, in W."""

    rule: BaselineRule
    days: tuple[dt.date, ...]
    factor: float
    drawn: Mapping[tuple[str, dt.datetime], tuple[float, float]]


def comparable_days(event: DemandEventChanged, others: Iterable[DemandEventChanged]) -> list[int]:
    """How many days back the days lie with which an event may be compared, the last first."""
    terms = event.terms
    busy = [each.terms for each in others if each.event != event.event and each.status != "cancelled"]
    found = []
    for back in range(1, LOOKED_BACK + 1):
        shift = dt.timedelta(days=back)
        if _kind_of(terms.from_at - shift) == _kind_of(terms.from_at) and not any(
            each.from_at < ends_at(terms) - shift and terms.from_at - shift < ends_at(each) for each in busy
        ):
            found.append(back)
    return found[:DAYS_MOST]


def _kind_of(day: dt.datetime) -> int:
    """Monday to Friday, Saturday, or Sunday."""
    return max(0, day.astimezone(dt.UTC).weekday() - 4)


def is_short(terms: DemandTerms) -> bool:
    """Whether an event is so short that what was drawn just before it is its baseline."""
    return terms.to_at - terms.from_at <= SHORT


def baseline_of_days(
    terms: DemandTerms, days: Mapping[int, Sequence[Drawn]], today: Sequence[Drawn]
) -> Baseline | None:
    """The mean of comparable days, by how many days back each is; None where too few have readings."""
    there = {back: drawn for back, drawn in days.items() if drawn}
    if len(there) < DAYS_FEWEST:
        return None
    sums: defaultdict[tuple[str, dt.datetime], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for back, drawn in there.items():
        for each in drawn:
            of = sums[(each.site, each.minute + dt.timedelta(days=back))]
            of[0] += each.power_w / len(there)
            of[1] += each.above_w / len(there)
    since, until = terms.from_at - ADJUSTED_FROM, terms.from_at - ADJUSTED_TO
    then = sum(power for (_, minute), (power, _) in sums.items() if since <= minute < until)
    now = sum(each.power_w for each in today if since <= each.minute < until)
    factor = min(max(now / then, FACTOR_LEAST), FACTOR_MOST) if then > 0 and now > 0 else 1.0
    dates = tuple((terms.from_at - dt.timedelta(days=back)).date() for back in sorted(there))
    return Baseline("comparable-days", dates, factor, {key: (a * factor, b * factor) for key, (a, b) in sums.items()})


def baseline_before(terms: DemandTerms, today: Sequence[Drawn]) -> Baseline:
    """What was drawn on average just before the event, at each of its minutes."""
    since, means = terms.from_at - BEFORE, defaultdict[str, list[float]](lambda: [0.0, 0.0])
    count = BEFORE // MINUTE
    for each in today:
        if since <= each.minute < floored(terms.from_at):
            means[each.site][0] += each.power_w / count
            means[each.site][1] += each.above_w / count
    drawn = {(site, minute): (a, b) for site, (a, b) in means.items() for minute in minutes_of(terms, ends_at(terms))}
    return Baseline("before-event", (), 1.0, drawn)


def reported(event: DemandEventChanged, baseline: Baseline, today: Sequence[Drawn], now: dt.datetime) -> Report:
    """The report of an event, as far as it has gone."""
    terms = event.terms
    end = ends_at(terms) if event.cancelled_at is None else min(ends_at(terms), event.cancelled_at)
    until = min(end, floored(now))
    metered = {(each.site, each.minute): each.power_w for each in today}
    sites = sorted({each.site for each in today} | {site for site, _ in baseline.drawn})
    rows = [
        _minute(terms, site, minute, baseline.drawn.get((site, minute), (0.0, 0.0)), metered.get((site, minute), 0.0))
        for minute in minutes_of(terms, until)
        for site in sites
    ]
    of_sites = tuple(_summed(site, [row for row in rows if row.site == site]) for site in sites)
    return Report(
        event=event.event,
        since=floored(terms.from_at),
        until=until,
        whole=now >= end,
        rule=baseline.rule,
        days=baseline.days,
        factor=round(baseline.factor, 4),
        total=_summed("", rows),
        sites=of_sites,
        minutes=tuple(rows),
    )


def floored(moment: dt.datetime) -> dt.datetime:
    """The beginning of its minute."""
    return moment.replace(second=0, microsecond=0)


def minutes_of(terms: DemandTerms, until: dt.datetime) -> Iterable[dt.datetime]:
    """The minutes from the event's beginning on, that in which it begins included."""
    minute = floored(terms.from_at)
    while minute < until:
        yield minute
        minute += MINUTE


def in_force(terms: DemandTerms, minute: dt.datetime) -> float:
    """How much of the limit is in force at the end of a minute: a part of it in its ramps."""
    at = minute + MINUTE
    if at <= terms.from_at or at > ends_at(terms):
        return 0.0
    down, up = dt.timedelta(minutes=terms.ramp_down_min), dt.timedelta(minutes=terms.ramp_up_min)
    if at < terms.from_at + down:
        return (at - terms.from_at) / down
    return 1.0 if at <= terms.to_at else 1.0 - (at - terms.to_at) / up


def _minute(
    terms: DemandTerms, site: str, minute: dt.datetime, drawn: tuple[float, float], metered_w: float
) -> SiteMinute:
    baseline_w, above_w = drawn
    return SiteMinute(
        minute=minute,
        site=site,
        baseline_w=round(baseline_w, 1),
        metered_w=round(metered_w, 1),
        ordered_w=round(above_w * in_force(terms, minute), 1),
        delivered_w=round(baseline_w - metered_w, 1),
    )


def _summed(site: str, rows: Sequence[SiteMinute]) -> SiteReport:
    wh = {
        name: round(sum(getattr(row, name) for row in rows) / 60, 1)
        for name in ("baseline_w", "metered_w", "ordered_w", "delivered_w")
    }
    return SiteReport(
        site=site,
        baseline_wh=wh["baseline_w"],
        metered_wh=wh["metered_w"],
        ordered_wh=wh["ordered_w"],
        delivered_wh=wh["delivered_w"],
        delivered_share=round(wh["delivered_w"] / wh["ordered_w"], 4) if wh["ordered_w"] else None,
    )
