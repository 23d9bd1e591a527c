"""Which profiles a station has, by what was asked, answered and reported (K01, K05, K09, K10; 1.6, 5.5, 5.16)."""

from decimal import Decimal

import pytest

from schemas.chargingprofiles import profile_id_of
from tests.services.chargingprofiles.records import (
    HOUR,
    Station,
    asked,
    cleared,
    inquired,
    located,
    part,
    profile,
    session,
    settled,
    start,
    tx_profile,
    updating,
)
from tests.services.moments import at

CLEAR, REPORT = "ClearChargingProfile", "GetChargingProfiles"


@pytest.mark.usecase("K01", "1.6:5.16", "1.6:5.16a")
class TestSet:
    def test_a_profile_is_requested_and_then_installed_as_the_station_accepted_it(self):
        station = Station(asked(), settled())

        assert station.statuses() == ["requested", "installed"]
        assert (station.one.known, station.one.evse, station.one.confirmed_at) == ("accepted", 1, at(1))
        assert (station.one.command_id, station.one.requested_by) == ("p1", "operator")

    def test_without_a_number_it_is_that_of_the_command(self):
        station = Station(asked(profile_id=None))

        assert station.one.profile_id == station.one.profile.profile_id == profile_id_of("p1")

    def test_a_refused_profile_is_not_there_and_the_stations_word_says_why(self):
        station = Station(asked(), settled(outcome="rejected", detail="Rejected: UnsupportedRateUnit"))

        assert (station.one.status, station.one.detail) == ("refused", "Rejected: UnsupportedRateUnit")

    def test_of_a_profile_that_got_no_answer_nobody_knows(self):
        assert Station(asked(), settled(outcome="timed_out")).one.status == "unconfirmed"

    def test_a_profile_that_never_reached_the_station_is_refused(self):
        assert Station(asked(), settled(outcome="disconnected", sent=False)).one.status == "refused"

    def test_one_of_the_same_number_replaces_it_once_it_is_accepted(self):
        station = Station(asked(), settled(), asked("p2", seconds=10, limit=6_000))
        assert station.one.status == "requested"

        station.reads(settled("p2", seconds=11))

        assert station.one.status == "installed"
        assert station.one.profile.schedules[0].periods[0].limit == Decimal(6_000)

    def test_if_the_new_one_is_refused_the_old_one_stays(self):
        station = Station(
            asked(), settled(), asked("p2", seconds=10, limit=6_000), settled("p2", "rejected", seconds=11)
        )

        assert (station.one.status, station.one.command_id) == ("installed", "p1")
        assert "refused" in station.one.detail

    def test_in_1_6_one_of_the_same_purpose_level_and_connector_takes_its_place(self):
        station = Station(located("1.6"), asked(), settled(), asked("p2", profile_id=8), settled("p2", seconds=2))

        assert {number: one.status for number, one in station.profiles.items()} == {7: "replaced", 8: "installed"}

    @pytest.mark.parametrize("change", [{"stack_level": 1}, {"purpose": "TxProfile", "transaction_id": "9"}])
    def test_in_1_6_one_of_another_level_or_purpose_stands_beside_it(self, change):
        station = Station(
            located("1.6"), asked(), settled(), asked("p2", profile_id=8, **change), settled("p2", seconds=2)
        )

        assert station.profiles[7].status == "installed"

    def test_in_2x_the_number_alone_replaces(self):
        station = Station(located("2.1"), asked(), settled(), asked("p2", profile_id=8), settled("p2", seconds=2))

        assert station.profiles[7].status == "installed"


class TestCleared:
    def test_a_profile_is_cleared_by_its_number(self):
        station = Station(asked(), settled(), cleared(), settled("c1", command=CLEAR, seconds=61))

        assert (station.one.status, station.one.ended_at) == ("cleared", at(61))

    def test_what_fits_the_criteria_is_cleared_and_nothing_else(self):
        station = Station(asked(), settled(), asked("p2", profile_id=8, stack_level=3), settled("p2", seconds=2))

        station.reads(cleared(purpose="TxDefaultProfile", stack_level=3))
        station.reads(settled("c1", command=CLEAR, seconds=61))

        assert {number: one.status for number, one in station.profiles.items()} == {7: "installed", 8: "cleared"}

    def test_a_station_that_knows_none_has_none(self):
        station = Station(asked(), settled(), cleared(), settled("c1", command=CLEAR, seconds=61, detail="Unknown"))

        assert station.one.status == "cleared"

    def test_a_refusal_clears_nothing(self):
        station = Station(asked(), settled(), cleared(), settled("c1", "rejected", command=CLEAR, seconds=61))

        assert station.one.status == "installed"

    def test_limits_of_others_are_not_cleared(self):
        external = profile(purpose="ChargingStationExternalConstraints", profile_id=-1)
        station = Station(inquired(), part(external, evse=0, source="EMS"), cleared(seconds=70, stack_level=0))

        station.reads(settled("c1", command=CLEAR, seconds=71))

        assert station.one.status == "installed"


