"""Ends that are presumed: their bills wait, are marked as estimated, and follow the end when it is told, or an operator."""

import datetime as dt
from decimal import Decimal

from schemas.base import ReplyTo
from schemas.billing import CdrIssued
from schemas.transactions import SessionChanged, TransactionDecided
from services.billing.core import due
from tests.services.billing.building import component, element, tariff
from tests.services.billing.records import Billing, after, charging, ended, metered, of, rated, reading, session

BY_HOUR = tariff(element(component("TIME", "3.00")))
GRACE = dt.timedelta(minutes=10)
READINGS = metered(reading(0, 1000), reading(30, 6000))


def presumed(minutes: float = 30, heard: float = 40, **overrides: object) -> SessionChanged:
    """The session is over by all evidence, as far as its reading at half an hour tells; we heard of that later."""
    given = {"status": "presumed-ended", "estimated": True, "stop": 6000, "changed_at": after(heard)}
    return ended(minutes, **{**given, **overrides})


def totals(billing: Billing) -> list[tuple[str, bool]]:
    return [(str(cdr.costs.total.excl_vat), cdr.estimated) for cdr in billing.cdrs() if cdr.costs]


def test_the_bill_of_a_presumed_end_waits_for_the_grace_and_is_marked_as_estimated() -> None:
    billing = rated(by=BY_HOUR)
    billing.tell(session(), READINGS, presumed())

    assert billing.cdrs() == []
    assert due(billing.state) == after(40) + GRACE
    billing.wait()

    (cdr,) = billing.cdrs()
    assert (totals(billing), cdr.status, cdr.issued_at) == ([("1.50", True)], "presumed-ended", after(50))


def test_an_end_that_comes_within_the_grace_makes_one_bill_that_is_no_estimate() -> None:
    billing = rated(by=BY_HOUR)
    billing.tell(session(), READINGS, presumed(), metered(reading(60, 11_000)), ended(60, changed_at=after(45)))

    assert totals(billing) == [("3.00", False)]
    assert due(billing.state) is None


def test_an_end_that_comes_after_the_grace_corrects_the_estimate() -> None:
    billing = rated(by=BY_HOUR)
    billing.tell(session(), READINGS, presumed())
    billing.wait()

    billing.tell(metered(reading(60, 11_000)), ended(60, changed_at=after(300)))

    assert totals(billing) == [("1.50", True), ("-1.50", True), ("3.00", False)]
    assert [cdr.version for cdr in billing.cdrs()] == [1, 1, 2]


def test_an_end_that_says_what_was_estimated_makes_it_a_bill_like_any_other() -> None:
    billing = rated(by=BY_HOUR)
    billing.tell(session(), READINGS, presumed())
    billing.wait()

    billing.tell(ended(30, stop=6000, changed_at=after(300)))

    assert totals(billing) == [("1.50", True), ("-1.50", True), ("1.50", False)]


def test_more_evidence_and_late_readings_do_not_lengthen_or_shorten_the_grace() -> None:
    billing = rated(by=BY_HOUR)
    billing.tell(session(), READINGS, presumed())
    billing.tell(presumed(heard=45), metered(reading(32, 6200), received_at=after(46)), presumed(32, 47, stop=6200))

    assert billing.cdrs() == []
    assert due(billing.state) == after(50)
    billing.wait()
    assert totals(billing) == [("1.60", True)]


def test_a_session_that_turns_out_to_run_on_is_not_billed_and_has_a_new_grace_when_it_is_presumed_over_again() -> None:
    billing = rated(by=BY_HOUR)
    billing.tell(session(), READINGS, presumed(), session(minutes=41, changed_at=after(42)))

    assert due(billing.state) is None
    billing.tell(metered(reading(41, 7000)), presumed(41, 100, stop=7000))

    assert due(billing.state) == after(110)


def test_an_estimate_of_a_session_that_runs_on_is_corrected_at_its_end() -> None:
    billing = rated(by=BY_HOUR)
    billing.tell(session(), READINGS, presumed())
    billing.wait()
    billing.tell(session(minutes=59, changed_at=after(59)), metered(reading(60, 11_000)), ended(60))

    assert totals(billing) == [("1.50", True), ("-1.50", True), ("3.00", False)]


def test_a_deployment_may_wait_for_no_grace() -> None:
    billing = rated(by=BY_HOUR, grace_s=0)
    billing.tell(session(), READINGS, presumed())

    assert totals(billing) == [("1.50", True)]


def test_who_asks_for_the_cost_is_not_kept_waiting_for_the_grace() -> None:
    billing = rated(by=BY_HOUR)
    asks = ReplyTo(gateway="gw-0", epoch=1, message_id="m1")

    said = billing.tell(session(), READINGS, presumed(awaits_cost=asks))

    (answer,) = of(said, TransactionDecided)
    assert (answer.total_cost, answer.running) == (Decimal("1.50"), True)


def test_what_a_station_says_of_charging_during_the_grace_is_in_the_bill() -> None:
    by = tariff(element(component("TIME", "3.00"), component("PARKING_TIME", "12.00")))
    billing = rated(by=by)
    billing.tell(session(), READINGS, presumed(), charging(20, "SuspendedEV", received_at=after(45)))

    assert billing.cdrs() == []
    billing.wait()
    assert totals(billing) == [("3.00", True)]  # 20 minutes at 3.00, ten at 12.00


# -- operators, and reasons --------------------------------------------------------------------------------------------


def test_an_operator_s_correction_of_energy_and_end_is_a_new_version() -> None:
    billing = rated(by=tariff(element(component("ENERGY", "0.50"), component("TIME", "3.00"))))
    billing.tell(session(), READINGS, metered(reading(60, 11_000)), ended(60))

    billing.tell(ended(40, stop=7000, changed_at=after(900), revision=9, last_meter_at=after(60)))

    assert totals(billing) == [("8.00", False), ("-8.00", False), ("5.00", False)]  # 10 kWh, 1 h; 6 kWh, 40 minutes


def test_the_station_s_own_word_for_the_reason_stands_in_the_record() -> None:
    billing = rated()
    billing.tell(session(), READINGS, ended(30, stop=6000, stopped_reason="ImmediateReset", stopped_detail="HardReset"))

    (cdr,) = billing.cdrs()
    assert (cdr.stopped_reason, cdr.stopped_detail) == ("ImmediateReset", "HardReset")


def test_a_corrected_reason_is_a_new_version_with_the_same_amounts() -> None:
    billing = rated(by=BY_HOUR)
    billing.tell(session(), READINGS, ended(30, stop=6000, stopped_reason="Local"))

    billing.tell(ended(30, stop=6000, stopped_reason="Other", stopped_detail="by the operator", changed_at=after(90)))

    assert totals(billing) == [("1.50", False), ("-1.50", False), ("1.50", False)]
    assert of(billing.said, CdrIssued)[-1].stopped_reason == "Other"
