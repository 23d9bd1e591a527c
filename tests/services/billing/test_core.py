"""Billing's core: what is issued when, corrected how, and never twice."""

import datetime as dt
from decimal import Decimal
from itertools import permutations

import pytest
from msgspec.structs import replace

from schemas.authorization import IdToken
from schemas.base import Due, Record
from schemas.billing import CdrIssued
from schemas.commands import CommandRequested, CommandSettled
from schemas.quantities import ENERGY_EXPORT, Reading
from schemas.tariffs import EarlierAssignment, TariffProvisioned, TariffRemoved, TariffUnassigned, default_target
from services.billing.core import SETTLE, due
from services.billing.sessions import MAX_FORGOTTEN, MAX_OVER
from tests.services.billing.building import LONG_AGO, component, element, tariff
from tests.services.billing.records import (
    ENERGY,
    STATION,
    T0,
    Billing,
    after,
    assigned,
    ended,
    energies,
    metered,
    of,
    provisioned,
    rated,
    reading,
    session,
    station,
    version,
)

READINGS = metered(reading(0, 1000), reading(60, 11000))


def amounts(cdr: CdrIssued) -> tuple[str, str | None] | None:
    if cdr.costs is None:
        return None
    total = cdr.costs.total
    return str(total.excl_vat), None if total.incl_vat is None else str(total.incl_vat)


# -- issuing ----------------------------------------------------------------------------------------------------------


def test_a_session_that_ends_is_billed_at_once_where_its_readings_are_there() -> None:
    billing = rated()

    said = billing.tell(session(), READINGS, ended())

    (cdr,) = of(said, CdrIssued)
    assert amounts(cdr) == ("5.00", "5.95")
    assert (cdr.version, cdr.tariff, cdr.tariff_version, cdr.currency) == (1, "t", 1, "EUR")
    assert (cdr.site, cdr.time_zone, cdr.evse, cdr.connector) == ("berlin-1", "Europe/Berlin", 1, 1)
    assert (cdr.started_at, cdr.ended_at, cdr.energy_wh) == (T0, after(60), Decimal(10000))
    assert due(billing.state) is None


def test_a_session_whose_readings_come_behind_its_end_is_billed_when_they_come() -> None:
    billing = rated()

    waiting = billing.tell(session(), ended())
    said = billing.tell(READINGS)

    assert waiting == []
    assert [amounts(cdr) for cdr in of(said, CdrIssued)] == [("5.00", "5.95")]
    assert billing.wait() == []


def test_a_session_whose_readings_never_come_is_billed_after_a_short_wait() -> None:
    billing = rated()
    billing.tell(session(), ended())

    said = billing.wait()

    assert due(billing.state) is None
    assert [amounts(cdr) for cdr in of(said, CdrIssued)] == [("5.00", "5.95")]


def test_a_session_without_any_reading_of_its_energy_is_billed_without_waiting() -> None:
    billing = rated()

    said = billing.tell(ended(last_meter_at=None, meter_start_wh=None, meter_stop_wh=None, energy_wh=None))

    (cdr,) = of(said, CdrIssued)
    assert (cdr.unrated, cdr.costs, cdr.periods) == ("energy-unknown", None, ())


def test_time_is_billed_where_the_energy_is_unknown() -> None:
    billing = rated(by=tariff(element(component("TIME", "3.00"))))

    said = billing.tell(ended(last_meter_at=None, meter_start_wh=None, meter_stop_wh=None, energy_wh=None))

    assert [amounts(cdr) for cdr in of(said, CdrIssued)] == [("3.00", None)]


def test_a_session_without_tariff_is_unrated_and_its_costs_are_absent() -> None:
    billing = Billing()

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert (cdr.unrated, cdr.costs, cdr.currency, cdr.tariff) == ("no-tariff", None, "", "")
    assert cdr.energy_wh == 10000


def test_a_session_of_months_is_left_to_a_person() -> None:
    billing = rated()

    (cdr,) = of(billing.tell(ended(started_at=LONG_AGO, last_meter_at=None)), CdrIssued)

    assert cdr.unrated == "too-long"


def test_a_session_that_ends_before_it_starts_is_left_to_a_person() -> None:
    billing = rated()

    (cdr,) = of(billing.tell(ended(ended_at=after(-5), last_meter_at=None)), CdrIssued)

    assert cdr.unrated == "times-impossible"


# -- nothing twice ----------------------------------------------------------------------------------------------------


def test_a_repeated_event_issues_nothing() -> None:
    billing = rated()
    facts = (session(), READINGS, ended())
    billing.tell(*facts)
    before = billing.state

    said = billing.tell(*facts, *facts)

    assert said == []
    assert billing.state == before


