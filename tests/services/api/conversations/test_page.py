"""The OCPP log in the console: of all stations, and of one; each exchange with what it belongs to."""

import pytest
from httpx import AsyncClient

from services.api.conversations.page import wanted_of
from services.api.conversations.rows import Cause, NamedSession
from services.api.fakes import NOON, World
from services.api.web.problems import Problem
from tests.services.api.builders import STATION, a_state, an_answer, an_exchange
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/log"


@pytest.fixture(autouse=True)
def a_station_with_a_log(world: World) -> None:
    world.bus.hold(a_state())
    world.reads.named_rows = (NamedSession(session="s1", station=STATION, transaction_id="7", started_at=NOON),)
    refused = an_answer(kind="error", error="NotSupported", latency_ms=1300)
    world.reads.exchange_rows = (
        an_exchange(action="StopTransaction", transaction_id="7", answer=an_answer()),
        an_exchange(id="2", direction="out", action="Reset", command=Cause(command_id="c9"), answer=refused),
        an_exchange(id="3"),
    )


@pytest.mark.parametrize("path", ["/exchanges", TAB])
async def test_an_exchange_leads_to_its_command_its_session_and_its_connection(browser: AsyncClient, path: str) -> None:
    page = (await browser.get(path)).text

    assert 'href="/commands/c9"' in page
    assert 'href="/sessions/s1"' in page
    assert f'href="{path}?connection=1"' in page
    assert all(word in page for word in ("NotSupported", "1.3 s", "8 ms", "No answer was seen"))


async def test_the_export_has_the_filters_of_the_page(browser: AsyncClient) -> None:
    page = (await browser.get(f"{TAB}?errors=true&action=Reset")).text

    assert f'/api/v1/exchanges/export?action=Reset&amp;errors=true&amp;station={STATION}"' in page


async def test_without_anything_the_page_says_what_to_do(browser: AsyncClient, world: World) -> None:
    world.reads.exchange_rows = ()

    assert "No messages yet" in (await browser.get(TAB)).text
    assert "Take a filter away" in (await browser.get(f"{TAB}?action=X")).text
    assert "Take a filter away" in (await browser.get("/exchanges?station=X")).text


def test_a_connection_that_is_no_number_is_named() -> None:
    with pytest.raises(Problem):
        wanted_of({"connection": "x"}, None)


async def test_what_stations_write_is_text(browser: AsyncClient, world: World) -> None:
    world.reads.exchange_rows = (
        an_exchange(action=HOSTILE, message_id=HOSTILE, error=HOSTILE, text=HOSTILE, answer=an_answer(text=HOSTILE)),
    )

    assert "<script>alert" not in (await browser.get(TAB)).text
