"""Payments in the console: the list, one with its bill, debts named, nothing taken for markup."""

from decimal import Decimal
from typing import get_args

import pytest
from httpx import AsyncClient

from schemas.payments import PaymentStatus
from services.api.console.formats import TONES
from services.api.fakes import World
from services.api.payments.rows import payment_row_of
from tests.services.api.builders import a_payment
from tests.services.api.cdrs.test_routes import a_cdr
from tests.services.api.cdrs.test_routes import hold as hold_cdrs
from tests.services.api.worlds import HOSTILE


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


async def test_an_empty_list_says_what_would_be_there(browser: AsyncClient) -> None:
    assert "Nothing was paid at a station." in (await browser.get("/payments")).text
    assert "No payment fits." in (await browser.get("/payments?status=failed")).text


async def test_nothing_that_a_terminal_names_is_markup(browser: AsyncClient, world: World) -> None:
    hold(world, psp_ref=HOSTILE, detail=HOSTILE, receipt_id=HOSTILE, receipt_url=HOSTILE, vat_number=HOSTILE)

    assert HOSTILE not in (await browser.get("/payments")).text
    assert HOSTILE not in (await browser.get("/payments/p1")).text


def test_each_status_has_its_colour() -> None:
    assert set(get_args(PaymentStatus)) <= set(TONES)
