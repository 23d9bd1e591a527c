"""Logs over HTTP: asked for, found, downloaded."""

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.diagnostics import GetLog
from services.api.diagnostics.rows import LogFilter, log_of
from services.api.diagnostics.tickets import ticket_of
from services.api.diagnostics.usecases import TAKEN_FOR
from services.api.fakes import World
from tests.services.api.apps import app_of
from tests.services.api.builders import STATION, a_log, a_state, an_outcome
from tests.services.api.conftest import BEARER, client_of
from tests.services.api.diagnostics.worlds import KEY, with_files

ASK = f"/api/v1/stations/{STATION}/logs"


@pytest.fixture
def world() -> World:
    world = with_files()
    world.bus.hold(a_state())
    return world


async def test_a_log_is_asked_for_with_an_address_of_our_own(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(response=b'{"fileName":"diag.zip"}', sent=True)

    answer = await client.post(ASK, json={"since": "2026-06-01T00:00:00Z"})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, GetLog)
    assert request.command.location == f"https://csms.example/api/v1/uploads/{request.id}/{ticket_of(KEY, request.id)}"
    told = answer.json()
    assert answer.status_code == 200
    assert (told["log"]["log"], told["log"]["status"], told["log"]["file"]) == (request.id, "accepted", "diag.zip")
    assert told["command"]["outcome"] == "accepted"


async def test_a_log_can_go_elsewhere(client: AsyncClient, world: World) -> None:
    answer = await client.post(ASK, json={"location": "ftp://elsewhere.example/", "type": "SecurityLog", "wait_s": 0})

    assert answer.status_code == 202
    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, GetLog)
    assert (request.command.location, request.command.type) == ("ftp://elsewhere.example/", "SecurityLog")
    assert answer.json()["log"]["status"] == "requested"


async def test_a_repeat_with_the_same_key_asks_once(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)
    headers = {"Idempotency-Key": "logs-1"}

    first = await client.post(ASK, json={}, headers=headers)
    world.now += TAKEN_FOR / 2
    again = await client.post(ASK, json={}, headers=headers)

    assert first.json()["log"]["log"] == again.json()["log"]["log"]
    assert len(world.bus.published) == 1


async def test_without_a_place_for_files_the_caller_is_told_what_to_do() -> None:
    bare = World()
    bare.bus.hold(a_state())
    client = client_of(app_of(bare.ports()))
    client.headers.update(BEARER)

    answer = await client.post(ASK, json={})

    assert answer.status_code == 409
    assert "set api_files, api_public_url and secrets_key_file" in answer.text
    assert bare.bus.published == []


@pytest.mark.parametrize(
    "body", [{"type": "Everything"}, {"since": "yesterday"}, {"retries": -1}, {"location": "x" * 600}]
)
async def test_what_cannot_be_asked_for_is_told(client: AsyncClient, body: dict[str, object]) -> None:
    assert (await client.post(ASK, json=body)).status_code in (400, 422)


async def test_logs_are_listed_and_found(client: AsyncClient, world: World) -> None:
    world.reads.log_rows["l1"] = log_of(a_log(status="failed", detail="BadMessage"))

    listed = (await client.get("/api/v1/logs", params={"station": STATION, "status": "failed"})).json()
    one = await client.get("/api/v1/logs/l1")

    assert listed["items"] == [one.json()]
    assert world.reads.asked["logs"][0] == LogFilter(station=STATION, status="failed")
    assert (await client.get("/api/v1/logs/none")).status_code == 404


async def test_a_file_is_downloaded_as_it_was_uploaded_and_never_shown_as_a_page(
    client: AsyncClient, world: World
) -> None:
    content = b"<script>alert(1)</script>" * 10
    world.files.held["logs/1"] = content
    world.reads.log_rows["l1"] = log_of(a_log(status="stored", file="ä b.html", place="logs/1", size=len(content)))

    answer = await client.get("/api/v1/logs/l1/file")

    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A4%20b.html"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_log_without_a_file_here_says_how_it_is(client: AsyncClient, world: World) -> None:
    world.reads.log_rows["l1"] = log_of(a_log(status="uploaded"))

    answer = await client.get("/api/v1/logs/l1/file")

    assert answer.status_code == 404
    assert "is uploaded" in answer.text
