"""Use cases of reports: what an event brought, as JSON and CSV, and the proof of each minute at each station."""

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from schemas.demandresponse import DEMAND_EVENTS, DemandEventChanged, DemandTerms
from schemas.states.demandresponse import HeldEvent
from services.api.demandresponse.metered import Drawn
from services.api.demandresponse.reporting import (
    ADJUSTED_FROM,
    MINUTE,
    Report,
    baseline_before,
    baseline_of_days,
    comparable_days,
    floored,
    is_short,
    minutes_of,
    reported,
)
from services.api.demandresponse.rows import DemandStation, DemandStationFilter
from services.api.demandresponse.usecases import known
from services.api.ports import Ports
from services.api.web.csvcells import cell, row_of
from services.demandresponse.schedules import curve_of, ends_at

AT_ONCE = 500
REPORT_COLUMNS = ("minute", "site", "baseline_w", "metered_w", "ordered_w", "delivered_w")
PROOF_COLUMNS = ("minute", "site", "station", "limit_w", "at_station", "accepted_at", "status", "metered_w")


async def report(ports: Ports, event: str) -> Report:
    """What an event brought, up to now. Raises Problem: 404; Outage."""
    await ports.reference.caught_up()
    found = known(ports, event)
    terms = found.terms
    since, until = floored(terms.from_at) - ADJUSTED_FROM, ends_at(terms)
    today = await ports.reads.drawn_by_site(event, since, until)
    baseline = None
    if not is_short(terms):
        others = [each for each in ports.reference.all(DEMAND_EVENTS).values() if isinstance(each, DemandEventChanged)]
        days: dict[int, Sequence[Drawn]] = {}
        for back in comparable_days(found, others):
            shift = dt.timedelta(days=back)
            days[back] = await ports.reads.drawn_by_site(event, since - shift, until - shift)
        baseline = baseline_of_days(terms, days, today)
    return reported(found, baseline or baseline_before(terms, today), today, ports.clock())


def report_csv(whole: Report) -> str:
    """A report as CSV: a line a site and minute."""
    lines = [[getattr(each, name) for name in REPORT_COLUMNS] for each in whole.minutes]
    return "".join(map(_line, [REPORT_COLUMNS, *lines]))


async def proof(ports: Ports, event: str) -> AsyncIterator[bytes]:
    """What was ordered of each station, whether it was there, and what was metered, minute by minute, as CSV.

    Raises Problem: 404; Outage.
    """
    await ports.reference.caught_up()
    found = known(ports, event)
    where = DemandStationFilter(event=event)
    first = await ports.reads.demand_stations(where, limit=AT_ONCE)  # an outage now is a 503, not a broken download

    async def lines() -> AsyncIterator[bytes]:
        yield _line(PROOF_COLUMNS).encode()
        page = first
        while True:
            yield (await _proven(ports, found.terms, page.items)).encode()
            if page.next_cursor is None:
                return
            page = await ports.reads.demand_stations(where, cursor=page.next_cursor, limit=AT_ONCE)

    return lines()


async def _proven(ports: Ports, terms: DemandTerms, stations: Sequence[DemandStation]) -> str:
    until = min(ends_at(terms), floored(ports.clock()))
    drawn = await ports.reads.drawn_by_station([each.station for each in stations], floored(terms.from_at), until)
    metered = {(each.station, each.minute): each.power_w for each in drawn}
    return "".join(
        _line(cells)
        for station in stations
        for cells in proven(
            terms, station, until, {m: power for (name, m), power in metered.items() if name == station.station}
        )
    )


def proven(
    terms: DemandTerms, station: DemandStation, until: dt.datetime, metered: dict[dt.datetime, float]
) -> Iterable[Sequence[Any]]:
    """The minutes of one station: the least that was ordered in each, whether it had accepted that by its beginning, what was metered."""
    own = replace(terms, limit_w=station.limit_w, limit_a=station.limit_a, percent=None, floor_w=None)
    held = HeldEvent(
        event=station.event,
        edition=station.edition,
        terms=own,
        baseline_w=station.baseline_w,
        ordered_at=station.ordered_at,
    )
    unlimited = station.limit_w is None and station.limit_a is None
    curve = None if unlimited else curve_of(held, "W", station.station)
    for minute in minutes_of(terms, until):
        moments = (minute, minute + MINUTE / 2, minute + MINUTE - dt.timedelta(seconds=1))
        limits = [limit for moment in moments if curve is not None and (limit := curve.at(moment)) is not None]
        there = station.accepted_at is not None and station.accepted_at <= minute
        yield (
            minute,
            station.site,
            station.station,
            min(limits, default=None),
            there,
            station.accepted_at,
            station.status,
            metered.get(minute, 0.0),
        )


def _line(cells: Iterable[Any]) -> str:
    return row_of((f"{each.normalize():f}" if isinstance(each, Decimal) else cell(each) for each in cells), end="\n")
