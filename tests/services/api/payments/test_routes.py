"""Payments over HTTP: listed, found with their bills, starts with a payment, web payments."""

from decimal import Decimal

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.payments import NotifyWebPaymentStarted, payment_of
from schemas.transactionlimits import TransactionLimit
from schemas.transactions import RemoteStart
from services.api.fakes import World
from services.api.payments.rows import PaymentFilter, payment_row_of
from tests.services.api.builders import STATION, a_payment, a_state, an_outcome
from tests.services.api.cdrs.test_routes import a_cdr
from tests.services.api.cdrs.test_routes import hold as hold_cdrs

START, WEB = f"/api/v1/stations/{STATION}/payments", f"/api/v1/stations/{STATION}/web-payments"


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


def hold(world: World, **override: object) -> None:
    record = a_payment(**override)
    world.reads.payment_rows[record.payment] = payment_row_of(record)


async def test_payments_are_listed_by_what_is_asked_for(client: AsyncClient, world: World) -> None:
    hold(world)
    query = f"station={STATION}&status=settled&psp_ref=psp-0815&session=s1&debt=false&limit=7"

    page = (await client.get(f"/api/v1/payments?{query}")).json()

    assert [item["payment"] for item in page["items"]] == ["p1"]
    where = PaymentFilter(station=STATION, status="settled", psp_ref="psp-0815", session="s1", debt=False)
    assert world.reads.asked["payments"] == (where, None, 7)
    assert (await client.get("/api/v1/payments?status=perhaps")).status_code in (400, 422)


@pytest.mark.usecase("C21")
@pytest.mark.parametrize(
    ("override", "owed"),
    [
        ({}, "5.00"),
        ({"amount": None, "status": "authorized"}, "10.00"),
        ({"status": "failed"}, "10.00"),
    ],
)
async def test_a_payment_stands_beside_the_bill_and_what_of_it_is_not_paid(
    client: AsyncClient, world: World, override: dict[str, object], owed: str
) -> None:
    hold(world, **override)
    hold_cdrs(world, a_cdr())

    told = (await client.get("/api/v1/payments/p1")).json()

    assert (told["payment"]["psp_ref"], told["cdr"]["id"], told["owed"]) == ("psp-0815", "cdr-1", owed)


@pytest.mark.usecase("C22")
async def test_without_a_bill_a_failed_settlement_owes_its_amount(client: AsyncClient, world: World) -> None:
    hold(world, status="failed", session="")

    told = (await client.get("/api/v1/payments/p1")).json()

    assert (told["cdr"], told["owed"]) == (None, "5.00")
    assert (await client.get("/api/v1/payments/none")).status_code == 404


@pytest.mark.usecase("C24", "C25", "C25.FR.24")
async def test_what_the_card_was_authorised_for_limits_the_session(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)

    await client.post(START, json={"psp_ref": "psp-7", "limit": {"max_cost": "25.00"}})
    refused = await client.post(START, json={"psp_ref": "psp-7", "limit": {"max_cost": "-1"}})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, RemoteStart)
    assert request.command.limit == TransactionLimit(max_cost=Decimal("25.00"))
    assert refused.status_code == 422


@pytest.mark.usecase("C24", "C24.FR.01", "C25", "C25.FR.23")
async def test_a_kiosk_or_a_website_starts_with_its_payment(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)

    answer = await client.post(START, json={"psp_ref": "psp-7", "evse": 2})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == RemoteStart(token="psp-7", token_type="DirectPayment", evse=2)
    assert answer.json()["payment"] == payment_of(STATION, "psp-7")
    assert answer.status_code == 200


@pytest.mark.usecase("C25", "C25.FR.21")
async def test_a_web_payment_that_begins_keeps_the_evse(client: AsyncClient, world: World) -> None:
    answer = await client.post(WEB, json={"evse": 2, "timeout_s": 120, "wait_s": 0})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == NotifyWebPaymentStarted(evse=2, timeout_s=120)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")


@pytest.mark.parametrize(
    ("place", "body", "field"),
    [
        (START, {"psp_ref": ""}, "psp_ref"),
        (START, {"psp_ref": "x" * 256}, "psp_ref"),
        (START, {"psp_ref": "x", "evse": 0}, "evse"),
        (WEB, {"evse": 0}, "evse"),
        (WEB, {"evse": 1, "timeout_s": 0}, "timeout_s"),
        (WEB, {}, "evse"),
    ],
)
async def test_what_cannot_be_asked_is_named(
    client: AsyncClient, world: World, place: str, body: dict[str, object], field: str
) -> None:
    answer = await client.post(place, json=body)

    assert answer.status_code == 422
    assert field in answer.text
    assert world.bus.published == []


async def test_nothing_is_started_at_an_unknown_station(client: AsyncClient) -> None:
    assert (await client.post("/api/v1/stations/NOBODY/payments", json={"psp_ref": "x"})).status_code == 404


@pytest.mark.usecase("C21")
async def test_a_bill_names_the_payment_of_its_session(client: AsyncClient, world: World) -> None:
    from services.api.sessions.views import session_of
    from tests.services.api.builders import NOON, a_session

    world.reads.session_rows["s1"] = session_of(a_session(status="ended", ended_at=NOON))
    hold(world)
    hold(world, payment="p2", session="other")

    bill = (await client.get("/api/v1/sessions/s1/bill")).json()

    assert bill["paid"] == [{"payment": "p1", "psp_ref": "psp-0815", "status": "settled", "amount": "5.00"}]