def test_a_clock_that_rings_for_nothing_issues_nothing() -> None:
    billing = rated()
    billing.tell(session(), READINGS, ended())

    assert billing.tell(Due(key=STATION, at=after(100))) == []


def test_a_new_snapshot_that_changes_nothing_billed_issues_nothing() -> None:
    billing = rated()
    billing.tell(session(), READINGS, ended())

    assert billing.tell(ended(anomalies=("clock-suspect",), changed_at=after(90), revision=5)) == []


def test_a_replay_of_everything_into_an_empty_state_gives_the_same_ids() -> None:
    first, second = rated(), rated()
    facts = (session(), READINGS, ended())

    assert first.tell(*facts) == second.tell(*facts)


@pytest.mark.parametrize("order", list(permutations((session(), READINGS, ended()))))
def test_a_record_is_the_same_whatever_order_its_facts_came_in(order: tuple[Record, ...]) -> None:
    """A crash has the last facts read again, perhaps in another order between topics."""
    usual, other = rated(), rated()

    assert of(usual.tell(session(), READINGS, ended()), CdrIssued) == of(other.tell(*order), CdrIssued)


def test_a_state_made_again_takes_what_was_issued_for_the_truth() -> None:
    """The tariff is another one now; the record on the topic is what the customer has."""
    billing = rated()
    (original,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)
    dearer = version(ENERGY, 2, LONG_AGO, elements=tariff(element(component("ENERGY", "9.00"))).elements)
    again = Billing(provisioned(dearer, ENERGY), assigned("default"), station())
    again.tell(session(), READINGS, ended())

    again.tell(original)
    said = again.tell(ended(60, 1000, 13000, changed_at=after(90)))

    assert [amounts(cdr) for cdr in of(said, CdrIssued)] == [("-5.00", "-5.95"), ("6.00", "7.14")]


def test_an_echo_of_what_was_issued_changes_nothing() -> None:
    billing = rated()
    said = billing.tell(session(), READINGS, ended())
    before = billing.state

    assert billing.tell(*said) == []
    assert billing.state is before


# -- corrections ------------------------------------------------------------------------------------------------------


def test_a_corrected_session_is_credited_and_billed_again_linked() -> None:
    billing = rated()
    billing.tell(session(), READINGS, ended())

    billing.tell(ended(60, 1000, 13000, changed_at=after(90)))

    first, credit, second = billing.cdrs()
    assert (credit.credit, credit.credits, credit.version) == (True, first.id, 1)
    assert (second.version, second.replaces, second.credit) == (2, first.id, False)
    assert [amounts(cdr) for cdr in (first, credit, second)] == [("5.00", "5.95"), ("-5.00", "-5.95"), ("6.00", "7.14")]
    assert len({cdr.id for cdr in (first, credit, second)}) == 3
    assert credit.periods[0].lines[0].cost.excl_vat == -first.periods[0].lines[0].cost.excl_vat


def test_late_readings_wait_for_the_snapshot_that_knows_them_and_make_one_correction() -> None:
    by_hour = tariff(element(component("ENERGY", "1.00"), end_time="12:30"), element(component("ENERGY", "2.00")))
    billing = rated(by=by_hour)
    billing.tell(session(), ended(last_meter_at=None))

    waiting = billing.tell(metered(reading(30, 10000), received_at=after(100)))
    said = billing.tell(ended(last_meter_at=after(30), changed_at=after(101)))

    assert waiting == []
    # 10 kWh steadily: 5 at 1.00 and 5 at 2.00; with the reading: 9 and 1
    assert amounts(billing.cdrs()[0]) == ("15.00", None)
    assert [amounts(cdr) for cdr in of(said, CdrIssued)] == [("-15.00", None), ("11.00", None)]


def test_corrections_keep_the_tariff_of_the_first_bill() -> None:
    billing = rated()
    billing.tell(session(), READINGS, ended())
    billing.know(assigned("default", "other"))

    billing.tell(ended(60, 1000, 13000, changed_at=after(90)))

    assert billing.cdrs()[-1].tariff == "t"


def test_a_token_that_becomes_known_late_chooses_the_tariff_again() -> None:
    cheaper = tariff(element(component("ENERGY", "0.10")), tariff="friends")
    billing = rated(provisioned(cheaper), assigned("token:FRIEND", "friends"))
    billing.tell(session(token=None), READINGS, ended(token=None))

    billing.tell(ended(token=IdToken(value="friend"), changed_at=after(90)))

    assert [cdr.tariff for cdr in billing.cdrs()] == ["t", "t", "friends"]


