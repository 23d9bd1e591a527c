"""Use cases of demand response: order, change, cancel, opt out, dim, list, look. Routes and pages call them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.demandresponse import (
    DEMAND_EVENTS,
    GREATEST,
    MOST_STATIONS,
    OPEN,
    DemandEventCancelled,
    DemandEventChanged,
    DemandEventOrdered,
    DemandSiteOpted,
    DemandTerms,
)
from schemas.stations import STATION_STATES, StationChanged, evse_count
from services.api.commands.usecases import idempotent_id
from services.api.demandresponse.dimming import least_w
from services.api.demandresponse.ordering import Told, concerned, needs_baseline, orders, told
from services.api.demandresponse.reporting import BEFORE, DAYS_FEWEST, comparable_days, is_short
from services.api.demandresponse.rows import DemandEvent, OrderDimming, OrderEvent, event_of
from services.api.ports import Ports
from services.api.web.changing import WHATEVER, Condition, tag_of
from services.api.web.paging import Page, Position, cursor_of, micros, position_of
from services.api.web.parts import in_parts
from services.api.web.policy import owner
from services.api.web.problems import FieldError, Problem, invalid, invalid_fields, not_found
from services.demandresponse.events import status_of
from services.demandresponse.schedules import ends_at

AT_ONCE = 500
"""Orders that are sent to Kafka together."""
LONGEST = dt.timedelta(days=31)
AHEAD = dt.timedelta(days=400)


async def order(
    ports: Ports, data: OrderEvent, *, event: str | None = None, key: str | None = None, given: Condition = WHATEVER
) -> DemandEvent:
    """Order an event, or change the one of this id. Raises Problem: 404, 409, 412, 422; Outage."""
    await ports.reference.caught_up()
    terms = terms_of(data, ports.clock())
    before = None if event is None else find(ports, event)
    whose = owner(ports.principal, data.tenant, None if before is None else before.tenant)
    if event is None:
        event = ports.new_id() if key is None else idempotent_id(whose, f"demand-event {key}")
    _require(before, given, tag_of(None if event is None else ports.reference.get(DEMAND_EVENTS, event)))
    if before is not None and before.tenant != whose:
        raise invalid("tenant", "an event stays its tenant's: cancel it and order another")
    return await _told(ports, event, terms, before, whose)


async def dim(ports: Ports, data: OrderDimming, *, key: str | None = None) -> DemandEvent:
    """Pass on a grid operator's order for a connection. Raises Problem: 404, 422; Outage."""
    await ports.reference.caught_up()
    whose = owner(ports.principal, data.tenant, None)
    terms = DemandTerms(
        title=data.title or f"Par. 14a EnWG, {data.site}",
        programme="par. 14a EnWG",
        kind="dimming",
        sites=(data.site,),
        per="site",
        priority=9,
        source="grid operator",
        source_id=data.source_id,
        from_at=data.from_at or ports.clock(),
        to_at=data.to_at,
    )
    devices = sum(evse_count(each) for each in _concerned(ports, terms, whose))
    if not devices:
        raise not_found(f"There is no station at the site {data.site!r}.")
    least = least_w(devices, data.control)
    limit = least if data.limit_w is None else data.limit_w
    if limit < least:
        raise invalid("limit_w", f"{devices} charging points have {least} W at least by par. 14a EnWG ({data.control})")
    terms = _checked(replace(terms, limit_w=limit), ports.clock())
    event = ports.new_id() if key is None else idempotent_id(whose, f"demand-event {key}")
    return await _told(ports, event, terms, find(ports, event), whose)


async def _told(
    ports: Ports, event: str, terms: DemandTerms, before: DemandEventChanged | None, whose: str
) -> DemandEvent:
    """Tell the event, then each station that it concerns."""
    if before is not None and before.terms == terms:
        return event_of(before)
    edition = 1 if before is None else before.edition + 1
    stations = told(_concerned(ports, terms, whose), terms)
    if not stations:
        raise invalid("sites", "no station is in the scope of the event")
    if len(stations) > MOST_STATIONS:
        raise invalid("sites", f"{len(stations)} stations, {MOST_STATIONS} at most: make several events of it")
    baselines = await _baselines(ports, event, terms, stations)
    ordered = DemandEventOrdered(
        id=derived_id(event, "ordered", edition),
        event=event,
        edition=edition,
        terms=terms,
        stations=len(stations),
        requested_at=ports.clock(),
        requested_by=ports.principal.name,
        tenant=whose,
    )
    await ports.publisher.publish(ordered)
    for some in in_parts(iter(orders(ordered, stations, baselines)), AT_ONCE):
        await ports.publisher.publish(*some)
    return _as_ordered(ordered, before)


