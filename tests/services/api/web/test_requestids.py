"""Every answer has the id of its request."""

import pytest
from httpx import AsyncClient


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
