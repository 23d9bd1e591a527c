"""Uploads: a station needs its ticket and nothing else; one file, whole, of a bounded size."""

import hashlib

import httpx
import pytest

from schemas.diagnostics import LogFileStored
from services.api.diagnostics.rows import log_of
from services.api.diagnostics.tickets import ticket_of
from services.api.diagnostics.usecases import TAKEN_FOR
from services.api.fakes import World
from tests.services.api.apps import app_of
from tests.services.api.builders import STATION, a_log
from tests.services.api.conftest import client_of
from tests.services.api.diagnostics.worlds import KEY, MOST, with_files

HOME = f"/api/v1/uploads/l1/{ticket_of(KEY, 'l1')}"


@pytest.fixture
def world() -> World:
    world = with_files()
    world.reads.log_rows["l1"] = log_of(a_log(file="announced.zip"))
    return world


@pytest.fixture
def station(world: World) -> httpx.AsyncClient:
    """Whoever has the address: no key, no login."""
    return client_of(app_of(world.ports()))


def only(world: World) -> LogFileStored:
    (record,) = world.bus.published
    assert isinstance(record, LogFileStored)
    return record


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize(("path", "name"), [("", "announced.zip"), ("/diag-17.zip", "diag-17.zip")])
@pytest.mark.parametrize("kind", ["application/zip", "text/plain", None])
async def test_the_body_is_the_file(
    station: httpx.AsyncClient, world: World, method: str, path: str, name: str, kind: str | None
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}

    answer = await station.request(method, HOME + path, content=b"some log", headers=headers)

    assert answer.status_code == 201
    record = only(world)
    assert (record.station, record.log, record.name, record.size) == (STATION, "l1", name, 8)
    assert record.sha256 == hashlib.sha256(b"some log").hexdigest()
    assert world.files.held == {record.place: b"some log"}


async def test_a_form_with_one_file_is_taken_too(station: httpx.AsyncClient, world: World) -> None:
    answer = await station.post(HOME, files={"upload": ("of-form.log", b"some log")}, data={"note": "x"})

    assert answer.status_code == 201
    assert (only(world).name, only(world).size) == ("of-form.log", 8)


@pytest.mark.parametrize("count", [0, 2])
async def test_a_form_with_another_number_of_files_is_refused(
    station: httpx.AsyncClient, world: World, count: int
) -> None:
    files = [("upload", (f"{n}.log", b"x")) for n in range(count)] or [("note", (None, b"x"))]

    answer = await station.post(HOME, files=files)

    assert answer.status_code == 400
    assert world.bus.published == []


@pytest.mark.parametrize(
    "path",
    [f"/api/v1/uploads/l1/{'0' * 40}", f"/api/v1/uploads/l2/{ticket_of(KEY, 'l1')}", "/api/v1/uploads/l1/x"],
)
async def test_without_the_ticket_nothing_is_taken(station: httpx.AsyncClient, world: World, path: str) -> None:
    answer = await station.put(path, content=b"some log")

    assert answer.status_code == 403
    assert world.files.held == {}


async def test_a_week_later_the_ticket_is_worth_nothing(station: httpx.AsyncClient, world: World) -> None:
    world.now += TAKEN_FOR

    assert (await station.put(HOME, content=b"1")).status_code == 201
    world.now += TAKEN_FOR
    assert (await station.put(HOME, content=b"2")).status_code == 403


async def test_a_second_file_is_refused(station: httpx.AsyncClient, world: World) -> None:
    world.reads.log_rows["l1"] = log_of(a_log(status="stored", place="logs/1"))

    assert (await station.put(HOME, content=b"again")).status_code == 409
    assert world.files.held == {}


@pytest.mark.parametrize("announced", [True, False])
async def test_a_file_that_is_too_large_is_not_stored(
    station: httpx.AsyncClient, world: World, announced: bool
) -> None:
    async def unannounced():
        for _ in range(3):
            yield b"x" * (MOST // 2)

    answer = await station.put(HOME, content=b"x" * (MOST + 1) if announced else unannounced())

    assert answer.status_code == 413
    assert str(MOST) in answer.text
    assert world.files.held == {}


async def test_where_kafka_is_away_the_station_is_to_try_again(station: httpx.AsyncClient, world: World) -> None:
    world.bus.away = True

    assert (await station.put(HOME, content=b"some log")).status_code == 503


async def test_where_no_place_for_files_is_set_up_nothing_is_taken() -> None:
    station = client_of(app_of(World().ports()))

    assert (await station.put(HOME, content=b"some log")).status_code == 403


async def test_a_file_of_the_largest_size_is_taken(station: httpx.AsyncClient, world: World) -> None:
    assert (await station.put(HOME, content=b"x" * MOST)).status_code == 201
    assert only(world).size == MOST
