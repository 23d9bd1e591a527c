"""The tokens' page: the form carries everything that may be said of a token, and a token is topped up there."""

from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient

from schemas.authorization import TokenProvisioned
from schemas.credits import CreditToppedUp, TokenCreditChanged
from schemas.tokens import TokenHours, TokenPlace
from schemas.transactionlimits import TransactionLimit
from services.api.fakes import NOON, World
from tests.services.api.builders import a_token
from tests.services.api.operators.given import signed_in

HTMX = {"hx-request": "true"}
FORM = {
    "token": "a1",
    "prepaid": "eur",
    "max_cost": "20,50",
    "max_energy_kwh": "12.5",
    "max_time_min": "90",
    "max_soc_percent": "80",
    "places": "site Berlin\nstation CP-1 evses 1, 2",
    "hours": "Mo, Tu 08:00-18:00",
    "time_zone": "Europe/Berlin",
    "type-ISO14443": "on",
    "evse_types": "ac, cCCS2",
    "language": "de",
    "message": "Hallo",
    "priority": "-2",
    "cache_s": "60",
}


def of(record: Any) -> TokenProvisioned:
    assert isinstance(record, TokenProvisioned)
    return record


def a_credit(balance: str, revision: int) -> TokenCreditChanged:
    return TokenCreditChanged(
        id=f"c{revision}",
        token="A1",
        revision=revision,
        currency="EUR",
        balance=Decimal(balance),
        cause="top-up",
        changed_at=NOON,
    )


async def test_what_the_form_says_stands(browser: AsyncClient, world: World) -> None:
    assert (await browser.post("/tokens", data=FORM, headers=HTMX)).status_code == 200

    saved = of(world.bus.published[-1])
    assert saved.limits == TransactionLimit(
        max_cost=Decimal("20.50"), max_energy_wh=Decimal(12500), max_time_s=5400, max_soc_percent=80
    )
    assert saved.places == (TokenPlace(site="Berlin"), TokenPlace(station="CP-1", evses=(1, 2)))
    assert saved.hours == (TokenHours(day_of_week=("MONDAY", "TUESDAY"), start_time="08:00", end_time="18:00"),)
    assert saved.evse_types == ("AC", "cCCS2")
    assert (saved.prepaid, saved.types, saved.language, saved.message) == ("EUR", ("ISO14443",), "de", "Hallo")
    assert (saved.priority, saved.cache_s, saved.time_zone) == (-2, 60, "Europe/Berlin")


async def test_the_form_begins_with_what_is_known_and_blocking_changes_nothing_else(
    browser: AsyncClient, world: World
) -> None:
    await browser.post("/tokens", data=FORM, headers=HTMX)
    before = of(world.bus.published[-1])

    page = (await browser.get("/tokens?edit=A1")).text
    for shown in (
        "site Berlin",
        "station CP-1 evses 1, 2",
        "Mo, Tu 08:00-18:00",
        'value="AC, cCCS2"',
        'value="12.5"',
        'value="90"',
    ):
        assert shown in page
    await browser.post("/tokens/status", data={"token": "A1", "status": "Blocked"}, headers=HTMX)

    blocked = of(world.bus.published[-1])
    same = [name for name in TokenProvisioned.__struct_fields__ if name not in ("status", "provisioned_at")]
    assert [getattr(blocked, name) for name in same] == [getattr(before, name) for name in same]
    assert blocked.status == "Blocked"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_cost", "a lot"),
        ("max_time_min", "1.5"),
        ("places", "Berlin"),
        ("hours", "mornings"),
        ("hours", "25:00-26:00"),
        ("priority", "high"),
        ("cache_s", "-1"),
        ("prepaid", "euros"),
    ],
)
async def test_what_cannot_be_used_is_named(browser: AsyncClient, name: str, value: str) -> None:
    answer = await browser.post("/tokens", data={**FORM, name: value}, headers=HTMX)

    assert answer.status_code == 422
    assert f'data-field="{name}' in answer.text


@pytest.mark.usecase("C17")
async def test_credit_is_shown_and_topped_up(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_token(token="A1", prepaid="EUR"))
    world.bus.hold(a_credit("7.50", 1))
    world.bus.applies = lambda _: world.bus.hold(a_credit("12.50", 2))

    assert "7.50 EUR" in (await browser.get("/tokens?edit=A1")).text
    answer = await browser.post(
        "/tokens/top-up", data={"token": "a1", "amount": "5", "currency": "EUR", "reference": "r"}, headers=HTMX
    )

    assert "12.50 EUR are left" in answer.text
    order = world.bus.published[-1]
    assert isinstance(order, CreditToppedUp)
    assert (order.token, order.amount, order.reference) == ("A1", Decimal(5), "r")


async def test_a_token_without_credit_is_marked(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_token(token="A1", prepaid="EUR"))

    assert "0 EUR" in (await browser.get("/tokens")).text


async def test_whose_a_token_is_is_asked_of_who_is_limited_to_no_single_tenant(
    browser: AsyncClient, world: World
) -> None:
    given = FORM | {"tenant": "acme", "shared": "on"}
    await browser.post("/tokens", data=given, headers=HTMX)
    saved = of(world.bus.published[-1])
    form = (await browser.get("/tokens?edit=A1")).text
    own = await signed_in(world, "bob", "admin", scope={"tenants": ["acme"]})
    theirs = (await own.get("/tokens?edit=A1")).text
    await own.post("/tokens", data=FORM, headers=HTMX)
    changed = of(world.bus.published[-1])
    await browser.post("/tokens", data=FORM | {"tenant": ""}, headers=HTMX)

    assert (saved.tenant, saved.shared) == ("acme", True)
    assert 'name="tenant" maxlength="64" value="acme"' in form
    assert 'name="shared" checked' in form
    assert 'name="tenant"' not in theirs
    assert (changed.tenant, changed.shared) == ("acme", False)
    assert of(world.bus.published[-1]).tenant == ""
