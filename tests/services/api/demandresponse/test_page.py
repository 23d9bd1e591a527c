"""Demand response in the console: the list, the forms, an event's page."""

from httpx import AsyncClient

from schemas.demandresponse import DemandEventCancelled, DemandEventOrdered, DemandSiteOpted
from services.api.demandresponse.rows import station_of
from services.api.fakes import World
from tests.services.api.builders import STATION, a_state
from tests.services.api.demandresponse.worlds import an_event, at_a_station

HTMX = {"HX-Request": "true"}
FORM = {
    "title": "Peak",
    "sites": "berlin-1, ",
    "labels": "grid = west",
    "limit_w": "4200",
    "limit_a": "",
    "per": "station",
    "from_at": "2026-06-01T12:00",
    "to_at": "2026-06-01T14:00",
    "ramp_up_min": "5",
}


async def test_events_are_listed_with_their_forms(browser: AsyncClient, world: World) -> None:
    world.bus.hold(an_event())
    page = (await browser.get("/demand-response")).text

    assert 'id="demand-event-event-1"' in page
    assert "Evening peak" in page
    assert "Dim a connection" in page


async def test_an_event_is_ordered_by_its_form(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(site="berlin-1", labels={"grid": "west"}))
    done = await browser.post("/demand-response", data=FORM, headers=HTMX)

    assert done.status_code == 200, done.text
    ordered = world.bus.published[0]
    assert isinstance(ordered, DemandEventOrdered)
    assert (ordered.terms.sites, ordered.terms.labels, ordered.terms.ramp_up_min) == (
        ("berlin-1",),
        {"grid": "west"},
        5,
    )


async def test_an_events_page_has_its_stations_and_what_can_be_done(browser: AsyncClient, world: World) -> None:
    world.bus.hold(an_event())
    world.reads.demand_station_rows["1"] = station_of(at_a_station(status="rejected", detail="NotSupported"))
    page = (await browser.get("/demand-response/event-1")).text

    assert f'id="demand-station-{STATION}"' in page
    assert "NotSupported" in page
    assert "/demand-response/event-1/cancel" in page
    world.bus.hold(an_event(status="over"))
    assert "/demand-response/event-1/cancel" not in (await browser.get("/demand-response/event-1")).text
    assert (await browser.get("/demand-response/none")).status_code == 404


async def test_an_event_is_changed_cancelled_and_opted_out_of(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(site="berlin-1", labels={"grid": "west"}))
    world.bus.hold(an_event())
    assert (await browser.post("/demand-response/event-1", data=FORM, headers=HTMX)).status_code == 200
    opted = await browser.post("/demand-response/event-1/sites", data={"site": "berlin-1", "out": "true"}, headers=HTMX)
    assert opted.status_code == 200, opted.text
    assert (await browser.post("/demand-response/event-1/cancel", headers=HTMX)).status_code == 200
    kinds = [type(each) for each in world.bus.published]

    assert (kinds[0], kinds[-2:]) == (DemandEventOrdered, [DemandSiteOpted, DemandEventCancelled])


async def test_a_connection_is_dimmed_by_its_form(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(site="berlin-1"))
    form = {"site": "berlin-1", "control": "ems", "limit_w": "", "to_at": "2026-06-01T14:00"}
    done = await browser.post("/demand-response/dimming", data=form, headers=HTMX)

    assert done.status_code == 200, done.text
    assert world.bus.published[0].terms.limit_w == 4_200  # type: ignore[attr-defined]
