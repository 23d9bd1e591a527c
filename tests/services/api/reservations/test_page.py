"""Reservations in the console: all of them, those of a station, the form and the button."""

from typing import get_args

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.reservations import CancelReservation, ReservationStatus, ReserveNow
from services.api.fakes import World
from services.api.reservations.rows import reservation_of
from tests.services.api.builders import STATION, a_reservation, a_state, a_token, an_outcome
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/reservations"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.0.1"))
    world.bus.hold(a_token())


def hold(world: World, **override: object) -> None:
    record = a_reservation(**override)
    world.reads.reservation_rows[record.reservation] = reservation_of(record)


async def test_all_reservations_are_listed_and_open_ones_can_be_cancelled(browser: AsyncClient, world: World) -> None:
    hold(world)
    hold(world, reservation="r2", status="used", session="s1")

    page = (await browser.get("/reservations")).text

    assert "/reservations/r1/cancel" in page
    assert "/reservations/r2/cancel" not in page
    assert "/sessions/s1" in page


async def test_the_filter_offers_every_status(browser: AsyncClient) -> None:
    page = (await browser.get("/reservations")).text

    assert [status for status in get_args(ReservationStatus) if f'<option value="{status}"' not in page] == []


async def test_the_form_offers_the_stations_evses_and_the_tokens(browser: AsyncClient) -> None:
    page = (await browser.get(TAB)).text

    assert '<option value="1">1</option>' in page
    assert '<option value="04A2B3C4D5">' in page
    assert "cCCS2" in page


async def test_who_fills_the_form_in_reserves(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", detail="Occupied", sent=True)
    form = {"token": " 04A2B3C4D5 ", "expires_at": "2026-06-01T13:00", "evse": "1", "connector_type": "", "group": ""}

    answer = await browser.post(TAB, data=form, headers=HTMX)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, ReserveNow)
    assert (request.command.token, request.command.evse) == ("04A2B3C4D5", 1)
    assert "refused (Occupied)" in answer.text


async def test_a_form_without_a_time_says_so(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(TAB, data={"token": "A", "expires_at": ""}, headers=HTMX)

    assert "expires_at" in answer.text
    assert world.bus.published == []


async def test_the_button_cancels(browser: AsyncClient, world: World) -> None:
    hold(world)
    world.bus.settles = an_outcome(sent=True)

    answer = await browser.post("/reservations/r1/cancel", headers=HTMX)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == CancelReservation(reservation_id=7)
    assert "is cancelled" in answer.text


async def test_what_stations_and_operators_write_is_text(browser: AsyncClient, world: World) -> None:
    hold(world, token=HOSTILE, detail=HOSTILE, connector_type=HOSTILE, group=HOSTILE)

    assert "<script>alert" not in (await browser.get("/reservations")).text