def _concerned(ports: Ports, terms: DemandTerms, whose: str) -> list[StationChanged]:
    states = ports.reference.all(STATION_STATES).values()
    return concerned((each for each in states if isinstance(each, StationChanged)), terms, whose)


async def _baselines(ports: Ports, event: str, terms: DemandTerms, stations: list[Told]) -> Mapping[str, Decimal]:
    """What each station would draw: by the comparable days of an event; else what it drew just before now."""
    if not needs_baseline(terms):
        return {}
    planned = DemandEventChanged(
        id="", event=event, revision=0, terms=terms, requested_at=terms.from_at, changed_at=terms.from_at
    )
    days = [] if is_short(terms) else comparable_days(planned, events(ports))
    means = list[Mapping[str, float]]()
    for back in days:
        shift = dt.timedelta(days=back)
        if mean := await ports.reads.mean_by_station(terms.from_at - shift, terms.to_at - shift):
            means.append(mean)
    if len(means) < DAYS_FEWEST:
        now = min(ports.clock(), terms.from_at)
        means = [await ports.reads.mean_by_station(now - BEFORE, now)]
    return {
        each.station: _mean(each.station, means) for each in stations if any(each.station in mean for mean in means)
    }


def _mean(station: str, means: list[Mapping[str, float]]) -> Decimal:
    return Decimal(round(sum(mean.get(station, 0.0) for mean in means) / len(means)))


def _as_ordered(ordered: DemandEventOrdered, before: DemandEventChanged | None) -> DemandEvent:
    """The event as the service is about to have it."""
    first = DemandEventChanged(
        id="",
        event=ordered.event,
        revision=0,
        terms=ordered.terms,
        requested_at=ordered.requested_at,
        requested_by=ordered.requested_by,
        changed_at=ordered.requested_at,
        tenant=ordered.tenant,
    )
    event = replace(before or first, edition=ordered.edition, terms=ordered.terms, stations=ordered.stations)
    return event_of(replace(event, status=status_of(event, ordered.requested_at)))


def terms_of(data: OrderEvent, now: dt.datetime) -> DemandTerms:
    """What a caller asks for. Raises Problem naming each member that cannot be used."""
    members = {name: getattr(data, name) for name in DemandTerms.__struct_fields__ if hasattr(data, name)}
    members["from_at"] = data.from_at or now
    return _checked(DemandTerms(**members), now)


def _checked(terms: DemandTerms, now: dt.datetime) -> DemandTerms:
    faults = []
    if sum(each is not None for each in (terms.limit_w, terms.limit_a, terms.percent)) != 1:
        faults.append(FieldError(field="limit_w", detail="give one of limit_w, limit_a and percent"))
    for name, greatest in GREATEST.items():
        number = getattr(terms, name)
        if number is not None and not (number.is_finite() and 0 <= number <= greatest):
            faults.append(FieldError(field=name, detail=f"from 0 to {greatest}"))
    if terms.percent is not None and terms.per == "site":
        faults.append(FieldError(field="per", detail="a percentage is of the baseline of each station"))
    if terms.to_at <= terms.from_at:
        faults.append(FieldError(field="to_at", detail="is not after from_at"))
    elif terms.to_at <= now:
        faults.append(FieldError(field="to_at", detail="is past"))
    elif terms.from_at > now + AHEAD:
        faults.append(FieldError(field="from_at", detail=f"more than {AHEAD.days} days ahead"))
    elif terms.to_at - terms.from_at > LONGEST:
        faults.append(FieldError(field="to_at", detail=f"more than {LONGEST.days} days after from_at"))
    elif dt.timedelta(minutes=terms.ramp_down_min) > terms.to_at - terms.from_at:
        faults.append(FieldError(field="ramp_down_min", detail="longer than the event"))
    if faults:
        raise invalid_fields(faults)
    return terms


