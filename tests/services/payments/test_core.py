"""What becomes of a payment: begun at the terminal or from afar, used by a session, settled, cancelled, or owed."""

from decimal import Decimal

import pytest

from schemas.authorization import IdToken
from schemas.base import Poison
from schemas.payments import PaymentChanged, SettlementDecided, VatNumberDecided
from schemas.transactionlimits import TransactionLimit
from schemas.transactions import SessionChanged
from services.payments.core import KEPT_MOST
from tests.services.payments.records import (
    COMPANY,
    PSP,
    RECEIPTS,
    REPLY_TO,
    Station,
    outcome,
    recorded,
    requested,
    session,
    settled,
    vat,
)


@pytest.mark.usecase("C18", "C18.FR.06")
def test_the_reference_that_a_terminal_gives_as_token_is_a_payment_of_its_session() -> None:
    one = Station(session()).one

    assert (one.status, one.psp_ref, one.session, one.transaction_id, one.evse) == ("authorized", PSP, "s1", "tx-1", 2)


@pytest.mark.usecase("C21", "C21.FR.02")
def test_a_settlement_has_its_amount_and_stands_beside_the_session() -> None:
    one = Station(session(), settled(receipt_id="r1", receipt_url="https://psp.example/r1")).one

    assert (one.status, one.amount, one.session) == ("settled", Decimal("12.30"), "s1")
    assert (one.receipt_id, one.receipt_url, one.receipt_by_us) == ("r1", "https://psp.example/r1", False)


@pytest.mark.usecase("C21", "C21.FR.03")
def test_where_receipts_are_made_here_the_station_gets_the_address() -> None:
    station = Station(session(), receipts=RECEIPTS)

    (*_, answer) = station.reads(settled())

    assert isinstance(answer, SettlementDecided)
    assert answer.receipt_url == f"https://receipts.example/DE-BER-0001/{station.one.payment}?of=tx-1"
    assert (answer.receipt_id, answer.reply_to) == (station.one.payment, REPLY_TO)
    assert (station.one.receipt_url, station.one.receipt_by_us) == (answer.receipt_url, True)


@pytest.mark.usecase("C21", "C21.FR.04")
def test_a_receipt_of_the_terminal_is_left_to_it() -> None:
    (*_, answer) = Station(receipts=RECEIPTS).reads(settled(receipt_url="https://psp.example/r1"))

    assert isinstance(answer, SettlementDecided)
    assert (answer.receipt_url, answer.receipt_id) == ("", "")


@pytest.mark.usecase("C19")
def test_a_payment_cancelled_before_the_start_has_no_transaction_and_no_receipt() -> None:
    station = Station(receipts=RECEIPTS)
    (_, answer) = station.reads(settled("Canceled", transaction_id="", amount=Decimal(0)))

    assert isinstance(answer, SettlementDecided)
    assert (station.one.status, station.one.transaction_id, station.one.amount) == ("cancelled", "", Decimal(0))
    assert answer.receipt_url == ""


@pytest.mark.usecase("C20", "C20.FR.05")
def test_a_payment_cancelled_after_the_start_keeps_its_session() -> None:
    one = Station(session("ended"), settled("Canceled", amount=Decimal(0))).one

    assert (one.status, one.session) == ("cancelled", "s1")


@pytest.mark.usecase("C22", "C22.FR.01", "C22.FR.02")
@pytest.mark.parametrize(("word", "status"), [("Rejected", "rejected"), ("Failed", "failed"), ("Lost", "failed")])
def test_what_was_not_settled_is_owed_with_the_reason(word: str, status: str) -> None:
    one = Station(session("ended"), settled(word, info="no line to the bank")).one

    assert (one.status, one.detail, one.amount) == (status, "no line to the bank", Decimal("12.30"))


@pytest.mark.usecase("C22")
def test_a_settlement_that_succeeds_later_pays_the_debt_and_an_older_word_does_not_bring_it_back() -> None:
    station = Station(session("ended"), settled("Failed"), settled("Settled", seconds=200))
    assert station.one.status == "settled"

    station.reads(settled("Failed", seconds=150))
    assert station.one.status == "settled"


@pytest.mark.usecase("C24", "C24.FR.01", "C25", "C25.FR.23")
def test_a_start_that_was_asked_for_with_a_payment_is_followed_to_its_session() -> None:
    station = Station(requested())
    assert (station.one.status, station.one.command_id, station.one.evse) == ("requested", "c1", 2)

    station.reads(session())
    assert (station.one.status, station.one.session, station.one.requested_by) == ("authorized", "s1", "operator")


