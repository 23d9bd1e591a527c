"""Reservations over HTTP: asked for, answered, listed."""

import msgspec
import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.reservations import ReserveNow, reservation_id_of
from services.api.fakes import NOON, World
from services.api.reservations.rows import ReservationFilter, reservation_of
from tests.services.api.builders import STATION, a_reservation, a_state, an_outcome

RESERVE = f"/api/v1/stations/{STATION}/reservations"
BODY = {"token": "04A2B3C4D5", "evse": 1, "expires_at": "2026-06-01T13:00:00Z"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state())


def hold(world: World, **override: object) -> None:
    record = a_reservation(**override)
    world.reads.reservation_rows[record.reservation] = reservation_of(record)


async def test_a_reservation_is_asked_for_and_answered_with_the_stations_word(
    client: AsyncClient, world: World
) -> None:
    world.bus.settles = an_outcome(response=msgspec.Raw(b'{"status":"Accepted"}'), sent=True)

    answer = await client.post(RESERVE, json=BODY | {"group": "VANS", "ttl_s": 90})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, ReserveNow)
    assert (request.command.token, request.command.evse, request.command.group) == ("04A2B3C4D5", 1, "VANS")
    assert (request.expires_at - NOON).total_seconds() == 90
    assert answer.status_code == 200
    told = answer.json()
    assert (told["reservation"]["status"], told["command"]["outcome"]) == ("accepted", "accepted")
    assert told["reservation"]["reservation"] == told["command"]["command_id"] == request.id
    assert told["reservation"]["reservation_id"] == reservation_id_of(request.id)


async def test_a_refusal_has_the_stations_word(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", detail="Occupied", sent=True)

    told = (await client.post(RESERVE, json=BODY)).json()["reservation"]

    assert (told["status"], told["detail"], told["ended_at"]) == ("refused", "Occupied", "2026-06-01T12:00:00Z")


async def test_without_an_answer_in_time_it_is_requested(client: AsyncClient) -> None:
    answer = await client.post(RESERVE, json=BODY | {"wait_s": 0})

    assert answer.status_code == 202
    assert answer.json()["reservation"]["status"] == "requested"


async def test_a_repeat_with_the_same_key_is_the_same_reservation_as_it_is_now(
    client: AsyncClient, world: World
) -> None:
    world.bus.settles = an_outcome(sent=True)
    key = {"Idempotency-Key": "booking-1"}
    first = (await client.post(RESERVE, json=BODY, headers=key)).json()["reservation"]
    hold(world, reservation=first["reservation"], status="used", session="s1")

    again = (await client.post(RESERVE, json=BODY, headers=key)).json()["reservation"]

    assert len(world.bus.published) == 1
    assert (again["reservation"], again["status"], again["session"]) == (first["reservation"], "used", "s1")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"expires_at": "2026-06-01T11:59:59Z"}, "expires_at"),
        ({"expires_at": "2026-06-01T13:00:00"}, "expires_at"),
        ({"token": ""}, "token"),
        ({"evse": 0}, "evse"),
        ({"reservation_id": 2**31}, "reservation_id"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_reserved_is_named(
    client: AsyncClient, world: World, change: dict[str, object], field: str
) -> None:
    answer = await client.post(RESERVE, json=BODY | change)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert world.bus.published == []


async def test_nothing_is_reserved_at_an_unknown_station(client: AsyncClient) -> None:
    assert (await client.post("/api/v1/stations/NOBODY/reservations", json=BODY)).status_code == 404


async def test_a_reservation_is_found(client: AsyncClient, world: World) -> None:
    hold(world)

    assert (await client.get("/api/v1/reservations/r1")).json()["reservation_id"] == 7
    assert (await client.get("/api/v1/reservations/r2")).status_code == 404


async def test_reservations_are_listed_by_station_token_and_status(client: AsyncClient, world: World) -> None:
    hold(world)

    page = (await client.get(f"/api/v1/reservations?station={STATION}&token=a&status=accepted&limit=7")).json()

    assert [item["reservation"] for item in page["items"]] == ["r1"]
    where = ReservationFilter(station=STATION, token="a", status="accepted")
    assert world.reads.asked["reservations"] == (where, None, 7)
    assert (await client.get("/api/v1/reservations?status=perhaps")).status_code in (400, 422)
