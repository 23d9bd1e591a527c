"""The tariffs' page, its editor, and bills on a session's page."""

import datetime as dt
from decimal import Decimal

import pytest
from httpx import AsyncClient

from schemas.tariffs import TariffAssigned, TariffProvisioned, TariffRemoved, TariffUnassigned
from services.api.console.formats import money
from services.api.fakes import NOON, World
from services.api.sessions.views import session_of
from tests.services.api.builders import a_session
from tests.services.api.cdrs.test_routes import a_cdr, a_tariff, hold, running, unrated
from tests.services.api.conftest import browser_of
from tests.services.api.operators.given import signed_in
from tests.services.api.worlds import HOSTILE

FORM = {
    "tariff": "day",
    "label": "Day",
    "currency": "eur",
    "elements": '[{"price_components": [{"type": "ENERGY", "price": 0.49, "vat": 19}]}]',
    "min_price_excl_vat": "1",
    "min_price_incl_vat": "1.19",
}


async def test_a_tariff_is_made_in_the_editor_and_listed(browser: AsyncClient, world: World) -> None:
    saved = await browser.post("/tariffs", data=FORM, headers={"HX-Request": "true"})
    page = (await browser.get("/tariffs")).text

    (record,) = world.bus.published
    assert isinstance(record, TariffProvisioned)
    assert (record.current.currency, str(record.current.min_price.incl_vat)) == ("EUR", "1.19")  # type: ignore[union-attr]
    assert "version 1" in saved.text
    assert "0.49 EUR/kWh" in page


async def test_the_editor_shows_a_tariff_as_it_is(browser: AsyncClient) -> None:
    await browser.post("/tariffs", data=FORM)

    page = (await browser.get("/tariffs?edit=day")).text

    assert "Save a new version" in page
    assert "&#34;price&#34;: &#34;0.49&#34;" in page
    assert 'value="1.19"' in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"elements": "[{"}, "elements"),
        (
            {"elements": '[{"price_components": [{"type": "ENERGY", "price": -1}]}]'},
            "elements[0].price_components[0].price",
        ),
        ({"currency": "E"}, "currency"),
        ({"max_price_excl_vat": "9"}, "max_price.incl_vat"),
    ],
)
async def test_a_bad_tariff_is_named_in_the_editor(
    browser: AsyncClient, world: World, changes: dict[str, str], field: str
) -> None:
    answer = await browser.post("/tariffs", data=FORM | changes, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert field in answer.text
    assert world.bus.published == []


async def test_a_tariff_is_tried_on_a_past_session_before_it_is_saved(browser: AsyncClient, world: World) -> None:
    energy = {"meter_start_wh": Decimal(0), "meter_stop_wh": Decimal(10_000), "energy_wh": Decimal(10_000)}
    over = a_session(status="ended", ended_at=NOON + dt.timedelta(hours=1), **energy)
    world.reads.session_rows["s1"] = session_of(over)

    tried = await browser.post("/tariffs/try", data=FORM | {"session": "s1"}, headers={"HX-Request": "true"})
    blank = await browser.post("/tariffs/try", data=FORM, headers={"HX-Request": "true"})

    assert "That session would have cost 4.90 EUR (energy 4.90 EUR), 5.83 EUR with VAT." in tried.text
    assert blank.status_code == 422
    assert world.bus.published == []


async def test_tariffs_are_assigned_and_taken_away(browser: AsyncClient, world: World) -> None:
    await browser.post("/tariffs", data=FORM)

    await browser.post("/tariffs/assign", data={"kind": "site", "name": "berlin/1", "tariffs": "day"})
    assigned = world.bus.published[-1]
    page = (await browser.get("/tariffs")).text
    await browser.post("/tariffs/unassign", data={"target": "site:berlin/1"})

    assert isinstance(assigned, TariffAssigned)
    assert assigned.target == "site:berlin/1"
    assert "site:berlin/1" in page
    assert isinstance(world.bus.published[-1], TariffUnassigned)


async def test_a_tariff_is_removed(browser: AsyncClient, world: World) -> None:
    await browser.post("/tariffs", data=FORM)

    await browser.post("/tariffs/remove", data={"tariff": "day"})

    assert isinstance(world.bus.published[-1], TariffRemoved)


async def test_a_session_s_page_shows_its_bill_with_periods(browser: AsyncClient, world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(status="ended", ended_at=NOON + dt.timedelta(hours=1)))
    hold(world, a_cdr())

    page = (await browser.get("/sessions/s1")).text

    assert "10.00 EUR" in page
    assert "10 kWh at 0.50 EUR" in page
    assert "day, version 3" in page


async def test_a_running_session_s_page_shows_its_cost_so_far(browser: AsyncClient, world: World) -> None:
    running(world)
    a_tariff(world)

    page = (await browser.get("/sessions/s1")).text

    assert "Running cost" in page
    assert "3.50 EUR" in page


async def test_a_session_without_a_price_says_why(browser: AsyncClient, world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(status="ended", ended_at=NOON))
    hold(world, unrated())

    assert "No tariff was assigned" in (await browser.get("/sessions/s1")).text


async def test_sessions_without_a_price_are_listed_with_the_reason(browser: AsyncClient, world: World) -> None:
    hold(world, unrated())

    page = (await browser.get("/tariffs")).text

    assert "No tariff was assigned" in page
    assert 'href="/sessions/s1"' in page


async def test_what_an_operator_wrote_cannot_act_on_the_page() -> None:
    world = World()
    browser = await browser_of(world)
    await browser.post("/tariffs", data=FORM | {"label": HOSTILE})

    page = (await browser.get("/tariffs")).text + (await browser.get("/tariffs?edit=day")).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    ("amount", "told"),
    [("5", "5.00 EUR"), ("0.4900", "0.49 EUR"), ("0.1234", "0.1234 EUR"), ("-1234.5", "-1,234.50 EUR")],
)
def test_money_has_two_decimals_or_what_it_needs(amount: str, told: str) -> None:
    assert money(Decimal(amount), "EUR") == told


async def test_whose_a_tariff_and_an_assignment_are_is_said_in_the_forms(browser: AsyncClient, world: World) -> None:
    await browser.post("/tariffs", data=FORM | {"tenant": "acme"})
    made = world.bus.published[-1]
    form = (await browser.get("/tariffs?edit=day")).text
    await browser.post("/tariffs/assign", data={"kind": "site", "name": "berlin", "tariffs": "day", "tenant": "acme"})
    assigned = world.bus.published[-1]
    own = await signed_in(world, "bob", "admin", scope={"tenants": ["acme"]})

    assert isinstance(made, TariffProvisioned)
    assert made.tenant == "acme"
    assert 'name="tenant" maxlength="64" value="acme"' in form
    assert isinstance(assigned, TariffAssigned)
    assert assigned.tenant == "acme"
    assert 'name="tenant"' not in (await own.get("/tariffs?edit=day")).text
