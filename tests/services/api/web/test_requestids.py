"""Every answer has the id of its request, and so has every line of the log about it."""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import AsyncClient

from services.api.config import Config
from services.api.fakes import KEY, World
from services.runtime.process.logcontext import AddsContext
from tests.services.api.apps import app_of
from tests.services.api.conftest import BEARER, client_of


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/api/v1/stations", "/api/v1/stations/none"])
async def test_every_answer_has_an_id_and_each_its_own(client: AsyncClient, path: str) -> None:
    first, second = await client.get(path), await client.get(path)

    assert first.headers["x-request-id"]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_the_id_of_the_caller_is_taken_unless_it_is_odd(client: AsyncClient) -> None:
    taken = await client.get("/health", headers={"X-Request-Id": "abc-1:2"})
    odd = await client.get("/health", headers={"X-Request-Id": "a b"})
    long = await client.get("/health", headers={"X-Request-Id": "a" * 65})

    assert taken.headers["x-request-id"] == "abc-1:2"
    assert len(odd.headers["x-request-id"]) == len(long.headers["x-request-id"]) == 32


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[io.StringIO]:
    """The log as it is written: what a request's lines say before them."""
    caplog.set_level(logging.INFO, "voltbus.access")
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.addFilter(AddsContext())
    handler.setFormatter(logging.Formatter("%(name)s:%(about)s %(message)s"))
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


async def test_lines_that_a_request_writes_have_its_id(world: World, lines: io.StringIO, monkeypatch: Any) -> None:
    """An answer of 500 has its trace in the log, under the id that the caller has in his hands."""

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(world.bus, "all", broken)
    async with client_of(app_of(world.ports()), headers=BEARER) as client:
        answer = await client.get("/api/v1/tokens", headers={"X-Request-Id": "mine-1"})

    assert answer.status_code == 500
    assert re.search(r"^services\.api\.[a-z.]+: \[request mine-1\] ", lines.getvalue(), re.MULTILINE)


async def test_the_access_log_has_a_line_for_each_answer_without_secrets(lines: io.StringIO) -> None:
    world = World(Config(key=KEY, access_log=True))
    async with client_of(app_of(world.ports()), headers=BEARER) as client:
        await client.get("/api/v1/stations/A%0AB?secret=canary", headers={"X-Request-Id": "mine-2"})
        await client.put("/api/v1/uploads/canary/canary", content=b"x", headers={"X-Request-Id": "mine-3"})
        await client.get("/canary", headers={"X-Request-Id": "mine-4"})

    said = [line for line in lines.getvalue().splitlines() if line.startswith("voltbus.access:")]
    assert re.fullmatch(
        r"voltbus.access: \[request mine-2\] GET /api/v1/stations/A%0AB 404 [0-9.]+ ms, operator from [0-9.]+",
        said[0],
    )
    assert "[request mine-3] PUT /api/v1/uploads/{log}/{ticket} " in said[1]
    assert "[request mine-4] GET unmatched 404" in said[2]
    assert "canary" not in "".join(said)


async def test_no_access_log_is_written_that_nobody_asked_for(client: AsyncClient, lines: io.StringIO) -> None:
    await client.get("/api/v1/stations")

    assert "voltbus.access" not in lines.getvalue()
