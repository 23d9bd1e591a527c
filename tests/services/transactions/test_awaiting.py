"""Costs in answers: which answers are left to billing, and that every event is answered by one service alone."""

import pytest
from msgspec.structs import replace

from schemas.authorization import AuthorizationRequested
from schemas.transactions import MeterValuesRecorded, SessionChanged, TransactionDecided
from services.transactions.settling import MAX_ENDED
from tests.services.transactions.records import (
    Station,
    answers,
    ended,
    meter,
    start_16,
    started,
    stop_16,
    updated,
)


def asking(*facts) -> Station:
    return Station(*facts, answer_total_cost=True)


def asked(outputs) -> list[SessionChanged]:
    return [record for record in outputs if isinstance(record, SessionChanged) and record.awaits_cost is not None]


@pytest.mark.parametrize("fact", [updated(meter_values=(meter(5, 2000),)), ended()])
def test_an_event_without_a_token_is_left_to_billing_by_the_change_it_makes(fact):
    station = asking(started())

    outputs = station.tells(fact)

    (change,) = asked(outputs)
    assert answers(outputs) == []
    assert change.awaits_cost == fact.reply_to
    assert change == station.session


def test_the_change_is_the_same_but_for_the_question():
    facts = (started(), updated(meter_values=(meter(5, 2000),)), ended())
    silent, station = Station(*facts), asking(*facts)

    assert [record.id for record in silent.all(SessionChanged)] == [record.id for record in station.all(SessionChanged)]
    assert silent.state == station.state
    assert silent.all(MeterValuesRecorded) == station.all(MeterValuesRecorded)


@pytest.mark.parametrize("fact", [updated(meter_values=(meter(5, 2000),)), ended()])
def test_transactions_answers_where_nobody_wants_costs(fact):
    outputs = Station(started()).tells(fact)

    assert [type(answer) for answer in answers(outputs)] == [TransactionDecided]
    assert asked(outputs) == []


def test_a_token_is_answered_by_its_verdict_alone():
    station = asking()

    outputs = [*station.tells(started()), *station.tells(ended(token=started().token))]

    assert [type(answer) for answer in answers(outputs)] == [AuthorizationRequested] * 2
    assert asked(outputs) == []


def test_a_start_without_a_token_is_left_to_billing():
    outputs = asking().tells(started(token=None))

    assert (len(asked(outputs)), answers(outputs)) == (1, [])


def test_a_repeat_changes_nothing_and_is_answered_at_once():
    station = asking(started(), ended())

    outputs = station.tells(ended("m9"))

    (answer,) = answers(outputs)
    assert isinstance(answer, TransactionDecided)
    assert answer.reply_to.message_id == "m9"
    assert asked(outputs) == []


def test_an_event_that_says_nothing_new_is_answered_at_once():
    station = asking(started(), updated(charging_state="Charging"))

    outputs = station.tells(updated("m3", seq_no=2, minutes=6, charging_state="Charging"))

    assert len(answers(outputs)) + len(asked(outputs)) == 1


def test_a_fact_of_a_session_of_which_only_the_name_is_known_is_answered_at_once():
    station = asking()
    for number in range(MAX_ENDED + 1):
        name, minutes = f"tx-{number}", number * 60
        station.tells(started(f"s{number}", transaction_id=name, minutes=minutes))
        station.tells(ended(f"e{number}", transaction_id=name, minutes=minutes + 30))

    named_only = tuple(replace(each, packed="") for each in station.state.forgotten)
    station.state = replace(station.state, forgotten=named_only)
    outputs = station.tells(updated("late", transaction_id="tx-0", minutes=10, meter_values=(meter(10, 1500),)))

    assert [type(answer) for answer in answers(outputs)] == [TransactionDecided]
    assert asked(outputs) == []


def test_the_session_that_an_event_ends_elsewhere_asks_for_nothing():
    station = asking(started())

    outputs = station.tells(started("m2", token=None, transaction_id="tx-2", minutes=10))

    changes = [record for record in outputs if isinstance(record, SessionChanged)]
    assert [(c.transaction_id, c.awaits_cost is not None) for c in changes] == [("tx-1", False), ("tx-2", True)]


def test_a_1_6_stop_has_no_place_for_a_cost():
    station = asking(start_16())

    outputs = station.tells(stop_16(transaction_id=station.session.transaction_id))

    assert [type(answer) for answer in answers(outputs)] == [TransactionDecided]
    assert asked(outputs) == []


def test_a_replay_asks_with_the_same_ids():
    facts = (started(), updated(meter_values=(meter(5, 2000),)), ended())

    assert asking(*facts).said == asking(*facts).said
