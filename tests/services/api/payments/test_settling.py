"""Settling outside: what a payment service provider made of a payment, told through the API."""

from decimal import Decimal

import pytest
from httpx import AsyncClient

from schemas.payments import SettlementRecorded
from services.api.fakes import World
from services.api.payments.rows import payment_row_of
from tests.services.api.builders import NOON, STATION, a_payment

PATH = "/api/v1/payments/p1/settlement"


@pytest.fixture(autouse=True)
def a_payment_that_runs(world: World) -> None:
    world.reads.payment_rows["p1"] = payment_row_of(a_payment(status="authorized", amount=None))


@pytest.mark.usecase("C25", "C25.FR.40")
async def test_a_settlement_is_recorded_and_a_repeat_is_the_same_record(client: AsyncClient, world: World) -> None:
    body = {"status": "settled", "amount": "12.30", "settled_at": "2026-06-01T12:00:00Z", "receipt_id": "R1"}

    answers = [await client.post(PATH, json=body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    first, again = world.bus.published
    assert isinstance(first, SettlementRecorded)
    assert (first.station, first.psp_ref, first.status) == (STATION, "psp-0815", "Settled")
    assert (first.amount, first.settled_at, first.receipt_id) == (Decimal("12.30"), NOON, "R1")
    assert first.id == again.id  # type: ignore[attr-defined]


async def test_a_refusal_has_its_reason(client: AsyncClient, world: World) -> None:
    await client.post(PATH, json={"status": "rejected", "info": "card expired"})

    (record,) = world.bus.published
    assert isinstance(record, SettlementRecorded)
    assert (record.status, record.info, record.amount, record.settled_at) == ("Rejected", "card expired", None, NOON)


@pytest.mark.parametrize(
    "body",
    [
        {"status": "settled"},
        {"status": "settled", "amount": "-1"},
        {"status": "settled", "amount": "1e15"},
        {"status": "settled", "amount": "1", "receipt_url": "javascript:alert(1)"},
        {"status": "perhaps"},
    ],
)
async def test_what_cannot_be_is_refused(client: AsyncClient, world: World, body: dict[str, str]) -> None:
    assert (await client.post(PATH, json=body)).status_code in (400, 422)
    assert world.bus.published == []


async def test_of_a_payment_that_nobody_knows_nothing_is_recorded(client: AsyncClient) -> None:
    assert (await client.post("/api/v1/payments/none/settlement", json={"status": "failed"})).status_code == 404