def test_an_unrated_session_is_rated_when_a_fact_corrects_it_and_there_is_a_tariff() -> None:
    billing = Billing(station())
    billing.tell(session(), READINGS, ended())
    billing.know(provisioned(ENERGY), assigned("default"))

    billing.tell(ended(60, 1000, 13000, changed_at=after(90)))

    assert [cdr.unrated for cdr in billing.cdrs()] == ["no-tariff", "no-tariff", ""]


@pytest.mark.parametrize("owner_now", ["acme", "umbrella"])
def test_a_correction_is_billed_by_a_tariff_of_the_tenant_that_billed_first(owner_now: str) -> None:
    own = tariff(element(component("ENERGY", "0.20")), tariff="own", tenant="acme")
    others = tariff(element(component("ENERGY", "0.90")), tariff="others", tenant="umbrella")
    by_tenant = (
        assigned(default_target("acme"), "own", tenant="acme"),
        assigned(default_target("umbrella"), "others", tenant="umbrella"),
    )
    billing = rated(provisioned(own), provisioned(others), *by_tenant, station(tenant="acme"))
    billing.tell(session(token=None), READINGS, ended(token=None))
    billing.know(station(tenant=owner_now))

    billing.tell(ended(token=IdToken(value="late"), changed_at=after(90)))

    assert [cdr.tariff for cdr in billing.cdrs()] == ["own", "own", "own"]


def test_a_station_that_moves_after_the_session_is_still_billed_where_it_stood() -> None:
    billing = rated()
    billing.tell(session(), READINGS, ended())
    billing.know(station(site="lisbon", time_zone="Europe/Lisbon"))

    billing.tell(ended(60, 1000, 13000, changed_at=after(90)))

    assert {(cdr.site, cdr.time_zone) for cdr in billing.cdrs()} == {("berlin-1", "Europe/Berlin")}


# -- which tariff -----------------------------------------------------------------------------------------------------

SCOPES = ["token:CARD", f"connector:{STATION}/1/1", f"station:{STATION}", "site:berlin-1", "default"]


@pytest.mark.parametrize("place", range(len(SCOPES)))
def test_the_most_particular_assignment_decides(place: int) -> None:
    tariffs = [provisioned(tariff(element(component("FLAT", n)), tariff=f"t{n}")) for n in range(len(SCOPES))]
    assignments = [assigned(scope, f"t{n}") for n, scope in enumerate(SCOPES)]
    billing = Billing(station(), *tariffs, *assignments[place:])

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert cdr.tariff == f"t{place}"


def test_an_assignment_without_a_valid_tariff_leaves_it_to_the_next() -> None:
    over = tariff(element(component("FLAT", "1")), tariff="over", end_date_time=T0)
    billing = rated(provisioned(over), assigned(f"station:{STATION}", "over", "gone"))

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert cdr.tariff == "t"


def test_of_several_tariffs_the_first_that_is_valid_at_the_start_counts() -> None:
    old = tariff(element(component("FLAT", "1")), tariff="old", end_date_time=T0)
    new = tariff(element(component("FLAT", "2")), tariff="new", start_date_time=T0)
    billing = Billing(station(), provisioned(old), provisioned(new), assigned("default", "old", "new"))

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert cdr.tariff == "new"


def test_a_driver_pays_the_version_that_held_when_the_session_started() -> None:
    dearer = version(ENERGY, 2, after(10), elements=tariff(element(component("ENERGY", "9.00"))).elements)
    billing = Billing(station(), provisioned(dearer, ENERGY), assigned("default"))

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert (cdr.tariff_version, amounts(cdr)) == (1, ("5.00", "5.95"))


BEFORE = EarlierAssignment(tariffs=("t",), since=LONG_AGO)


def other(price: str) -> TariffProvisioned:
    return provisioned(tariff(element(component("ENERGY", price)), tariff="other"))


def test_a_driver_pays_what_was_assigned_when_the_session_started() -> None:
    billing = rated(other("9.00"), assigned("default", "other", assigned_at=after(10), earlier=(BEFORE,)))

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert (cdr.tariff, amounts(cdr)) == ("t", ("5.00", "5.95"))


def test_an_assignment_made_during_a_session_is_for_the_next_one_however_particular_it_is() -> None:
    billing = rated(other("9.00"), assigned("token:CARD", "other", assigned_at=after(10)))

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert cdr.tariff == "t"


def test_an_assignment_taken_away_during_a_session_still_holds_for_it() -> None:
    gone = TariffUnassigned(target="token:CARD", removed_at=after(10), earlier=(replace(BEFORE, tariffs=("other",)),))
    billing = rated(other("9.00"), gone)

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert cdr.tariff == "other"


