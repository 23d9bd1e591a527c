"""Payments as ClickHouse tells them: the newest change of each, by station, status, reference, session and debt."""

from datetime import timedelta

from schemas.payments import Address
from services.api.fakes import NOON
from services.api.payments.reads import payment, payments
from services.api.payments.rows import PaymentFilter, payment_row_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import a_payment
from tests.services.feeding import feed


async def test_the_newest_change_is_the_payment_with_its_company(db: ClickHouse) -> None:
    company = Address(name="ACME", address1="Road 1", city="Berlin", country="Germany")
    newest = a_payment(revision=2, id="2", vat_number="DE1", vat_company=company)
    await feed(db, newest, a_payment(status="authorized", amount=None, settled_at=None))

    assert await payment(db, "p1") == payment_row_of(newest)
    assert await payment(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(
            a_payment(station="F", payment=f"f{n}", id=f"f{n}", status="failed", started_at=NOON + timedelta(minutes=n))
            for n in range(3)
        ),
        a_payment(station="F", payment="f9", id="f9", psp_ref="Psp-9", session="s9"),
    )

    first = await payments(db, PaymentFilter(station="F", debt=True), limit=2)
    rest = await payments(db, PaymentFilter(station="F", debt=True), cursor=first.next_cursor, limit=2)

    assert [row.payment for row in (*first.items, *rest.items)] == ["f2", "f1", "f0"]
    for where in (
        PaymentFilter(station="F", status="settled"),
        PaymentFilter(station="F", psp_ref="PSP-9"),
        PaymentFilter(station="F", session="s9"),
        PaymentFilter(station="F", debt=False),
    ):
        assert [row.payment for row in (await payments(db, where)).items] == ["f9"]
