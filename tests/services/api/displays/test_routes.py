"""Display messages over HTTP: shown, answered, listed."""

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.displays import DisplayContent, SetDisplayMessage, message_id_of
from services.api.displays.rows import MessageFilter, message_of
from services.api.fakes import World
from tests.services.api.builders import STATION, a_display_message, a_state, an_outcome

SHOW = f"/api/v1/stations/{STATION}/display-messages"
BODY = {"text": "Hello", "ends_at": "2026-06-01T13:00:00Z"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


def hold(world: World, **override: object) -> None:
    record = a_display_message(**override)  # type: ignore[arg-type]
    world.reads.display_rows[record.display_message] = message_of(record)


async def test_a_message_is_shown_and_answered_with_the_stations_word(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)
    more = {"message_priority": "InFront", "translations": [{"text": "Hallo", "language": "de"}], "ttl_s": 90}

    answer = await client.post(SHOW, json=BODY | more)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, SetDisplayMessage)
    assert (request.command.text, request.command.priority, request.priority) == ("Hello", "InFront", 5)
    assert request.command.translations == (DisplayContent(text="Hallo", language="de"),)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["message"]["status"], told["command"]["outcome"]) == ("accepted", "accepted")
    assert told["message"]["display_message"] == told["command"]["command_id"] == request.id
    assert told["message"]["message_id"] == message_id_of(request.id)


@pytest.mark.parametrize("word", ["NotSupportedPriority", "UnknownTransaction"])
async def test_a_refusal_has_the_stations_word(client: AsyncClient, world: World, word: str) -> None:
    world.bus.settles = an_outcome(outcome="rejected", detail=word, sent=True)

    told = (await client.post(SHOW, json=BODY)).json()["message"]

    assert (told["status"], told["detail"]) == ("refused", word)


async def test_without_an_answer_in_time_it_is_requested(client: AsyncClient) -> None:
    answer = await client.post(SHOW, json=BODY | {"wait_s": 0})

    assert answer.status_code == 202
    assert answer.json()["message"]["status"] == "requested"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": "2026-06-01T11:59:59Z"}, "ends_at"),
        ({"starts_at": "2026-06-01T13:00:00Z"}, "ends_at"),
        ({"text": ""}, "text"),
        ({"message_priority": "Loud"}, "message_priority"),
        ({"message_id": -1}, "message_id"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_shown_is_named(
    client: AsyncClient, world: World, change: dict[str, object], field: str
) -> None:
    answer = await client.post(SHOW, json=BODY | change)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert world.bus.published == []


async def test_nothing_is_shown_at_an_unknown_station(client: AsyncClient) -> None:
    assert (await client.post("/api/v1/stations/NOBODY/display-messages", json=BODY)).status_code == 404


async def test_messages_are_found_and_listed(client: AsyncClient, world: World) -> None:
    hold(world)

    assert (await client.get("/api/v1/display-messages/m1")).json()["message_id"] == 7
    assert (await client.get("/api/v1/display-messages/m2")).status_code == 404
    page = (await client.get(f"/api/v1/display-messages?station={STATION}&status=accepted&limit=7")).json()
    assert [item["display_message"] for item in page["items"]] == ["m1"]
    assert world.reads.asked["display_messages"] == (MessageFilter(station=STATION, status="accepted"), None, 7)
    assert (await client.get("/api/v1/display-messages?status=perhaps")).status_code in (400, 422)
