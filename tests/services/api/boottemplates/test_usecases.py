"""Use cases of boot templates: revisions follow the commands, which stations fit, and when no run is ordered."""

import pytest

from schemas.boottemplates import BootRunOrdered, BootStations, BootTemplateRemoved
from services.api.boottemplates.rows import Criteria, ProvisionBootTemplate, TemplateCommand, run_of
from services.api.boottemplates.usecases import (
    against,
    count_fitting,
    order_run,
    preview,
    remove_template,
    save_template,
    templates,
)
from services.api.fakes import NOON, World
from services.api.web.problems import Problem
from tests.services.api.builders import STATION, a_boot_run, a_boot_template, a_state

CLEAR = TemplateCommand(command="ClearCache")
VERSION = TemplateCommand(command="GetLocalListVersion")


def wanted(*commands: TemplateCommand, **members: object) -> ProvisionBootTemplate:
    return ProvisionBootTemplate(commands=commands, **members)  # type: ignore[arg-type]


def known(world: World, station: str = STATION, **members: object) -> None:
    world.bus.hold(a_state(**{"station": station, "booted_at": NOON, "vendor": "Acme"} | members))


async def test_the_revision_is_raised_by_other_commands_alone_and_goes_on_after_a_removal(world: World) -> None:
    ports = world.ports()
    revisions = [
        (await save_template(ports, "t", data)).revision
        for data in (wanted(CLEAR), wanted(CLEAR, enabled=True, title="T"), wanted(CLEAR, VERSION), wanted(VERSION))
    ]
    await remove_template(ports, "t")
    removed = world.bus.published[-1]
    assert isinstance(removed, BootTemplateRemoved)

    again = await save_template(ports, "t", wanted(CLEAR))

    assert revisions == [1, 1, 2, 3]
    assert (removed.last_revision, again.revision) == (3, 4)


async def test_templates_are_listed_in_the_order_in_which_they_run(world: World) -> None:
    for name, priority in (("b", 50), ("a", 50), ("z", 1)):
        world.bus.hold(a_boot_template(name, priority=priority))

    assert [each.template for each in templates(world.ports())] == ["z", "a", "b"]


async def test_no_more_templates_are_kept_than_processes_hold(world: World) -> None:
    for number in range(99):
        world.bus.hold(a_boot_template(f"t{number}"))
    await save_template(world.ports(), "empty", wanted())

    with pytest.raises(Problem) as refused:
        await save_template(world.ports(), "one-more", wanted(CLEAR))
    assert refused.value.status == 409
    for name in ("t7", "empty"):
        await save_template(world.ports(), name, wanted(VERSION))


async def test_stations_that_fit_are_those_that_have_booted_and_stand_page_by_page(world: World) -> None:
    for number in range(3):
        known(world, f"A-{number}")
    known(world, "B-0", vendor="Other")
    known(world, "A-9", booted_at=None)
    known(world, "A-8", removed=True)
    world.bus.hold(a_boot_template("t", stations=BootStations(vendor="acme")))
    ports = world.ports()

    first = preview(ports, "t", cursor=None, limit=2)
    rest = preview(ports, "t", cursor=first.next_cursor, limit=2)

    assert (first.fitting, first.known) == (3, 4)
    assert [each.station for each in (*first.items, *rest.items)] == ["A-0", "A-1", "A-2"]
    assert rest.next_cursor is None
    assert count_fitting(ports, BootStations(vendor="Other")) == 1


async def test_an_order_is_published_and_waits(world: World) -> None:
    known(world)
    world.bus.hold(a_boot_template("t", enabled=False))

    run = await order_run(world.ports(), STATION, "t")

    (order,) = world.bus.published
    assert isinstance(order, BootRunOrdered)
    assert (order.station, order.template, order.id) == (STATION, "t", run.run)
    assert (run.status, run.cause) == ("waiting", "order")


async def test_why_a_run_is_not_ordered_is_said(world: World) -> None:
    known(world)
    world.bus.hold(a_boot_template("others", stations=BootStations(vendor="Other")))
    world.bus.hold(a_boot_template("t"))
    empty = a_boot_template("empty")
    world.bus.hold(empty.__class__(template="empty", revision=1, content=type(empty.content)(), provisioned_at=NOON))
    ports = world.ports()

    said = {}
    for name in ("others", "empty", "gone"):
        with pytest.raises(Problem) as refused:
            await order_run(ports, STATION, name)
        said[name] = (refused.value.status, str(refused.value.detail))
    assert "Its vendor is Acme, not Other." in said["others"][1]
    assert {name: status for name, (status, _) in said.items()} == {"others": 409, "empty": 409, "gone": 422}
    world.reads.boot_run_rows["r"] = run_of(a_boot_run(template="t", status="running"))
    with pytest.raises(Problem, match="already"):
        await order_run(ports, STATION, "t")
    assert world.bus.published == []


async def test_a_station_that_never_booted_cannot_be_matched(world: World) -> None:
    known(world, booted_at=None)

    assert "never booted" in against(world.ports(), STATION, a_boot_template("t", stations=BootStations(vendor="Acme")))


async def test_criteria_are_kept(world: World) -> None:
    saved = await save_template(
        world.ports(), "t", wanted(CLEAR, stations=Criteria(sites=("berlin",), labels={"owner": "city"}))
    )

    assert saved.content.stations == BootStations(sites=("berlin",), labels={"owner": "city"})
