"""Exchanges over HTTP: filtered by what the query says, exported as JSON lines, wrong queries named."""

import pytest
from httpx import AsyncClient

from services.api.conversations.rows import Cause, ExchangeFilter
from services.api.fakes import NOON, World
from tests.services.api.builders import STATION, an_answer, an_exchange

HERE = "/api/v1/exchanges"


@pytest.fixture(autouse=True)
def an_exchange_in_the_log(world: World) -> None:
    world.reads.exchange_rows = (an_exchange(answer=an_answer(), command=Cause(command_id="c9")),)


async def test_an_exchange_has_message_answer_and_command(client: AsyncClient) -> None:
    (one,) = (await client.get(HERE, params={"station": STATION})).json()["items"]

    assert (one["action"], one["answer"]["latency_ms"], one["command"]["command_id"]) == ("Heartbeat", 8.0, "c9")
    assert one["session"] is None


async def test_every_filter_reaches_the_log(client: AsyncClient, world: World) -> None:
    query = {
        "station": STATION, "from": "2026-06-01T12:00:00Z", "to": "2026-06-01T12:00:00Z", "action": "Reset",
        "direction": "out", "message_id": "m1", "command_id": "c1", "connection": "17", "errors": "true", "text": "x",
    }  # fmt: skip

    await client.get(HERE, params=query)

    (where, *_) = world.reads.asked["exchanges"]
    assert where == ExchangeFilter(
        station=STATION, since=NOON, until=NOON, action="Reset", direction="out", message_id="m1", command_id="c1",
        epoch=17, errors=True, text="x",
    )  # fmt: skip


async def test_the_export_is_a_file_of_json_lines(client: AsyncClient) -> None:
    answer = await client.get(f"{HERE}/export", params={"station": STATION})

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert "exchanges.jsonl" in answer.headers["content-disposition"]
    assert answer.text.count("\n") == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"direction": "up"}, "direction"),
        ({"connection": "-1"}, "connection"),
        ({"from": "2026-06-01T12:00:00"}, "from"),
        ({"from": "2026-05-01T12:00:00Z"}, "from"),
        ({"limit": "501"}, "limit"),
        ({"errors": "perhaps"}, "errors"),
    ],
)
async def test_what_cannot_be_asked_is_named(client: AsyncClient, query: dict[str, str], field: str) -> None:
    answer = await client.get(HERE, params=query)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_an_unknown_session_is_not_found_and_an_outage_breaks_no_download(
    client: AsyncClient, world: World
) -> None:
    assert (await client.get(f"{HERE}/export", params={"session": "none"})).status_code == 404
    world.reads.away = True
    assert (await client.get(f"{HERE}/export", params={"station": STATION})).status_code == 503
