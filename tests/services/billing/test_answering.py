"""Answers to transaction events: the cost so far, the billed cost of what is over, and exactly one answer each."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.base import Record, ReplyTo
from schemas.billing import CdrIssued, CostUpdated
from schemas.commands import CommandRequested
from schemas.sessionlimits import SessionCosted
from schemas.transactionlimits import TransactionLimit
from schemas.transactions import SessionChanged, TransactionDecided
from services.billing.sessions import MAX_FORGOTTEN, MAX_OVER
from tests.services.billing.building import component, element, tariff
from tests.services.billing.records import (
    Billing,
    after,
    ended,
    energies,
    metered,
    of,
    rated,
    reading,
    session,
)

READINGS = metered(reading(0, 1000), reading(60, 11000))


def waiting(message: str) -> ReplyTo:
    return ReplyTo(gateway="gw-0", epoch=1, message_id=message)


def running(minutes: float, stop: Any, message: str = "m1", **overrides: Any) -> SessionChanged:
    fields = {"awaits_cost": waiting(message), **energies(1000, stop), **overrides}
    return session(minutes=minutes, **fields)


def over(message: str = "m2", **overrides: Any) -> SessionChanged:
    return ended(**{"awaits_cost": waiting(message), **overrides})


def answered(said: list[Record]) -> list[tuple[str, str | None, bool]]:
    return [
        (d.reply_to.message_id, None if d.total_cost is None else str(d.total_cost), d.running)
        for d in of(said, TransactionDecided)
    ]


def test_a_running_session_is_answered_at_once_with_the_cost_so_far() -> None:
    billing = rated()
    billing.tell(metered(reading(0, 1000), reading(30, 5000)))

    said = billing.tell(running(30, 5000))

    (decision,) = of(said, TransactionDecided)
    assert (decision.total_cost, decision.running) == (Decimal("2.38"), True)
    assert (decision.reply_to, decision.transaction_id) == (waiting("m1"), "tx-1")


def test_a_session_without_readings_yet_costs_what_its_begin_costs() -> None:
    billing = rated(by=tariff(element(component("FLAT", "1.00"))))

    assert answered(billing.tell(session(awaits_cost=waiting("m1")))) == [("m1", "1.00", True)]


def test_the_end_is_answered_with_what_is_billed() -> None:
    billing = rated()

    said = billing.tell(session(), READINGS, over())

    assert [type(record) for record in said] == [CdrIssued, TransactionDecided]
    assert answered(said) == [("m2", "5.95", False)]


def test_the_answer_to_the_end_waits_for_its_record() -> None:
    billing = rated()

    early = billing.tell(session(), over())
    said = billing.tell(READINGS)

    assert early == []
    assert answered(said) == [("m2", "5.95", False)]
    assert billing.wait() == []


def test_the_answer_to_the_end_comes_although_its_readings_never_do() -> None:
    billing = rated()
    billing.tell(session(), over())

    said = billing.wait()

    assert answered(said) == [("m2", "5.95", False)]
    assert billing.wait() == []


@pytest.mark.parametrize("change", [running(30, 5000), over(last_meter_at=None)])
def test_without_a_tariff_the_answer_has_no_cost(change: SessionChanged) -> None:
    said = Billing().tell(change)

    assert [cost for _, cost, _ in answered(said)] == [None]


def test_a_free_session_costs_nothing_which_is_not_the_same_as_unknown() -> None:
    billing = rated(by=tariff(element(component("FLAT", 0))))

    assert answered(billing.tell(session(), READINGS, over())) == [("m2", "0.00", False)]


def test_an_end_that_is_only_presumed_has_not_the_last_word() -> None:
    billing = rated()

    assert answered(billing.tell(READINGS, over(status="presumed-ended"))) == [("m2", "5.95", True)]


def test_a_change_that_nobody_waits_for_is_not_answered() -> None:
    billing = rated()

    assert answered(billing.tell(session(), READINGS, ended())) == []


def test_a_change_heard_again_is_not_answered_again() -> None:
    billing = rated()
    facts = (running(0, 1000), READINGS, over())
    billing.tell(*facts)

    assert billing.tell(*facts) == []


def test_a_change_heard_again_while_it_waits_is_answered_once() -> None:
    billing = rated()
    billing.tell(over())
    billing.tell(over())

    billing.wait()

    assert answered(billing.said) == [("m2", "5.95", False)]


def test_a_late_event_of_a_billed_session_is_answered_with_what_was_billed() -> None:
    billing = rated()
    billing.tell(session(), READINGS, ended())

    said = billing.tell(over("m9", id="late", changed_at=after(90)))

    assert answered(said) == [("m9", "5.95", False)]
    assert of(said, CdrIssued) == []


def test_a_question_that_comes_while_another_waits_answers_that_without_a_cost() -> None:
    billing = rated()
    billing.tell(over("m1", id="first"))

    said = billing.tell(over("m2", id="second", changed_at=after(61)))
    billing.wait()

    assert answered(said) == [("m1", None, False)]
    assert answered(billing.said) == [("m1", None, False), ("m2", "5.95", False)]


def test_a_change_without_a_question_leaves_the_one_that_waits() -> None:
    billing = rated()
    billing.tell(over(), ended(changed_at=after(61)))

    assert answered(billing.wait()) == [("m2", "5.95", False)]


def test_a_forgotten_session_is_answered_without_a_cost() -> None:
    billing = rated()
    for number in range(MAX_OVER + MAX_FORGOTTEN):
        billing.tell(ended(session=f"s{number}", last_meter_at=None, changed_at=after(60 + number)))
    forgotten = billing.state.forgotten[0].partition("@")[0]

    said = billing.tell(over(session=forgotten, changed_at=after(1000)))

    assert answered(said) == [("m2", None, False)]


def test_the_same_facts_are_answered_with_the_same_ids() -> None:
    facts = (running(0, 1000), READINGS, over())

    once, again = rated(), rated()
    once.tell(*facts)
    again.tell(*facts)

    decisions = of(once.said, TransactionDecided)
    assert decisions == of(again.said, TransactionDecided)
    assert len({decision.id for decision in decisions}) == 2


def test_the_answer_and_the_cost_told_to_the_station_are_the_same() -> None:
    billing = rated(cost_every_s=600)
    billing.tell(metered(reading(0, 1000), reading(30, 5000)))

    said = billing.tell(running(30, 5000))

    assert [type(record).__name__ for record in said] == ["TransactionDecided", "CommandRequested"]
    assert answered(said) == [("m1", "2.38", True)]


def test_the_question_is_not_kept_with_the_session() -> None:
    billing = rated()

    billing.tell(running(0, 1000))

    (held,) = billing.state.sessions
    assert held.asked is None
    assert held.snapshot is not None
    assert held.snapshot.awaits_cost is None


@pytest.mark.usecase("E16", "E16.FR.11")
def test_the_cost_of_a_session_with_a_limit_of_cost_is_published_as_it_rises() -> None:
    limit = TransactionLimit(max_cost=Decimal(20), currency="EUR")
    billing = rated()
    billing.tell(metered(reading(0, 1000), reading(30, 5000)))
    (costed,) = of(billing.tell(session(minutes=30, limit=limit, **energies(1000, 5000))), SessionCosted)

    assert (costed.cost, costed.currency, costed.session) == (Decimal("2.38"), "EUR", session().session)
    again = session(minutes=31, limit=limit, **energies(1000, 5000))
    assert of(billing.tell(again), SessionCosted) == []
    assert of(billing.tell(session(minutes=32, **energies(1000, 5000))), SessionCosted) == []


@pytest.mark.usecase("E16", "E16.FR.11", "E16.FR.15")
def test_a_station_that_keeps_to_a_limit_of_cost_is_told_the_cost_whatever_the_deployment_says() -> None:
    limit = TransactionLimit(max_cost=Decimal(20))
    billing = rated()
    billing.tell(metered(reading(0, 1000), reading(30, 5000)))

    said = billing.tell(session(minutes=30, limit=limit, limit_kept=("cost",), **energies(1000, 5000)))
    (command,) = of(said, CommandRequested)
    assert command.command == CostUpdated(transaction_id="tx-1", total_cost=Decimal("2.38"))


@pytest.mark.usecase("E16")
def test_the_limit_to_say_goes_with_the_cost() -> None:
    limit = TransactionLimit(max_cost=Decimal(20))
    billing = rated()

    (decision,) = of(billing.tell(running(0, 1000, limit_to_say=limit)), TransactionDecided)
    assert decision.limit == limit