def test_an_assignment_taken_away_before_the_session_does_not_hold_for_it() -> None:
    gone = TariffUnassigned(target="token:CARD", removed_at=after(-1), earlier=(replace(BEFORE, tariffs=("other",)),))
    billing = rated(other("9.00"), gone)

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert cdr.tariff == "t"


def test_a_tariff_removed_during_a_session_still_holds_for_it_and_not_for_the_next() -> None:
    gone = TariffRemoved(tariff="t", last_version=1, removed_at=after(10), earlier=(ENERGY,))
    unassigned = TariffUnassigned(target="default", removed_at=after(9), earlier=(BEFORE,))
    billing = Billing(station(), gone, unassigned)

    billing.tell(session(), READINGS, ended())
    billing.tell(ended(session="s2", started_at=after(20), last_meter_at=None))

    assert [(cdr.tariff, cdr.unrated) for cdr in billing.cdrs()] == [("t", ""), ("", "no-tariff")]


def test_a_session_that_started_without_a_tariff_has_the_one_that_is_assigned_when_it_is_billed() -> None:
    billing = Billing(station(), provisioned(ENERGY), assigned("default", assigned_at=after(10)))

    (cdr,) = of(billing.tell(session(), READINGS, ended()), CdrIssued)

    assert cdr.tariff == "t"


# -- running cost -----------------------------------------------------------------------------------------------------


def running(minutes: float, wh: int) -> tuple[object, ...]:
    return metered(reading(minutes, wh)), session(minutes=minutes, **energies(1000, wh))


def test_a_running_session_s_cost_is_told_at_most_once_an_interval() -> None:
    billing = rated(cost_every_s=600)

    said = billing.tell(
        session(minutes=0, **energies(1000, 1000)), *running(5, 3000), *running(9, 4000), *running(12, 5000)
    )

    commands = of(said, CommandRequested)
    assert [str(c.command.total_cost) for c in commands] == ["0.00", "2.38"]
    assert {(c.when_offline, c.requested_by) for c in commands} == {("fail", "billing")}
    assert all(c.expires_at - c.requested_at == dt.timedelta(seconds=30) for c in commands)


def test_costs_are_told_only_where_the_operator_asked_for_it() -> None:
    assert rated().tell(session(), *running(5, 3000)) == []


def test_a_session_that_is_over_is_told_no_running_cost() -> None:
    billing = rated(cost_every_s=1)

    assert of(billing.tell(READINGS, ended()), CommandRequested) == []


def test_a_station_that_cannot_be_told_costs_is_told_once() -> None:
    billing = rated(cost_every_s=1)
    (command,) = of(billing.tell(session(minutes=0, **energies(1000, 1000))), CommandRequested)

    billing.tell(
        CommandSettled(id="o", command_id=command.id, station=STATION, outcome="unsupported", settled_at=after(1))
    )

    assert billing.tell(*running(5, 3000), *running(9, 9000)) == []


def test_a_station_that_could_not_be_told_costs_is_asked_again_after_a_week() -> None:
    billing = rated(cost_every_s=1)
    (command,) = of(billing.tell(session(minutes=0, **energies(1000, 1000))), CommandRequested)
    billing.tell(
        CommandSettled(id="o", command_id=command.id, station=STATION, outcome="unsupported", settled_at=after(1))
    )

    said = billing.tell(*running(60 * 24 * 7 + 1, 3000))

    assert len(of(said, CommandRequested)) == 1


def test_a_repeated_fact_does_not_tell_the_cost_again() -> None:
    billing = rated(cost_every_s=1)
    facts = running(5, 3000)
    billing.tell(session(), *facts)

    assert billing.tell(*facts) == []


def test_a_session_that_goes_on_after_its_presumed_end_is_not_billed_while_it_does() -> None:
    billing = rated()
    billing.tell(session(), ended(status="presumed-ended"), session(changed_at=after(70)))

    assert due(billing.state) is None
    assert billing.cdrs() == []


# -- bounds -----------------------------------------------------------------------------------------------------------


def test_sessions_billed_long_ago_are_forgotten_but_not_billed_again() -> None:
    billing = rated()
    count = MAX_OVER + MAX_FORGOTTEN
    facts = [
        (
            metered(reading(0, 1000), reading(60, 11000), session=f"s{n}"),
            ended(session=f"s{n}", changed_at=after(60 + n)),
        )
        for n in range(count)
    ]
    for pair in facts:
        billing.tell(*pair)

    assert len(billing.state.closed) == MAX_OVER
    assert billing.state.sessions == ()
    assert len(billing.cdrs()) == count
    assert [said for pair in facts for said in billing.tell(*pair)] == []


