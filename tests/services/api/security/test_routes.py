"""Security events over HTTP."""

import pytest
from httpx import AsyncClient

from services.api.fakes import NOON, World
from services.api.security.rows import SecurityEventFilter
from tests.services.api.builders import STATION
from tests.services.api.security.worlds import a_row

HOME = "/api/v1/security-events"


async def test_events_are_listed_by_what_is_asked_for(client: AsyncClient, world: World) -> None:
    world.reads.security_rows = [a_row()]

    query = f"station={STATION}&type=ResetOrReboot&critical=true&from=2026-06-01T12:00:00Z&limit=7"
    page = (await client.get(f"{HOME}?{query}")).json()

    assert [item["type"] for item in page["items"]] == ["TamperDetectionActivated"]
    where = SecurityEventFilter(station=STATION, type="ResetOrReboot", critical=True, since=NOON)
    assert world.reads.asked["security_events"] == (where, None, 7)


@pytest.mark.parametrize("query", ["critical=perhaps", "from=yesterday", "to=2500-01-01T00:00:00Z", "limit=0"])
async def test_what_cannot_be_read_is_refused(client: AsyncClient, query: str) -> None:
    assert (await client.get(f"{HOME}?{query}")).status_code in (400, 422)
