"""Ordering: which stations an event concerns, what part of a site's limit each has, and the orders that tell them. PURE."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from schemas.base import derived_id
from schemas.demandresponse import DemandEventOrdered, DemandStationOrdered, DemandTerms, in_scope
from schemas.stations import StationChanged, evse_count


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A station that is told by itself, and its part of the limit of its site."""

    station: str
    part: Decimal = Decimal(1)


def concerned(stations: Iterable[StationChanged], terms: DemandTerms, owner: str) -> list[StationChanged]:
    """The stations in the scope of an event, connected ones first."""
    found = [each for each in stations if in_scope(terms, owner, each)]
    return sorted(found, key=lambda each: (not each.connected, each.station))


def told(stations: Iterable[StationChanged], terms: DemandTerms) -> list[Told]:
    """What part of the limit each has: that of its EVSEs among those of all stations of its site that the event concerns."""
    known = list(stations)
    if terms.per == "station" or terms.percent is not None:
        return [Told(station=each.station) for each in known]
    total: Counter[str] = Counter()
    for each in known:
        total[each.site] += evse_count(each)
    return [Told(station=each.station, part=Decimal(evse_count(each)) / total[each.site]) for each in known]


def needs_baseline(terms: DemandTerms) -> bool:
    """Whether stations have to be told what they would draw without the event."""
    return terms.percent is not None or terms.ramp_down_min > 0 or terms.ramp_up_min > 0


def orders(
    ordered: DemandEventOrdered, stations: Iterable[Told], baselines: Mapping[str, Decimal]
) -> list[DemandStationOrdered]:
    """An order for each station."""
    return [
        DemandStationOrdered(
            id=derived_id(ordered.id, each.station),
            station=each.station,
            event=ordered.event,
            edition=ordered.edition,
            terms=ordered.terms,
            part=each.part,
            baseline_w=baselines.get(each.station),
            owner=ordered.tenant,
            ordered_at=ordered.requested_at,
        )
        for each in stations
    ]
