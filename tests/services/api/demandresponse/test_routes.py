"""Demand response over HTTP: ordered, changed on a condition, cancelled, opted out of, looked at."""

import pytest
from httpx import AsyncClient

from schemas.demandresponse import DemandEventCancelled, DemandEventOrdered, DemandSiteOpted, DemandStationOrdered
from services.api.demandresponse.rows import DemandStationFilter, station_of
from services.api.fakes import World
from tests.services.api.builders import STATION, a_state
from tests.services.api.demandresponse.worlds import BODY, an_event, at_a_station

EVENTS = "/api/v1/demand-response/events"
ONE = f"{EVENTS}/event-1"


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(site="berlin-1"))


async def test_an_event_is_ordered_and_its_stations_are_told(client: AsyncClient, world: World) -> None:
    answer = await client.post(EVENTS, json=BODY | {"sites": ["berlin-1"], "ramp_up_min": 5})
    ordered, order = world.bus.published

    assert (answer.status_code, answer.json()["status"], answer.json()["limit_w"]) == (202, "active", "4200")
    assert isinstance(ordered, DemandEventOrdered)
    assert isinstance(order, DemandStationOrdered)
    assert order.station == STATION


async def test_an_event_of_the_callers_own_id_is_ordered_once_and_changed_then(
    client: AsyncClient, world: World
) -> None:
    assert (await client.put(ONE, json=BODY, headers={"If-None-Match": "*"})).status_code == 202
    world.bus.hold(an_event())
    assert (await client.put(ONE, json=BODY, headers={"If-None-Match": "*"})).status_code == 412
    tag = (await client.get(ONE)).headers["ETag"]
    assert (await client.put(ONE, json=BODY, headers={"If-Match": tag})).status_code == 202
    world.bus.hold(an_event(revision=2, edition=2))
    assert (await client.put(ONE, json=BODY, headers={"If-Match": tag})).status_code == 412


async def test_an_event_is_cancelled_while_it_is_not_over(client: AsyncClient, world: World) -> None:
    world.bus.hold(an_event())
    answer = await client.delete(ONE)

    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
    assert isinstance(world.bus.published[0], DemandEventCancelled)
    world.bus.hold(an_event(status="over"))
    assert (await client.delete(ONE)).status_code == 409
    assert (await client.put(ONE, json=BODY)).status_code == 409
    assert (await client.delete(f"{EVENTS}/none")).status_code == 404


async def test_a_site_opts_out(client: AsyncClient, world: World) -> None:
    world.bus.hold(an_event())
    answer = await client.put(f"{ONE}/sites/berlin-1", json={})
    (opted,) = world.bus.published

    assert (answer.status_code, answer.json()["opted_out"]) == (202, ["berlin-1"])
    assert isinstance(opted, DemandSiteOpted)
    assert (opted.site, opted.out) == ("berlin-1", True)
    assert (await client.put(f"{ONE}/sites/hamburg-1", json={})).status_code == 404


async def test_what_became_of_an_event_is_listed_and_counted(client: AsyncClient, world: World) -> None:
    world.bus.hold(an_event())
    world.reads.demand_station_rows["1"] = station_of(at_a_station())
    page = (await client.get(f"{ONE}/stations?status=accepted&site=berlin-1")).json()

    assert [each["station"] for each in page["items"]] == [STATION]
    assert world.reads.asked["demand_stations"][0] == DemandStationFilter(
        event="event-1", status="accepted", site="berlin-1"
    )
    assert (await client.get(f"{ONE}/counts")).json() == {"accepted": 1}
    assert (await client.get(f"/api/v1/stations/{STATION}/demand-response")).json()["items"] == page["items"]


async def test_events_are_listed_by_status(client: AsyncClient, world: World) -> None:
    world.bus.hold(an_event())
    world.bus.hold(an_event("event-2", status="cancelled"))

    assert [each["event"] for each in (await client.get(f"{EVENTS}?status=cancelled")).json()["items"]] == ["event-2"]


async def test_an_event_that_concerns_nobody_is_refused(client: AsyncClient, world: World) -> None:
    answer = await client.post(EVENTS, json=BODY | {"sites": ["nowhere"]})

    assert (answer.status_code, world.bus.published) == (422, [])


async def test_a_connection_is_dimmed(client: AsyncClient, world: World) -> None:
    order = {"site": "berlin-1", "control": "direct", "to_at": BODY["to_at"]}
    answer = await client.post("/api/v1/demand-response/dimming", json=order)

    assert (answer.status_code, answer.json()["kind"], answer.json()["limit_w"]) == (202, "dimming", "4200")
    refused = await client.post("/api/v1/demand-response/dimming", json=order | {"limit_w": "4000"})
    assert refused.status_code == 422
    assert "4200" in refused.text
