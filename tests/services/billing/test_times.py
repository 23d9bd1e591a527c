"""Times that cannot be: neither billed nor dated. The tariff is 1.00 an hour and 0.50 a kWh; a clock is held against our own."""

import datetime as dt
from decimal import Decimal

import pytest

from schemas.billing import CdrIssued
from schemas.transactions import SessionChanged
from tests.services.billing.building import component, element, tariff
from tests.services.billing.records import (
    T0,
    Billing,
    after,
    assigned,
    charging,
    ended,
    metered,
    provisioned,
    rated,
    reading,
    session,
    station,
)

BY_HOUR = tariff(element(component("TIME", "1.00")))
HOURS = 60
DAYS = 24 * HOURS
NEVER_SET = dt.datetime(1970, 1, 1, 0, 5, tzinfo=dt.UTC)


def told(billing: Billing, began: SessionChanged, over: SessionChanged) -> CdrIssued:
    """A session whose begin and end come as they are told, and a reading at each; the last of its records."""
    for snapshot in (began, over):
        at = snapshot.ended_at or snapshot.started_at
        wh = 1000 if snapshot is began else 11_000
        billing.tell(metered(reading((at - T0) / dt.timedelta(minutes=1), wh), id=str(at)), snapshot)
    while billing.wait():
        pass
    return billing.cdrs()[-1]


def stops(minutes: float, *, heard: float, **overrides: object) -> SessionChanged:
    return ended(minutes, changed_at=after(heard), **overrides)


def total(cdr: CdrIssued) -> str | None:
    return None if cdr.costs is None else str(cdr.costs.total.excl_vat)


@pytest.mark.parametrize("ahead", [16, 3 * HOURS, 23 * HOURS, 2 * DAYS, 365 * DAYS])
def test_a_stop_ahead_of_its_arrival_ends_the_session_when_it_arrives(ahead: float) -> None:
    """An hour by our clock, whatever the station's says of its end: 1.00."""
    cdr = told(rated(by=BY_HOUR), session(), stops(60 + ahead, heard=60))

    assert (total(cdr), cdr.started_at, cdr.ended_at) == ("1.00", T0, after(60))
    assert "clock-suspect" in cdr.anomalies


def test_a_clock_may_differ_by_minutes() -> None:
    cdr = told(rated(by=BY_HOUR), session(), stops(60, heard=50))

    assert (total(cdr), cdr.ended_at, cdr.anomalies) == ("1.00", after(60), ())


def test_a_later_snapshot_does_not_make_an_impossible_end_possible() -> None:
    """Days later something else of the session changes: its end was still heard at an hour."""
    billing = rated(by=BY_HOUR)
    told(billing, session(), stops(2 * DAYS, heard=60))

    billing.tell(stops(2 * DAYS, heard=5 * DAYS, anomalies=("late",), revision=9))

    assert [total(cdr) for cdr in billing.cdrs()] == ["1.00"]


def test_a_begin_of_a_clock_that_was_never_set_is_when_it_was_heard() -> None:
    """And the price is that of the day: one of 99.90 ended long ago."""
    dated = tariff(element(component("FLAT", "99.90"), end_date="2000-01-01"), element(component("FLAT", "5.00")))

    cdr = told(rated(by=dated), session(started_at=NEVER_SET), stops(60, heard=60, started_at=NEVER_SET))

    assert (total(cdr), cdr.ended_at) == ("5.00", after(60))
    assert cdr.started_at - T0 < dt.timedelta(seconds=2)


def test_a_tariff_is_chosen_by_the_time_that_can_be() -> None:
    old = tariff(element(component("FLAT", "99.90")), tariff="old", end_date_time=T0)
    new = tariff(element(component("FLAT", "5.00")), tariff="new", start_date_time=T0 - dt.timedelta(days=1))
    billing = Billing(station(), provisioned(old), provisioned(new), assigned("default", "old", "new"))

    cdr = told(billing, session(started_at=NEVER_SET), stops(60, heard=60, started_at=NEVER_SET))

    assert (cdr.tariff, total(cdr)) == ("new", "5.00")


@pytest.mark.parametrize("off", [2 * HOURS, 5 * DAYS])
def test_a_clock_that_is_ahead_by_a_steady_amount_is_put_right_with_its_readings(off: float) -> None:
    """Half an hour of charging, half an hour of SuspendedEV, all told by a clock that is ahead: 0.50 + 3.00."""
    billing = rated(by=tariff(element(component("TIME", "1.00"), component("PARKING_TIME", "6.00"))))
    start = after(off)
    billing.tell(session(started_at=start, changed_at=T0), charging(off + 30, "SuspendedEV", received_at=after(30)))

    cdr = told(billing, session(started_at=start), stops(off + 60, heard=60, started_at=start))

    assert (total(cdr), cdr.started_at, cdr.ended_at) == ("3.50", T0, after(60))


def test_a_clock_that_was_never_set_and_goes_on_so_is_put_right_too() -> None:
    cdr = told(
        rated(by=BY_HOUR),
        session(started_at=NEVER_SET),
        stops(0, heard=60, started_at=NEVER_SET, ended_at=NEVER_SET + dt.timedelta(minutes=60)),
    )

    assert (total(cdr), cdr.ended_at) == ("1.00", after(60))


@pytest.mark.parametrize(
    ("began", "over"),
    [
        # all of it heard at once, by a clock that was never set
        (
            session(started_at=NEVER_SET, changed_at=after(300)),
            stops(0, heard=301, started_at=NEVER_SET, ended_at=NEVER_SET + dt.timedelta(minutes=60)),
        ),
        # its begin was heard hours later, and its end is in the future
        (session(changed_at=after(300)), stops(700, heard=301)),
        # it ends before it begins
        (session(), stops(-30, heard=60)),
        # its begin is of 1970 and heard after its end
        (session(started_at=NEVER_SET, changed_at=after(300)), stops(60, heard=301, started_at=NEVER_SET)),
        # begin and end are of two clocks
        (session(started_at=after(900)), stops(5 * DAYS, heard=60, started_at=after(900))),
    ],
)
def test_what_nobody_can_date_is_held_and_dated_by_arrival(began: SessionChanged, over: SessionChanged) -> None:
    cdr = told(rated(by=BY_HOUR), began, over)

    assert (cdr.unrated, cdr.costs) == ("times-impossible", None)
    assert T0 <= cdr.started_at <= cdr.ended_at <= over.changed_at


def test_a_held_session_is_billed_when_an_operator_says_when_it_ended() -> None:
    billing = rated(by=BY_HOUR)
    told(billing, session(), stops(-30, heard=60))

    billing.tell(stops(45, heard=900, revision=7))
    billing.wait()

    assert [(cdr.unrated, total(cdr)) for cdr in billing.cdrs()][-1] == ("", "0.75")


def test_an_offline_session_told_days_later_is_billed_as_it_was() -> None:
    cdr = told(rated(by=BY_HOUR), session(changed_at=after(3 * DAYS)), stops(90, heard=3 * DAYS + 1))

    assert (total(cdr), cdr.ended_at, cdr.anomalies) == ("1.50", after(90), ())


def test_the_running_cost_counts_no_time_ahead_of_our_clock() -> None:
    """The begin is told two hours ahead; half an hour later 0.50 are told."""
    billing = rated(by=BY_HOUR, cost_every_s=60)
    billing.tell(session(started_at=after(120), changed_at=T0))
    said = billing.tell(session(started_at=after(120), last_meter_at=after(150), changed_at=after(30)))

    assert [command.command.total_cost for command in said if hasattr(command, "command")] == [Decimal("0.50")]
