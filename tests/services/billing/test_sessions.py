"""What billing remembers: late ends of estimated sessions find their bill; what comes too late for one is told."""

import datetime as dt
from decimal import Decimal

import pytest

from schemas.base import derived_id
from schemas.billing import CorrectionQuarantined, Sample, SessionUsage
from schemas.quantities import LOCATIONS, location_rank
from schemas.routing import route
from services.billing.course import SessionTotals, course_of, units
from services.billing.localtime import micros
from services.billing.sessions import MAX_ESTIMATED, MAX_OVER
from services.transactions.settling import MAX_ENDED, MAX_FORGOTTEN
from tests.services.billing.building import component, element, tariff
from tests.services.billing.records import T0, Billing, after, ended, energies, metered, of, rated, reading, session

BY_HOUR = tariff(element(component("TIME", "1.00"), component("ENERGY", "0.50")))


def billed(billing: Billing, count: int, *, since: int = 100) -> None:
    """So many more sessions of the station, each started, read and ended."""
    for number in range(count):
        at, name = since + 60 * number, derived_id("later", since, number)
        billing.tell(metered(reading(at, 1000), reading(at + 30, 6000), session=name))
        billing.tell(ended(at + 30, 1000, 6000, session=name, started_at=after(at)))


def totals(billing: Billing, of_session: str) -> list[str]:
    return [str(c.costs.total.excl_vat) for c in billing.cdrs() if c.session == of_session and c.costs]


@pytest.mark.parametrize("later", [MAX_OVER, 60, 300])
def test_a_stop_that_comes_after_many_later_sessions_still_corrects_the_estimate(later: int) -> None:
    billing = rated(by=BY_HOUR)
    estimate = ended(30, 1000, 6000, status="presumed-ended", estimated=True)
    billing.tell(session(), metered(reading(0, 1000), reading(30, 6000)), estimate)
    billing.wait()
    billed(billing, later)

    billing.tell(metered(reading(60, 11_000)), ended(60, changed_at=after(90_000)))

    assert totals(billing, "s1") == ["3.00", "-3.00", "6.00"]  # 0.50 + 2.50; 1.00 + 5.00
    assert of(billing.said, CorrectionQuarantined) == []


def test_estimates_are_remembered_up_to_a_bound() -> None:
    billing = rated(by=BY_HOUR)
    for number in range(MAX_ESTIMATED + 5):
        over = ended(30, 1000, 6000, session=f"e{number}", status="presumed-ended", changed_at=after(100 + number))
        billing.tell(metered(reading(0, 1000), reading(30, 6000), session=f"e{number}"), over)
        billing.wait()

    assert len(billing.state.closed) == MAX_ESTIMATED
    assert len(billing.state.forgotten) == 5


def test_a_change_that_comes_too_late_for_a_bill_is_told_once() -> None:
    billing = rated(by=BY_HOUR)
    billing.tell(session(), metered(reading(0, 1000), reading(60, 11_000)), ended(60))
    billed(billing, MAX_OVER)
    late = ended(90, 1000, 16_000, changed_at=after(5000), transaction_id="tx-9")

    said = billing.tell(late, late)

    (told,) = of(said, CorrectionQuarantined)
    assert said == [told]
    assert (told.session, told.transaction_id, told.energy_wh, told.ended_at) == (
        "s1",
        "tx-9",
        Decimal(15_000),
        after(90),
    )
    assert route(told).topic == "csms.quarantine"
    assert len(of(billing.tell(ended(91, 1000, 16_500, changed_at=after(5001))), CorrectionQuarantined)) == 1


def test_what_is_said_again_of_a_forgotten_session_is_no_change() -> None:
    billing = rated(by=BY_HOUR)
    facts = (session(), metered(reading(0, 1000), reading(60, 11_000)), ended(60))
    billing.tell(*facts)
    billed(billing, MAX_OVER)

    assert billing.tell(*facts) == []


def test_every_estimate_that_transactions_may_correct_is_remembered() -> None:
    assert MAX_ESTIMATED >= MAX_ENDED + MAX_FORGOTTEN


def test_places_of_measurement_are_ranked_in_one_place() -> None:
    assert [location_rank(place) for place in (*LOCATIONS, "Roof")] == [0, 1, 2, 3, 4, 5, 6]


# -- registers that fall -----------------------------------------------------------------------------------------------

REGISTERS = {
    # what the register shows every half hour, what the session charged, and what of it in the first hour
    "it rolls over at a million": ([999_000, 999_600, 100, 700], 1700, 1100),
    "it rolls over at ten million, in the first half hour": ([9_999_800, 300, 900, 1200], 1400, 1100),
    "it is set to zero and counts what came since": ([50_000, 53_000, 400, 2_400], 5_400, 3_400),
    "it is set to zero, and what came until then is not known": ([50_000, 53_000, 400, 2_400], 5_000, 3_000),
    "it only rises": ([50_000, 51_000, 52_000, 55_000], 5_000, 2_000),
    "one reading falls and the next stands higher": ([50_000, 52_000, 51_500, 53_000], 3_000, 2_000),
}


@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_that_falls_is_read_as_the_session_s_energy_says(name: str) -> None:
    register, charged, first_hour = REGISTERS[name]
    samples = tuple(Sample(micros(after(30 * n)), units(Decimal(wh))) for n, wh in enumerate(register))
    whole = SessionTotals(T0, after(90), Decimal(register[0]), Decimal(register[-1]), Decimal(charged))

    nodes = course_of(whole, SessionUsage(register=samples, rank=0)).nodes

    at_an_hour = next(node.energy for node in nodes if node.us == micros(T0 + dt.timedelta(hours=1)))
    assert (nodes[-1].energy, at_an_hour) == (units(Decimal(charged)), units(Decimal(first_hour)))


def test_a_bill_over_two_prices_counts_each_side_of_a_roll_over() -> None:
    """1.1 kWh until 13:00 at 1.00, 0.6 kWh after it at 2.00."""
    by = tariff(element(component("ENERGY", "1.00"), end_time="13:00"), element(component("ENERGY", "2.00")))
    billing = rated(by=by)
    billing.tell(*(metered(reading(30 * n, wh)) for n, wh in enumerate((999_000, 999_600, 100, 700))))
    over = {**energies(999_000, 700), "energy_wh": Decimal(1700)}
    billing.tell(ended(90, **over))

    assert totals(billing, "s1") == ["2.30"]
