"""A station's display messages in the console: those it has, the form and the buttons."""

from typing import get_args

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.displays import ClearDisplayMessage, DisplayStatus, GetDisplayMessages, SetDisplayMessage
from services.api.console.formats import TONES
from services.api.displays.rows import message_of
from services.api.fakes import World
from services.api.sessions.views import session_of
from tests.services.api.builders import STATION, a_display_message, a_session, a_state, an_outcome
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/displays"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


def hold(world: World, content: dict[str, object] | None = None, **override: object) -> None:
    record = a_display_message(content, **override)
    world.reads.display_rows[record.display_message] = message_of(record)


async def test_messages_are_listed_and_open_ones_can_be_cleared_and_replaced(
    browser: AsyncClient, world: World
) -> None:
    hold(world)
    hold(world, {"message_id": 8}, display_message="m2", status="gone", requested_by="")

    page = (await browser.get(TAB)).text

    assert "/display-messages/m1/clear" in page
    assert "?replaces=7" in page
    assert "/display-messages/m2/clear" not in page
    assert "by another system" in page


async def test_the_form_offers_running_transactions_and_the_number_that_is_replaced(
    browser: AsyncClient, world: World
) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(transaction_id="tx-9"))

    page = (await browser.get(f"{TAB}?replaces=7")).text

    assert '<option value="tx-9">' in page
    assert 'value="7"' in page


async def test_who_fills_the_form_in_has_a_message_shown(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", detail="NotSupportedState", sent=True)
    form = {"text": " Hi ", "format": "URI", "priority": "InFront", "state": "Idle", "message_id": "7"}

    answer = await browser.post(TAB, data=form, headers=HTMX)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    expected = SetDisplayMessage(text="Hi", format="URI", priority="InFront", state="Idle", message_id=7)
    assert request.command == expected
    assert "refused (NotSupportedState)" in answer.text


async def test_a_form_without_a_text_says_so(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(TAB, data={"text": " "}, headers=HTMX)

    assert "text" in answer.text
    assert world.bus.published == []


@pytest.mark.parametrize(("word", "told"), [("", "is reporting"), ("Unknown", "has no messages")])
async def test_the_buttons_read_and_clear(browser: AsyncClient, world: World, word: str, told: str) -> None:
    hold(world)
    world.bus.settles = an_outcome(sent=True, detail=word)

    read = await browser.post(f"{TAB}/read", headers=HTMX)
    cleared = await browser.post("/display-messages/m1/clear", headers=HTMX)

    commands = [record.command for record in world.bus.published if isinstance(record, CommandRequested)]
    assert commands == [GetDisplayMessages(), ClearDisplayMessage(message_id=7)]
    assert told in read.text
    assert "is cleared" in cleared.text


def test_every_status_has_its_colour() -> None:
    assert [status for status in get_args(DisplayStatus) if status not in TONES] == []


async def test_what_stations_and_operators_write_is_text(browser: AsyncClient, world: World) -> None:
    hold(world, {"text": HOSTILE, "priority": HOSTILE, "state": HOSTILE, "transaction_id": HOSTILE}, detail=HOSTILE)

    assert "<script>alert" not in (await browser.get(TAB)).text
