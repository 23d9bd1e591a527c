"""Use cases of boot templates: list, write, remove, see which stations fit, order a run. Routes and pages call them."""

from http import HTTPStatus

from schemas.base import Record
from schemas.boottemplates import (
    REF_BOOT_TEMPLATES,
    TEMPLATES_MOST,
    BootRunOrdered,
    BootStations,
    BootTemplateProvisioned,
    BootTemplateRemoved,
    misfit,
    misfit_of,
    provisioned,
    traits_of,
)
from schemas.stations import STATION_STATES, StationChanged
from services.api.boottemplates.rows import (
    BootRun,
    BootTemplateView,
    FittingStation,
    Preview,
    ProvisionBootTemplate,
    RunFilter,
    template_view,
)
from services.api.boottemplates.writing import written
from services.api.ports import Ports
from services.api.stations.usecases import known_station
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.paging import Position, cursor_of, position_of
from services.api.web.policy import owner
from services.api.web.problems import Problem, invalid, not_found


def templates(ports: Ports) -> tuple[BootTemplateView, ...]:
    """All templates in the order in which they run."""
    return tuple(map(template_view, provisioned(ports.reference.all(REF_BOOT_TEMPLATES))))


def written_template(ports: Ports, name: str) -> BootTemplateProvisioned:
    """The template of that name. Raises Problem: 404."""
    record = ports.reference.get(REF_BOOT_TEMPLATES, name)
    if not isinstance(record, BootTemplateProvisioned):
        raise not_found(f"There is no boot template {name!r}.")
    return record


async def save_template(
    ports: Ports, name: str, data: ProvisionBootTemplate, *, given: Condition = WHATEVER
) -> BootTemplateProvisioned:
    """Have a template stand. Raises Problem for commands that no template can have, 409 where there are too many; Outage."""

    async def made(before: Record | None) -> BootTemplateProvisioned:
        current = before if isinstance(before, BootTemplateProvisioned) else None
        known = () if current is None else current.content.commands
        content = written(name, data, known, seal=ports.config.seal)
        if current is None and len(provisioned(ports.reference.all(REF_BOOT_TEMPLATES))) >= TEMPLATES_MOST:
            raise Problem(HTTPStatus.CONFLICT, f"There are {TEMPLATES_MOST} templates already: remove some.")
        return BootTemplateProvisioned(
            template=name,
            revision=_revision(before, same=content.commands == known),
            content=content,
            tenant=owner(ports.principal, data.tenant, None if current is None else current.tenant),
            provisioned_at=ports.clock(),
            provisioned_by=ports.principal.name,
        )

    return await changed(ports, REF_BOOT_TEMPLATES, name, made, given=given)


def _revision(before: Record | None, *, same: bool) -> int:
    match before:
        case BootTemplateProvisioned():
            return before.revision if same else before.revision + 1
        case BootTemplateRemoved():
            return before.last_revision + 1
    return 1


async def remove_template(ports: Ports, name: str, *, given: Condition = WHATEVER) -> None:
    """Forget a template; a run under way goes on. Raises Problem: 404; Outage."""

    async def made(_: Record | None) -> BootTemplateRemoved:
        before = written_template(ports, name)
        return BootTemplateRemoved(
            template=name,
            last_revision=before.revision,
            removed_at=ports.clock(),
            removed_by=ports.principal.name,
            tenant=before.tenant,
        )

    await changed(ports, REF_BOOT_TEMPLATES, name, made, given=given)


# -- which stations ---------------------------------------------------------------------------------------------------


def preview(ports: Ports, name: str, *, cursor: str | None, limit: int) -> Preview:
    """The stations that a template fits as they are now, whatever their next boot's reason. Raises Problem: 404; BadCursor."""
    template = written_template(ports, name)
    behind = position_of(cursor).id if cursor is not None else ""
    known = _stations(ports)
    fitting = [station for station in known if not misfit_of(template, traits_of(station))]
    left = [station for station in fitting if station.station > behind]
    more = len(left) > limit
    return Preview(
        template=name,
        fitting=len(fitting),
        known=len(known),
        items=tuple(map(_fitting, left[:limit])),
        next_cursor=cursor_of(Position(0, left[limit - 1].station)) if more else None,
    )


def count_fitting(ports: Ports, wanted: BootStations) -> int:
    """How many stations meet the criteria as they are now."""
    return sum(not misfit(wanted, traits_of(station)) for station in _stations(ports))


def _stations(ports: Ports) -> list[StationChanged]:
    """All stations by id, without removed ones and those that have never booted."""
    states = ports.reference.all(STATION_STATES)
    found = [each for each in states.values() if isinstance(each, StationChanged)]
    return sorted(
        (each for each in found if not each.removed and each.booted_at is not None), key=lambda each: each.station
    )


def _fitting(station: StationChanged) -> FittingStation:
    return FittingStation(**{name: getattr(station, name) for name in FittingStation.__struct_fields__})


# -- runs -------------------------------------------------------------------------------------------------------------


async def known_run(ports: Ports, run: str) -> BootRun:
    """A run. Raises Problem: 404; Outage."""
    found = await ports.reads.boot_run(run)
    if found is None:
        raise not_found(f"There is no boot run {run!r}.")
    return found


async def order_run(ports: Ports, station: str, name: str) -> BootRun:
    """Run a template at a station now, or as soon as it is connected. Raises Problem that says why not; Outage."""
    known = await known_station(ports, station)
    await ports.reference.caught_up()
    record = ports.reference.get(REF_BOOT_TEMPLATES, name)
    if not isinstance(record, BootTemplateProvisioned):
        raise invalid("template", f"there is no boot template {name!r}")
    why = against(ports, known.station, record)
    if why:
        raise Problem(HTTPStatus.CONFLICT, why)
    for status in ("waiting", "running"):
        where = RunFilter(station=known.station, template=name, status=status)
        if (await ports.reads.boot_runs(where, limit=1)).items:
            raise Problem(HTTPStatus.CONFLICT, f"A run of {name} is {status} at {known.station} already.")
    order = BootRunOrdered(
        id=ports.new_id(),
        station=known.station,
        template=name,
        ordered_at=ports.clock(),
        ordered_by=ports.principal.name,
    )
    await ports.publisher.publish(order)
    return _ordered(order)


def against(ports: Ports, station: str, template: BootTemplateProvisioned) -> str:
    """Why a template cannot be run at a station; empty where it can."""
    if not template.content.commands:
        return f"{template.template} has no command yet."
    state = ports.reference.get(STATION_STATES, station)
    if not isinstance(state, StationChanged) or state.booted_at is None:
        return f"{station} has never booted, so its make is not known yet."
    reason = misfit_of(template, traits_of(state))
    return f"{template.template} is not for {station}. {reason}" if reason else ""


def _ordered(order: BootRunOrdered) -> BootRun:
    return BootRun(
        run=order.id,
        station=order.station,
        template=order.template,
        title="",
        template_revision=0,
        cause="order",
        status="waiting",
        why="",
        boot_reason="",
        booted_at=None,
        steps=(),
        requested_at=order.ordered_at,
        requested_by=order.ordered_by,
        started_at=None,
        ended_at=None,
        changed_at=order.ordered_at,
    )