@pytest.mark.usecase("C24")
@pytest.mark.parametrize("first", ["request", "refusal"])
def test_a_start_that_the_station_did_not_take_says_so(first: str) -> None:
    records = [requested(), outcome(detail="Occupied")]
    one = Station(*(records if first == "request" else reversed(records))).one

    assert (one.status, one.detail) == ("not-started", "Occupied")


def test_other_starts_and_sessions_are_no_payments() -> None:
    other = session(token="CARD")
    card = type(other)(
        **{name: getattr(other, name) for name in other.__struct_fields__} | {"token": IdToken(value="CARD")}
    )
    station = Station(requested(kind="Central"), card, session(token=""), outcome("other"), outcome(word="accepted"))

    assert station.said == []


@pytest.mark.usecase("VAT", "C18", "C18.FR.09", "C18.FR.10")
def test_a_vat_number_is_valid_where_its_company_is_known() -> None:
    station = Station()

    (known,) = station.reads(vat("de 123-456"))
    (unknown,) = station.reads(vat("XX1", None))

    assert isinstance(known, VatNumberDecided)
    assert isinstance(unknown, VatNumberDecided)
    assert (known.vat_number, known.evse, known.company) == ("de 123-456", 2, COMPANY)
    assert (unknown.vat_number, unknown.evse, unknown.company) == ("XX1", None, None)


def test_a_repeat_changes_nothing_and_is_answered_again() -> None:
    station = Station(session(), settled())
    before, said = station.state, len(station.said)

    outputs = station.reads(settled(id="again", received_at=settled().received_at.replace(hour=23)))

    assert station.state == before
    assert len(station.said) == said
    assert [type(each) for each in outputs] == [SettlementDecided]


def test_what_has_ended_is_forgotten_and_what_is_owed_is_not() -> None:
    station = Station(settled(), settled("Failed", psp_ref="other"))

    station.comes_to(3 * 86_400)

    assert [one.psp_ref for one in station.state.payments] == ["other"]


def test_payments_are_bounded() -> None:
    station = Station(*(settled("Failed", psp_ref=f"psp-{n}") for n in range(KEPT_MOST + 5)))

    assert len(station.state.payments) == KEPT_MOST
    assert station.state.payments[-1].psp_ref == f"psp-{KEPT_MOST + 4}"


def test_what_no_other_record_is_for_is_put_aside() -> None:
    with pytest.raises(Poison):
        Station().reads(object())  # type: ignore[arg-type]


# -- settled outside, and amounts that are raised ---------------------------------------------------------------------


@pytest.mark.usecase("C25", "C25.FR.40")
def test_a_settlement_of_who_settles_outside_counts_as_one_of_the_station_and_gets_our_receipt() -> None:
    station = Station(session(), receipts=RECEIPTS)

    assert [type(each) for each in station.reads(recorded(receipt_id="R1"))] == [PaymentChanged]
    one = station.one
    assert (one.status, one.amount, one.settled_by, one.receipt_by_us) == (
        "settled",
        Decimal("12.30"),
        "operator",
        True,
    )


def test_the_newest_of_both_settlements_counts() -> None:
    failed_later = Station(session(), recorded(), settled("Failed", seconds=300)).one
    failed_before = Station(session(), recorded(), settled("Failed", seconds=100)).one

    assert (failed_later.status, failed_later.settled_by) == ("failed", "")
    assert (failed_before.status, failed_before.settled_by) == ("settled", "operator")


def limited(amount: str, *, seconds: float, by_station: bool = True) -> SessionChanged:
    limit = TransactionLimit(max_cost=Decimal(amount))
    return session(seconds=seconds, **{"station_limit" if by_station else "limit": limit})  # type: ignore[arg-type]


@pytest.mark.usecase("C23")
def test_an_amount_that_is_raised_is_shown_beside_the_first() -> None:
    station = Station(limited("10", seconds=10), limited("10", seconds=20))
    published = len(station.said)
    station.reads(limited("20", seconds=30))
    station.reads(limited("10", seconds=20))

    assert published == 1
    assert (station.one.authorized_amount, station.one.first_authorized_amount) == (20, 10)


def test_what_a_kiosk_had_authorised_is_the_limit_of_its_session() -> None:
    one = Station(session(seconds=5), limited("15", seconds=10, by_station=False)).one

    assert (one.authorized_amount, one.first_authorized_amount) == (15, 15)
