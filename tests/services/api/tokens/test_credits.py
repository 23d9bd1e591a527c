"""Prepaid credit over HTTP: topped up, read back, and its changes listed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient

from schemas.base import Record
from schemas.credits import CreditToppedUp, TokenCreditChanged
from services.api.fakes import NOON, World
from services.api.history.bound import bound_reads
from services.api.tokens.rows import CreditFilter
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import a_token
from tests.services.feeding import feed


def the_service(world: World) -> None:
    """Have the fake bus do what the service `authorization` does with top-ups."""
    balances: dict[str, Decimal] = {}

    def applied(record: Record) -> None:
        if isinstance(record, CreditToppedUp):
            balances[record.token] = balances.get(record.token, Decimal(0)) + record.amount
            world.bus.hold(a_credit(record.token, balances[record.token], len(world.bus.published)))

    world.bus.applies = applied


def a_credit(token: str, balance: Decimal, revision: int, **override: Any) -> TokenCreditChanged:
    given: dict[str, Any] = {"currency": "EUR", "cause": "top-up", "changed_at": NOON}
    return TokenCreditChanged(
        id=f"credit-{revision}", token=token, balance=balance, revision=revision, **{**given, **override}
    )


@pytest.mark.usecase("C17")
async def test_money_put_on_a_prepaid_token_is_there_with_the_answer(client: AsyncClient, world: World) -> None:
    the_service(world)
    await client.put("/api/v1/tokens/a", json={"prepaid": "EUR"})

    topped = await client.post("/api/v1/tokens/a/top-ups", json={"amount": "25.00", "currency": "EUR"})

    assert topped.status_code == 200
    assert topped.json()["left"] == "25.00"
    assert (await client.get("/api/v1/tokens/A")).json()["credit"]["left"] == "25.00"


async def test_what_running_sessions_cost_is_not_left(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_token(token="A", prepaid="EUR"))
    world.bus.hold(a_credit("A", Decimal(20), 1, running=Decimal("3.5")))

    assert (await client.get("/api/v1/tokens/A")).json()["credit"]["left"] == "16.5"


async def test_a_top_up_with_the_same_key_is_the_same_top_up(client: AsyncClient, world: World) -> None:
    the_service(world)
    await client.put("/api/v1/tokens/a", json={"prepaid": "EUR"})
    for _ in range(2):
        key = {"Idempotency-Key": "receipt-1"}
        await client.post("/api/v1/tokens/a/top-ups", json={"amount": 5, "currency": "EUR"}, headers=key)

    ids = [record.id for record in world.bus.published if isinstance(record, CreditToppedUp)]
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"amount": 0, "currency": "EUR"}, "amount"),
        ({"amount": "1e9", "currency": "EUR"}, "amount"),
        ({"amount": "NaN", "currency": "EUR"}, "amount"),
        ({"amount": "0.00001", "currency": "EUR"}, "amount"),
        ({"amount": 5, "currency": "GBP"}, "currency"),
        ({"amount": 5, "currency": "EUR", "reference": "x" * 101}, "reference"),
    ],
)
async def test_what_is_no_money_is_refused(client: AsyncClient, world: World, body: object, field: str) -> None:
    world.bus.hold(a_token(token="A", prepaid="EUR"))

    answer = await client.post("/api/v1/tokens/A/top-ups", json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_only_a_prepaid_token_is_topped_up(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_token(token="A"))
    money = {"amount": 5, "currency": "EUR"}

    assert (await client.post("/api/v1/tokens/A/top-ups", json=money)).status_code == 409
    assert (await client.post("/api/v1/tokens/B/top-ups", json=money)).status_code == 404


async def test_credit_is_settled_before_its_currency_changes(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_token(token="A", prepaid="EUR"))
    world.bus.hold(a_credit("A", Decimal(20), 1))

    refused = await client.put("/api/v1/tokens/A", json={"prepaid": "USD"})
    assert refused.status_code == 409
    assert "20 EUR" in refused.json()["detail"]
    assert (await client.put("/api/v1/tokens/A", json={"prepaid": ""})).status_code == 200
    world.bus.hold(a_credit("A", Decimal(0), 2))
    assert (await client.put("/api/v1/tokens/A", json={"prepaid": "USD"})).status_code == 200


async def test_changes_of_credit_are_listed(client: AsyncClient, world: World) -> None:
    assert (await client.get("/api/v1/tokens/a/credit-changes?running=true")).json()["items"] == []


async def test_changes_of_credit_are_kept_newest_first_and_what_runs_is_left_out(db: ClickHouse) -> None:
    later = {"changed_at": NOON + dt.timedelta(seconds=1)}
    await feed(
        db,
        a_credit("A", Decimal(20), 1, amount=Decimal(20), reference="receipt"),
        a_credit("A", Decimal(20), 2, cause="running", running=Decimal("1.5"), session="s1", **later),
        a_credit("A", Decimal("17.25"), 3, cause="bill", amount=Decimal("-2.75"), session="s1", cdr="c1", **later),
        a_credit("B", Decimal(1), 1),
    )

    found = (await bound_reads(db).credit_changes(CreditFilter(token="a"))).items
    assert [(each.revision, each.balance, each.amount) for each in found] == [
        (3, Decimal("17.25"), Decimal("-2.75")),
        (1, Decimal(20), Decimal(20)),
    ]
    with_running = (await bound_reads(db).credit_changes(CreditFilter(token="a", running=True))).items
    assert [each.revision for each in with_running] == [3, 2, 1]
    of_session = (await bound_reads(db).credit_changes(CreditFilter(session="s1"))).items
    assert [each.cdr for each in of_session] == ["c1"]
