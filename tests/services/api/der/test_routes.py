"""DER control over HTTP: set, answered, listed."""

from typing import Any

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.der import SetDERControl
from services.api.der.rows import AlarmFilter, ControlFilter, control_of
from services.api.fakes import NOON, World
from tests.services.api.builders import STATION, a_der_control, a_state, an_outcome
from tests.services.api.der.worlds import a_turn_row, an_alarm_row

HOME = f"/api/v1/stations/{STATION}/der-controls"
CURVE: dict[str, Any] = {"priority": 1, "y_unit": "PctMaxW", "curve_data": [{"x": "50.2", "y": "100"}]}
BODY: dict[str, Any] = {"control_type": "FreqWatt", "is_default": True, "settings": {"curve": CURVE}, "control_id": "a"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


def hold(world: World, **override: Any) -> None:
    record = a_der_control(**override)
    world.reads.der_rows[record.der_control] = control_of(record)


async def test_a_control_is_set_and_answered_with_the_outcome(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)

    answer = await client.post(HOME, json=BODY)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == SetDERControl(
        control_type="FreqWatt", is_default=True, settings=a_der_control().control.settings, control_id="a"
    )
    assert (answer.status_code, answer.json()["command"]["outcome"]) == (200, "accepted")


async def test_without_an_answer_in_time_it_is_pending(client: AsyncClient) -> None:
    answer = await client.post(HOME, json=BODY | {"wait_s": 0})

    assert (answer.status_code, answer.json()["command"]["outcome"]) == (202, "pending")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"control_type": "Perhaps"}, "control_type"),
        ({"control_type": "FixedVar"}, "settings.fixed_var"),
        ({"settings": {"curve": CURVE | {"duration_s": "5"}}}, "settings.curve.duration_s"),
        ({"settings": {"curve": CURVE | {"curve_data": []}}}, "settings.curve.curve_data"),
        ({"settings": {"curve": CURVE | {"priority": -1}}}, "settings.curve.priority"),
        ({"settings": {}}, "settings.curve"),
        ({"control_id": "x" * 37}, "control_id"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_set_is_named(
    client: AsyncClient, world: World, change: dict[str, Any], field: str
) -> None:
    answer = await client.post(HOME, json=BODY | change)

    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert world.bus.published == []


async def test_controls_are_found_and_listed(client: AsyncClient, world: World) -> None:
    hold(world)

    assert (await client.get("/api/v1/der-controls/d1")).json()["control_id"] == "a"
    assert (await client.get("/api/v1/der-controls/d2")).status_code == 404
    query = f"station={STATION}&status=accepted&control_type=FreqWatt&is_default=true&limit=7"
    page = (await client.get(f"/api/v1/der-controls?{query}")).json()
    assert [item["settings"]["curve"]["priority"] for item in page["items"]] == [1]
    where = ControlFilter(station=STATION, status="accepted", control_type="FreqWatt", is_default=True)
    assert world.reads.asked["der_controls"] == (where, None, 7)
    assert (await client.get("/api/v1/der-controls?control_type=perhaps")).status_code in (400, 422)


async def test_a_control_is_cleared_once(client: AsyncClient, world: World) -> None:
    hold(world)
    hold(world, der_control="over", status="expired")
    world.bus.settles = an_outcome(sent=True)

    told = (await client.delete("/api/v1/der-controls/d1")).json()

    assert (told["control"]["status"], told["command"]["outcome"]) == ("cleared", "accepted")
    assert (await client.delete("/api/v1/der-controls/over")).status_code == 409


async def test_alarms_and_turns_are_listed(client: AsyncClient, world: World) -> None:
    world.reads.der_alarm_rows, world.reads.der_turn_rows = [an_alarm_row()], [a_turn_row()]

    query = f"station={STATION}&control_type=FreqWatt&from=2026-06-01T12:00:00Z&limit=7"
    alarms = (await client.get(f"/api/v1/der-alarms?{query}")).json()
    turns = (await client.get(f"/api/v1/stations/{STATION}/der-turns")).json()

    assert [item["fault"] for item in alarms["items"]] == ["OverFrequency"]
    assert world.reads.asked["der_alarms"] == (
        AlarmFilter(station=STATION, control_type="FreqWatt", since=NOON),
        None,
        7,
    )
    assert [item["control_id"] for item in turns["items"]] == ["a"]
    assert (await client.get("/api/v1/stations/NOBODY/der-turns")).status_code == 404
    assert (await client.get("/api/v1/der-alarms?to=2500-01-01T00:00:00Z")).status_code == 422


async def test_nothing_is_set_at_an_unknown_station(client: AsyncClient) -> None:
    assert (await client.post("/api/v1/stations/NOBODY/der-controls", json=BODY)).status_code == 404