def _require(before: DemandEventChanged | None, given: Condition, tag: str) -> None:
    """Whether an event may be changed. Raises Problem: 409, 412."""
    if given.must_be_new and before is not None:
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "There is an event of this id already.")
    if (given.must_exist or given.tags is not None) and before is None:
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "There is no event of this id.")
    if given.tags is not None and tag not in given.tags:
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "The event was changed meanwhile: look at it again.")
    if before is not None:
        _require_open(before)


def _require_open(event: DemandEventChanged) -> None:
    if event.status not in OPEN:
        raise Problem(HTTPStatus.CONFLICT, f"The event is {event.status}: nothing of it changes any more.")


# -- looking ------------------------------------------------------------------------------------------------------------


def find(ports: Ports, event: str) -> DemandEventChanged | None:
    """An event as it is known now; its status follows the clock, even where its record is a moment old."""
    record = ports.reference.get(DEMAND_EVENTS, event)
    return _by_now(record, ports.clock()) if isinstance(record, DemandEventChanged) else None


def _by_now(event: DemandEventChanged, now: dt.datetime) -> DemandEventChanged:
    if event.status == "planned" and now >= event.terms.from_at:
        return replace(event, status="active" if now < ends_at(event.terms) else "over")
    return event


def known(ports: Ports, event: str) -> DemandEventChanged:
    """An event. Raises Problem: 404."""
    found = find(ports, event)
    if found is None:
        raise not_found(f"There is no demand-response event {event!r}.")
    return found


def events(ports: Ports) -> list[DemandEventChanged]:
    """All events, the latest beginning first."""
    found = [each for each in ports.reference.all(DEMAND_EVENTS).values() if isinstance(each, DemandEventChanged)]
    return sorted((_by_now(each, ports.clock()) for each in found), key=_place, reverse=True)


def event_page(ports: Ports, *, status: str | None = None, cursor: str | None, limit: int) -> Page[DemandEvent]:
    """A page of events, the latest beginning first. Raises BadCursor."""
    behind = None if cursor is None else position_of(cursor)
    found = [each for each in events(ports) if status in (None, each.status)]
    rest = [each for each in found if behind is None or _place(each) < (behind.at_us, behind.id)]
    page = rest[:limit]
    more = cursor_of(Position(*_place(page[-1]))) if len(rest) > limit else None
    return Page(tuple(map(event_of, page)), more)


def _place(event: DemandEventChanged) -> tuple[int, str]:
    return micros(event.terms.from_at), event.event


# -- steering -----------------------------------------------------------------------------------------------------------


async def cancel(ports: Ports, event: str) -> DemandEvent:
    """Cancel an event: what stations were told is taken back. Raises Problem: 404, 409; Outage."""
    await ports.reference.caught_up()
    found = known(ports, event)
    _require_open(found)
    now, who = ports.clock(), ports.principal.name
    await ports.publisher.publish(
        DemandEventCancelled(id=ports.new_id(), event=event, requested_at=now, requested_by=who, tenant=found.tenant)
    )
    return event_of(replace(found, status="cancelled", cancelled_at=now, cancelled_by=who))


async def opt(ports: Ports, event: str, site: str, *, out: bool) -> DemandEvent:
    """Take a site out of an event, or back into it. Raises Problem: 404, 409; Outage."""
    await ports.reference.caught_up()
    found = known(ports, event)
    _require_open(found)
    if not any(each.site == site for each in _concerned(ports, found.terms, found.tenant)):
        raise not_found(f"The event concerns no station at the site {site!r}.")
    await ports.publisher.publish(
        DemandSiteOpted(
            id=ports.new_id(),
            event=event,
            site=site,
            out=out,
            requested_at=ports.clock(),
            requested_by=ports.principal.name,
            tenant=found.tenant,
        )
    )
    others = tuple(each for each in found.opted_out if each != site)
    return event_of(replace(found, opted_out=(*others, site) if out else others))