def test_readings_outside_of_any_session_leave_no_trace() -> None:
    billing = rated()
    before = billing.state

    billing.tell(metered(reading(0, 1000), session=""))

    assert billing.state is before


def test_the_wait_for_readings_is_short() -> None:
    billing = rated()
    billing.tell(ended())

    at = due(billing.state)

    assert at is not None
    assert at - ended().changed_at == SETTLE <= dt.timedelta(seconds=1)


# -- deciding and saying ----------------------------------------------------------------------------------------------


def test_a_record_is_decided_in_one_step_and_said_in_the_next() -> None:
    """Between them the shell saves: a crash after that says the same again, one before it has said nothing."""
    billing = rated()
    said = billing.step(session()) + billing.step(READINGS) + billing.step(ended())
    at = due(billing.state)

    assert said == []
    assert at is not None
    assert at < ended().changed_at
    assert len(billing.step(Due(key=STATION, at=at))) == 1
    assert billing.step(Due(key=STATION, at=at)) == []
    assert due(billing.state) is None


def test_another_time_s_due_does_not_say_what_may_not_be_saved_yet() -> None:
    billing = rated()
    for fact in (session(), READINGS, ended()):
        billing.step(fact)
    at = due(billing.state)
    assert at is not None

    assert billing.step(Due(key=STATION, at=at + dt.timedelta(seconds=1))) == []
    assert len(billing.step(Due(key=STATION, at=at))) == 1


def test_what_is_decided_stays_decided_when_facts_come_before_it_is_said() -> None:
    billing = rated()
    for fact in (session(), READINGS, ended()):
        billing.step(fact)

    said = billing.tell(ended(60, 1000, 13000, changed_at=after(90)))
    said += billing.wait()

    assert [(cdr.version, cdr.credit, amounts(cdr)) for cdr in of(said, CdrIssued)] == [
        (1, False, ("5.00", "5.95")),
        (1, True, ("-5.00", "-5.95")),
        (2, False, ("6.00", "7.14")),
    ]


def test_a_record_that_was_said_before_a_crash_is_not_said_again_once_it_is_heard() -> None:
    billing = rated()
    for fact in (session(), READINGS, ended()):
        billing.step(fact)
    saved, at = billing.state, due(billing.state)
    assert at is not None
    (cdr,) = of(billing.step(Due(key=STATION, at=at)), CdrIssued)

    billing.state = saved
    billing.step(cdr)

    assert billing.step(Due(key=STATION, at=at)) == []
    assert due(billing.state) is None


# -- energy given back ------------------------------------------------------------------------------------------------

GIVEN_BACK = {"export_start_wh": Decimal(0), "export_stop_wh": Decimal(4000), "exported_wh": Decimal(4000)}


def exported(minutes: float, wh: int) -> Reading:
    return reading(minutes, wh, measurand=ENERGY_EXPORT)


@pytest.mark.usecase("Q12")
def test_energy_given_back_is_listed_beside_what_was_taken_and_nothing_prices_it() -> None:
    billing = rated()
    billing.tell(READINGS, metered(exported(0, 0), exported(60, 4000)), ended(**GIVEN_BACK))

    (cdr,) = billing.cdrs()
    assert (cdr.energy_wh, cdr.exported_wh, cdr.export_start_wh, cdr.export_stop_wh) == (10_000, 4000, 0, 4000)
    assert amounts(cdr) == ("5.00", "5.95")
    assert [(period.energy_wh, period.exported_wh) for period in cdr.periods] == [(10_000, 4000)]


def test_energy_given_back_is_shared_among_the_periods_by_its_own_register() -> None:
    by_hour = tariff(
        element(component("ENERGY", "0.50"), max_duration=1800),
        element(component("ENERGY", "1.00")),
    )
    billing = rated(by=by_hour)
    billing.tell(metered(exported(0, 0), exported(20, 1000), exported(60, 4000)), READINGS, ended(**GIVEN_BACK))

    (cdr,) = billing.cdrs()
    assert [period.exported_wh for period in cdr.periods] == [1750, 2250]


def test_a_late_word_on_energy_given_back_corrects_the_record() -> None:
    billing = rated()
    billing.tell(READINGS, ended())
    billing.tell(ended(**GIVEN_BACK, changed_at=after(90)))

    first, credit, second = billing.cdrs()
    assert (first.exported_wh, credit.credit, second.exported_wh) == (None, True, 4000)
    assert amounts(first) == amounts(second)