class TestReported:
    def test_a_profile_that_the_station_alone_knows_is_shown(self):
        station = Station(inquired(), part(profile(profile_id=99), evse=2))

        assert (station.one.status, station.one.known, station.one.evse) == ("installed", "reported", 2)
        assert station.one.command_id == ""

    def test_what_the_station_reports_counts_for_what_was_set(self):
        station = Station(asked(), settled(), inquired(), part(profile(6_000)))

        assert station.one.profile.schedules[0].periods[0].limit == Decimal(6_000)
        assert (station.one.known, station.one.command_id) == ("reported", "p1")

    def test_a_whole_report_without_it_marks_it_gone(self):
        station = Station(asked(), settled(), inquired(), part(profile(profile_id=8)))

        assert station.profiles[7].status == "gone"

    def test_a_report_that_is_not_whole_yet_marks_nothing(self):
        station = Station(asked(), settled(), inquired(), part(profile(profile_id=8), last=False))
        assert station.profiles[7].status == "installed"

        station.reads(part(profile(profile_id=9), seconds=63))

        assert station.profiles[7].status == "gone"

    def test_an_answer_that_there_are_none_is_a_whole_report(self):
        station = Station(
            asked(), settled(), inquired(), settled("q1", command=REPORT, seconds=61, detail="NoProfiles")
        )

        assert station.one.status == "gone"

    @pytest.mark.parametrize(
        "criteria", [{"evse": 2}, {"purpose": "TxProfile"}, {"stack_level": 1}, {"sources": ("EMS",)}]
    )
    def test_a_report_on_others_marks_nothing(self, criteria):
        station = Station(asked(), settled(), inquired(**criteria), part(profile(profile_id=8)))

        assert station.profiles[7].status == "installed"

    def test_a_profile_that_was_set_meanwhile_need_not_be_in_it(self):
        station = Station(inquired(), asked(seconds=60), settled(seconds=61), part(profile(profile_id=8)))

        assert station.profiles[7].status == "installed"

    def test_a_profile_that_got_no_answer_is_found_or_lost_by_a_report(self):
        lost = Station(asked(), settled(outcome="timed_out"), inquired(), part(profile(profile_id=8)))
        found = Station(asked(), settled(outcome="timed_out"), inquired(), part(profile()))

        assert (lost.profiles[7].status, found.one.status) == ("gone", "installed")


@pytest.mark.usecase("K02", "K05", "1.6:5.11a")
class TestTransactions:
    def test_a_tx_profile_ends_with_its_transaction(self):
        station = Station(session(), asked(profile=tx_profile(), seconds=130), settled(seconds=131))
        assert station.one.status == "installed"

        station.reads(session(ended=HOUR))

        assert (station.one.status, station.one.ended_at) == ("ended", at(HOUR))

    def test_a_default_profile_outlives_transactions(self):
        assert Station(asked(), settled(), session(), session(ended=HOUR)).one.status == "installed"

    def test_a_profile_in_a_remote_start_waits_for_the_transaction_that_names_it(self):
        station = Station(start(), settled("go", command="RemoteStart"))
        assert station.one.status == "waiting"

        station.reads(session("other", remote_start_id=6))
        assert station.one.status == "waiting"

        station.reads(session(remote_start_id=5))
        assert (station.one.status, station.one.transaction_id) == ("installed", "tx-s1")

    def test_in_1_6_it_is_the_next_transaction_of_the_token_there(self):
        station = Station(start(), settled("go", command="RemoteStart"), session("s2", evse=2), session())

        assert (station.one.status, station.one.transaction_id) == ("installed", "tx-s1")

    def test_a_profile_whose_transaction_never_begins_is_given_up_after_an_hour(self):
        station = Station(start(), settled("go", command="RemoteStart"))

        station.comes_to(HOUR + 2)

        assert (station.one.status, station.one.ended_at) == ("ended", at(HOUR + 1))


class TestDynamic:
    def test_an_accepted_update_is_what_the_profile_holds(self):
        station = Station(asked(kind="Dynamic"), settled(), updating())
        assert station.one.profile.schedules[0].periods[0].limit == Decimal(11_000)

        station.reads(settled("u1", command="UpdateDynamicSchedule", seconds=61))

        assert station.one.profile.schedules[0].periods[0].limit == Decimal(5_000)

    def test_a_refused_update_changes_nothing(self):
        station = Station(asked(kind="Dynamic"), settled(), updating())

        station.reads(settled("u1", "rejected", command="UpdateDynamicSchedule", seconds=61))

        assert station.one.profile.schedules[0].periods[0].limit == Decimal(11_000)
