"""Payments in the console: the list, one with its bill, debts named, nothing taken for markup."""

from decimal import Decimal
from typing import get_args

import pytest
from httpx import AsyncClient

from schemas.payments import PaymentStatus, SettlementRecorded
from services.api.console.formats import TONES
from services.api.fakes import KEY, World
from services.api.payments.rows import payment_row_of
from tests.services.api.builders import STATION, a_payment, a_state, an_outcome
from tests.services.api.cdrs.test_routes import a_cdr
from tests.services.api.cdrs.test_routes import hold as hold_cdrs
from tests.services.api.conftest import browser_of
from tests.services.api.payments.worlds import taking_payments
from tests.services.api.worlds import HOSTILE

HTMX = {"HX-Request": "true"}


def hold(world: World, **override: object) -> None:
    record = a_payment(**override)
    world.reads.payment_rows[record.payment] = payment_row_of(record)


@pytest.mark.usecase("C22")
async def test_payments_are_listed_and_debts_are_named(browser: AsyncClient, world: World) -> None:
    hold(world)
    hold(world, payment="p2", status="failed", detail="no line")

    page = (await browser.get("/payments")).text

    assert "/payments/p1" in page
    assert page.count("open debt") == 1
    assert "no line" in page


async def test_one_payment_has_its_bill_and_what_is_owed(browser: AsyncClient, world: World) -> None:
    hold(world)
    hold_cdrs(world, a_cdr())

    page = (await browser.get("/payments/p1")).text

    assert "Owed" in page
    assert "psp-0815" in page
    assert (await browser.get("/payments/none")).status_code == 404


@pytest.mark.usecase("C23")
async def test_an_amount_that_was_raised_shows_the_first_and_a_settlement_outside_by_whom(
    browser: AsyncClient, world: World
) -> None:
    hold(world, authorized_amount=Decimal(20), first_authorized_amount=Decimal(10), settled_by="operator")

    page = (await browser.get("/payments/p1")).text

    assert "raised from 10.00" in page
    assert "by operator" in page


async def test_an_operator_records_what_was_settled_outside_and_only_of_what_is_open(
    browser: AsyncClient, world: World
) -> None:
    hold(world, status="authorized", amount=None)
    hold(world, payment="p2")

    answer = await browser.post(
        "/payments/p1/settlement", data={"status": "settled", "amount": "12.30", "info": ""}, headers=HTMX
    )

    assert "The settlement is recorded." in answer.text
    (record,) = world.bus.published
    assert isinstance(record, SettlementRecorded)
    assert (record.status, record.amount, record.info) == ("Settled", Decimal("12.30"), "")
    assert "Record settlement" in (await browser.get("/payments/p1")).text
    assert "Record settlement" not in (await browser.get("/payments/p2")).text
    assert (
        "say what was settled"
        in (await browser.post("/payments/p1/settlement", data={"status": "settled"}, headers=HTMX)).text
    )


async def test_codes_are_set_up_where_the_deployment_takes_them(browser: AsyncClient) -> None:
    world = World(taking_payments(KEY))
    world.bus.hold(a_state(version="2.1"))
    world.bus.settles = an_outcome(sent=True)
    able = await browser_of(world)

    answer = await able.post("/payments/codes", data={"station": STATION, "evse": "1"}, headers=HTMX)

    assert f"Setting up QR codes at {STATION}: accepted" in answer.text
    assert "Set up codes" in (await able.get("/payments")).text
    assert "name the station" in (await able.post("/payments/codes", data={}, headers=HTMX)).text
    assert "VOLTBUS_WEB_PAYMENT_URL" in (await browser.get("/payments")).text


async def test_an_empty_list_says_what_would_be_there(browser: AsyncClient) -> None:
    assert "Nothing was paid at a station." in (await browser.get("/payments")).text
    assert "No payment fits." in (await browser.get("/payments?status=failed")).text


async def test_nothing_that_a_terminal_names_is_markup(browser: AsyncClient, world: World) -> None:
    hold(world, psp_ref=HOSTILE, detail=HOSTILE, receipt_id=HOSTILE, receipt_url=HOSTILE, vat_number=HOSTILE)

    assert HOSTILE not in (await browser.get("/payments")).text
    assert HOSTILE not in (await browser.get("/payments/p1")).text


def test_each_status_has_its_colour() -> None:
    assert set(get_args(PaymentStatus)) <= set(TONES)
