"""Any order between topics, any repetition: what a payment comes to must not depend on how its records arrive."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.payments.core import comparable
from tests.services.moments import at
from tests.services.payments.records import Station, outcome, requested, session, settled

REFERENCES = st.sampled_from(["psp-1", "PSP-1", "psp-2"])
SECONDS = st.integers(1, 3_600)


@st.composite
def streams(draw):
    """What is on the topics: requests, outcomes, sessions and settlements."""
    starts = [
        requested(f"c{n}", seconds=draw(SECONDS), psp_ref=draw(REFERENCES)) for n in range(draw(st.integers(0, 2)))
    ]
    outcomes = [outcome(one.id, draw(st.sampled_from(["accepted", "rejected"]))) for one in starts]
    sessions = [
        session(token=draw(REFERENCES), session=f"s{n}", transaction_id=f"tx-{n}", started_at=at(draw(SECONDS)))
        for n in range(draw(st.integers(0, 2)))
    ]
    settlements = [
        settled(
            draw(st.sampled_from(["Settled", "Canceled", "Rejected", "Failed"])),
            seconds=draw(SECONDS),
            psp_ref=draw(REFERENCES),
            amount=Decimal(draw(st.integers(0, 3))),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    return [*starts, *outcomes, *sessions, *settlements]


def essence(station):
    plain = {name: replace(one, id="", revision=0, changed_at=at(0)) for name, one in station.payments.items()}
    return {name: replace(one, psp_ref=one.psp_ref.casefold()) for name, one in plain.items()}


@settings(deadline=None)
@given(st.data(), streams())
def test_a_payment_is_the_same_in_whatever_order_its_records_are_read(data, records):
    in_order = Station(*records)

    wild = data.draw(st.permutations(records))
    again = data.draw(st.lists(st.sampled_from(records), max_size=3)) if records else []
    other = Station(*wild, *again)

    assert essence(other) == essence(in_order)
    assert {one.psp_ref.casefold() for one in comparable(other.state).payments} == {
        one.psp_ref.casefold() for one in comparable(in_order.state).payments
    }
