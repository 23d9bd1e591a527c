"""The public receipt: opened by its word alone, with nothing of who paid, and not looked at too often."""

from decimal import Decimal

import pytest

from schemas.authorization import IdToken
from schemas.receipts import receipt_token
from services.api.fakes import KEY, World
from services.api.payments.rows import payment_row_of
from tests.services.api.builders import a_payment
from tests.services.api.cdrs.test_routes import a_cdr, hold
from tests.services.api.conftest import stranger_of
from tests.services.api.payments import worlds
from tests.services.api.payments.worlds import taking_payments
from tests.services.api.worlds import HOSTILE


@pytest.fixture
def world() -> World:
    return World(taking_payments(KEY))


def pay(world: World, **override: object) -> str:
    """A payment that was settled, and where its receipt is."""
    record = a_payment(**override)
    world.reads.payment_rows[record.payment] = payment_row_of(record)
    return f"/receipts/{receipt_token(worlds.KEY, record.payment)}"


@pytest.mark.usecase("C21", "C21.FR.03")
async def test_who_has_the_word_sees_the_receipt_without_a_login_and_nothing_of_who_paid(world: World) -> None:
    address = pay(world)
    hold(world, a_cdr(token=IdToken(value="PSP-0815", type="DirectPayment")))

    answer = await stranger_of(world).get(address)

    assert answer.status_code == 200
    assert all(word in answer.text for word in ("Receipt", "10.00", "kWh"))
    assert not any(secret in answer.text for secret in ("psp-0815", "PSP-0815", "/sessions/", "tx-1"))
    assert answer.headers["cache-control"] == "private, max-age=60"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]


async def test_a_receipt_whose_bill_is_not_there_yet_says_so_and_has_no_currency(world: World) -> None:
    page = (await stranger_of(world).get(pay(world, amount=Decimal("5.0000")))).text

    assert "being made" in page
    assert "<strong>5.00</strong>" in page


@pytest.mark.parametrize("status", ["authorized", "failed", "cancelled"])
async def test_what_is_not_settled_has_no_receipt(world: World, status: str) -> None:
    answer = await stranger_of(world).get(pay(world, status=status))

    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


async def test_another_word_opens_nothing_and_asks_nothing(world: World) -> None:
    address = pay(world)

    answer = await stranger_of(world).get(address[:-1])

    assert answer.status_code == 404
    assert "payment" not in world.reads.asked


async def test_wrong_words_and_views_of_one_receipt_are_limited(world: World) -> None:
    stranger, address = stranger_of(world), pay(world)
    wrong = [(await stranger.get(f"/receipts/p-{number}")).status_code for number in range(62)]
    right = [(await stranger.get(address)).status_code for _ in range(62)]

    assert (wrong[59], wrong[60]) == (404, 429)
    assert (right[59], right[60]) == (200, 429)


async def test_without_a_key_there_are_no_receipts() -> None:
    assert (await stranger_of(World()).get("/receipts/p-x")).status_code == 404


async def test_what_others_write_is_text(world: World) -> None:
    assert "<script>alert" not in (await stranger_of(world).get(pay(world, receipt_id=HOSTILE))).text
