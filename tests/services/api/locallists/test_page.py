"""A station's local list in the console: how it stands, its entries, the form and the buttons."""

import pytest
from httpx import AsyncClient

from schemas.locallists import REF_LOCAL_LISTS, LocalListProvisioned, LocalListRule, LocalListSyncOrdered
from services.api.fakes import NOON, World
from services.api.locallists.rows import local_list_of
from tests.services.api.builders import STATION, a_local_list, a_state, a_token
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/local-list"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state())
    world.bus.hold(a_token(group="VANS", label="Pool"))


def manage(world: World, **override: object) -> None:
    world.bus.hold(LocalListProvisioned(station=STATION, rule=LocalListRule(), provisioned_at=NOON))
    world.reads.local_list_rows[STATION] = local_list_of(a_local_list(**override))


async def test_a_list_is_shown_with_its_entries_and_can_be_sent_again(browser: AsyncClient, world: World) -> None:
    manage(world, status="out-of-step", why="The station is not connected.", left_out=9)

    page = (await browser.get(TAB)).text

    assert "The station is not connected." in page
    assert "04A2B3C4D5" in page
    assert "9 left out" in page
    assert f'action="{TAB}/sync"' in page


async def test_the_form_offers_the_groups_and_labels_of_tokens(browser: AsyncClient) -> None:
    page = (await browser.get(TAB)).text

    assert '<option value="VANS">' in page
    assert '<option value="Pool">' in page
    assert "Nobody manages this list." in page


async def test_who_fills_the_form_in_has_the_list_managed(browser: AsyncClient, world: World) -> None:
    form = {"etag": "", "tokens": "chosen", "groups": "VANS, CARS", "labels": "", "token_type": ""}

    answer = await browser.post(TAB, data=form, headers=HTMX)

    record = world.bus.get(REF_LOCAL_LISTS, STATION)
    assert isinstance(record, LocalListProvisioned)
    assert record.rule == LocalListRule(tokens="chosen", groups=("VANS", "CARS"))
    assert "the chosen tokens" in answer.text


async def test_a_choice_without_names_says_so(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(TAB, data={"tokens": "chosen", "groups": " "}, headers=HTMX)

    assert "name a group or a label" in answer.text
    assert world.bus.get(REF_LOCAL_LISTS, STATION) is None


async def test_the_buttons_send_again_and_let_go(browser: AsyncClient, world: World) -> None:
    manage(world)

    assert "sent to" in (await browser.post(TAB + "/sync", headers=HTMX)).text
    assert [type(record) for record in world.bus.published] == [LocalListSyncOrdered]
    assert "managed no longer" in (await browser.post(TAB + "/remove", headers=HTMX)).text


async def test_what_stations_and_operators_write_is_text(browser: AsyncClient, world: World) -> None:
    manage(world, why=HOSTILE)
    world.bus.hold(a_token(token=HOSTILE.upper(), group=HOSTILE[:36], label=HOSTILE))

    assert "<script>alert" not in (await browser.get(TAB)).text
