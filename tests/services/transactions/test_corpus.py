"""Whole conversations as they occur in the wild, and the session each must come to."""

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from schemas.authorization import IdToken
from schemas.base import Record
from schemas.codec import Decoder, encode
from schemas.routing import route
from schemas.startnumbers import transaction_number
from schemas.topics import CATALOGUE
from schemas.transactions import TransactionReported
from services.transactions.core import initial, step
from tests.services.transactions.records import (
    Station,
    answers,
    ended,
    meter,
    metered,
    sample,
    start_16,
    started,
    stop_16,
    updated,
)


class Conversation(NamedTuple):
    facts: list[Record]
    session: dict[str, Any]


def given(start: TransactionReported) -> str:
    return transaction_number(start)


def offline_flush_16() -> Conversation:
    """Start, values and stop buffered for hours, sent at once; the start and the stop sent twice with new message ids."""
    start = start_16(meter_wh=Decimal(0), received_at=start_16().at + dt.timedelta(hours=5))
    number = given(start)
    values = (meter(10, sample("1.1", unit="kWh")), meter(20, sample("2.2", unit="kWh")))
    stop = stop_16("m5", transaction_id=number, meter_wh=Decimal(3300), meter_values=values)
    return Conversation(
        [
            start,
            start_16("m2", meter_wh=Decimal(0)),
            metered(values[0], message="m3", transaction_id=number),
            metered(values[1], message="m4", transaction_id=number),
            stop,
            stop_16("m6", transaction_id=number, meter_wh=Decimal(3300), meter_values=values),
        ],
        {"status": "ended", "energy_wh": 3300, "anomalies": (), "transaction_id": number},
    )


def meter_values_without_number_16() -> Conversation:
    """A station that never repeats the number it was given, and numbers values -1; a blob and a word among them."""
    start = start_16()
    return Conversation(
        [
            start,
            metered(meter(5, "2000", sample(None, text="nan?", measurand="Current.Import")), message="a"),
            metered(meter(10, "3000", sample(None, signed="OCMF|" + "f" * 1024)), message="b", transaction_id="-1"),
            stop_16(transaction_id=given(start), token=None, stopped_reason="PowerLoss"),
            metered(meter(31, "6000"), message="c", transaction_id=given(start)),
        ],
        {"status": "ended", "energy_wh": 5000, "stopped_reason": "PowerLoss", "anomalies": ("quarantined",)},
    )


def power_cut_and_1970_16() -> Conversation:
    """The power fails in the session; the station comes back in 1970 and stops what it had begun, later its clock is right."""
    start = start_16()
    never = dt.datetime(1970, 1, 1, 0, 0, 9, tzinfo=dt.UTC)
    return Conversation(
        [
            start,
            metered(meter(5, "2000"), message="a", transaction_id=given(start)),
            stop_16(transaction_id=given(start), at=never, received_at=start.received_at + dt.timedelta(hours=1)),
        ],
        {"status": "ended", "energy_wh": 5000, "anomalies": ("clock-suspect",), "ended_at": never},
    )


def always_seq_no_1_2x() -> Conversation:
    """seqNo 1 throughout, begin of 0 beside the odometer, no evse in Ended, no reason, token only in a later Updated."""
    begin = sample("0", context="Transaction.Begin")
    return Conversation(
        [
            started(token=None, seq_no=1, meter_values=(meter(0, begin),)),
            updated("a", seq_no=1, minutes=5, meter_values=(meter(5, "910000", begin),), token=IdToken(value="x")),
            updated("b", seq_no=1, minutes=10, meter_values=(meter(10, begin, "910050"),)),
            updated("c", seq_no=1, minutes=15, meter_values=()),
            ended(seq_no=1, evse=None, connector=None, meter_values=(meter(30, begin, "910083"),)),
        ],
        {
            "status": "ended",
            "energy_wh": 83,
            "stopped_reason": "Local",
            "evse": 1,
            "token": IdToken(value="x"),
            "anomalies": ("begin-not-believed",),
        },
    )


def backwards_2x() -> Conversation:
    """Ended first, then Updated in reverse, then Started: an offline queue sent from its wrong end."""
    return Conversation(
        [
            ended(offline=True, meter_values=(meter(30, sample("4", unit="kWh", context="Transaction.End")),)),
            updated("b", offline=True, minutes=20, meter_values=(meter(20, sample("35", unit="Wh", multiplier=2)),)),
            updated("a", offline=True, minutes=10, meter_values=(meter(10, "2000"),)),
            started(offline=True, meter_values=(meter(0, sample("1", unit="kWh", context="Transaction.Begin")),)),
        ],
        {"status": "ended", "energy_wh": 3000, "offline": True, "anomalies": ()},
    )


def phases_only_2x() -> Conversation:
    """Three phases without a sum, a register per phase, powers per phase."""

    def phases(minutes: float, wh: int, w: int) -> Any:
        names = ("L1", "L2", "L3")
        energy = [sample(wh, phase=p) for p in names]
        return meter(minutes, *energy, *(sample(w, phase=p, measurand="Power.Active.Import") for p in names))

    return Conversation(
        [
            started(),
            updated("a", minutes=5, meter_values=(phases(5, 100, 3000),)),
            updated("b", minutes=10, seq_no=2, meter_values=(phases(10, 350, 2500),)),
        ],
        {"status": "active", "energy_wh": 750, "power_w": 7500, "charging_state": "Charging", "anomalies": ()},
    )


CORPUS = [
    offline_flush_16,
    meter_values_without_number_16,
    power_cut_and_1970_16,
    always_seq_no_1_2x,
    backwards_2x,
    phases_only_2x,
]


@pytest.mark.parametrize("conversation", CORPUS, ids=lambda c: c.__name__)
def test_a_conversation_of_the_wild_comes_to_the_right_session(conversation):
    facts, expected = conversation()
    session = Station(*facts).session

    assert {name: getattr(session, name) for name in expected} == expected


@pytest.mark.parametrize("conversation", CORPUS, ids=lambda c: c.__name__)
def test_every_transaction_message_of_the_wild_is_answered_exactly_once_each_time(conversation):
    state = initial("S1")
    facts = conversation().facts
    for fact in [*facts, *facts]:
        state, outputs = step(state, fact)
        assert len(answers(outputs)) == isinstance(fact, TransactionReported)


@pytest.mark.parametrize("conversation", CORPUS, ids=lambda c: c.__name__)
def test_all_that_is_said_has_a_topic_and_reads_back_the_same(conversation):
    read = Decoder(*CATALOGUE)
    for record in Station(*conversation().facts).said:
        assert route(record).topic.startswith("csms.")
        assert read.decode(encode(record)) == record
