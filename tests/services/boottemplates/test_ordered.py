"""Ordered runs: when they begin, what a boot makes of them, and which are dropped."""

from services.boottemplates.core import ORDERS_MOST
from tests.services.boottemplates.stations import (
    Fleet,
    ordered,
    setting,
    station,
    template,
)

A, B, C = setting("A"), setting("B"), setting("C")


def test_an_ordered_run_begins_at_once_whether_or_not_the_template_is_enabled() -> None:
    there = Fleet(template("t", A, enabled=False))
    there.boots()
    there.passes(600)
    there.reads(ordered("t", there.now))
    assert (there.last.status, there.last.run, there.last.cause) == ("waiting", "order-1", "order")

    there.passes(5)

    assert there.heard == [A]
    assert (there.last.status, there.last.run, there.last.requested_by) == ("done", "order-1", "operator")


def test_a_repeated_order_changes_nothing() -> None:
    there = Fleet(template("t", A))
    there.boots()
    there.passes(600)
    there.reads(ordered("t", there.now))
    before, said = there.state, len(there.runs)
    there.reads(ordered("t", there.now))

    assert (there.state, len(there.runs)) == (before, said)


def test_an_order_waits_for_a_station_that_is_away() -> None:
    there = Fleet(template("t", A, enabled=False))
    there.reads(station(0, connected=False), ordered("t", 1))
    there.passes(600)
    assert there.heard == []
    assert "connected" in there.last.why

    there.reads(station(there.now))
    there.passes(600)

    assert (there.heard, there.last.status) == ([A], "done")


def test_an_order_for_a_station_that_does_not_fit_is_dropped_with_the_reason() -> None:
    there = Fleet(template("t", A, stations={"vendor": "Other"}))
    there.boots()
    there.reads(ordered("t", 1), ordered("gone", 2, id="order-2"))
    there.passes(600)

    reasons = {each.template: each.why for each in there.runs if each.status == "dropped"}
    assert reasons["t"] == "Its vendor is Acme, not Other."
    assert "removed" in reasons["gone"]
    assert there.heard == []


def test_an_order_outlives_a_boot_unless_the_boot_has_the_template_run() -> None:
    there = Fleet(template("t", A), template("off", B, enabled=False))
    there.reads(station(0, connected=False))
    there.reads(ordered("t", 1), ordered("off", 2, id="order-2"))
    there.boots(5)
    there.passes(600)

    assert there.heard == [A, B]
    assert (there.statuses()["order-1"], there.statuses()["order-2"]) == ("replaced", "done")


def test_an_ordered_run_that_a_boot_interrupts_begins_again_under_its_id() -> None:
    there = Fleet(template("off", A, B, enabled=False))
    there.boots()
    there.reads(ordered("off", 1))
    there.passes(5, answering=False)
    there.settles()
    there.boots()
    there.waiting.clear()
    there.passes(600)

    assert there.heard == [A, A, B]
    assert set(there.statuses().items()) == {("order-1", "done")}
    revisions = [each.revision for each in there.runs]
    assert revisions == sorted(set(revisions))


def test_no_more_orders_wait_than_are_bounded() -> None:
    there = Fleet(template("t", A, enabled=False))
    there.reads(station(0, connected=False))
    there.reads(*(ordered("t", number, id=f"order-{number}") for number in range(ORDERS_MOST + 1)))

    assert len(there.state.queue) == ORDERS_MOST
    assert (there.last.status, there.last.run) == ("dropped", f"order-{ORDERS_MOST}")
