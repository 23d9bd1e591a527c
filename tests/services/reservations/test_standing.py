"""What a reservation is, by what was asked, answered, started and reported of it."""

import pytest

from schemas.reservations import reservation_id_of
from tests.services.moments import at
from tests.services.reservations.records import HOUR, Station, asked, cancelled, reported, session, settled


class TestTheAnswer:
    def test_a_reservation_is_requested_until_the_station_answers(self):
        station = Station(asked())

        assert (station.one.status, station.one.reservation, station.one.reservation_id) == ("requested", "r1", 7)
        assert (station.one.token, station.one.evse, station.one.expires_at) == ("CARD", 1, at(HOUR))

    def test_the_station_accepts_it(self):
        assert Station(asked(), settled()).statuses() == ["requested", "accepted"]

    @pytest.mark.parametrize("word", ["Occupied", "Faulted", "Unavailable"])
    def test_a_refusal_has_the_stations_word(self, word):
        station = Station(asked(), settled(outcome="rejected", detail=word))

        assert (station.one.status, station.one.detail, station.one.ended_at) == ("refused", word, at(1))

    def test_a_refusal_without_a_word_is_called_rejected(self):
        assert Station(asked(), settled(outcome="rejected")).one.detail == "Rejected"

    def test_a_station_that_does_not_answer_may_have_it_all_the_same(self):
        station = Station(asked(), settled(outcome="timed_out"))

        assert (station.one.status, station.one.ended_at) == ("unconfirmed", None)

    def test_what_never_left_is_refused(self):
        assert Station(asked(), settled(outcome="disconnected", sent=False)).one.status == "refused"

    def test_a_request_that_was_cancelled_before_it_left_is_cancelled(self):
        assert Station(asked(), settled(outcome="cancelled", sent=False)).one.status == "cancelled"

    def test_who_names_no_number_gets_one_that_a_repeat_gets_too(self):
        station = Station(asked(reservation_id=None), asked(reservation_id=None))

        assert station.one.reservation_id == reservation_id_of("r1") > 0
        assert station.statuses() == ["requested"]


class TestTheUse:
    def test_a_session_that_names_it_has_used_it_whoever_began_it(self):
        station = Station(asked(), settled(), session(token="FRIEND", evse=2, reservation_id=7))

        assert (station.one.status, station.one.session, station.one.ended_at) == ("used", "s1", at(120))

    def test_a_session_by_its_token_on_its_evse_has_used_it(self):
        assert Station(asked(), settled(), session(token="card ")).one.status == "used"

    def test_a_session_of_an_unconfirmed_one_proves_that_the_station_had_it(self):
        assert Station(asked(), settled(outcome="timed_out"), session()).one.status == "used"

    @pytest.mark.parametrize(
        "other",
        [{"token": "OTHER"}, {"token": None}, {"evse": 2}, {"seconds": -5}, {"seconds": HOUR + 5}],
        ids=["another token", "no token", "another EVSE", "before it was asked", "after it expired"],
    )
    def test_another_session_leaves_it(self, other):
        assert Station(asked(), settled(), session(**other)).one.status == "accepted"

    def test_without_an_evse_a_session_on_any_has_used_it(self):
        assert Station(asked(evse=None), settled(), session(evse=3)).one.status == "used"

    def test_one_session_uses_one_reservation(self):
        station = Station(
            asked("r1", evse=None), settled("r1"), asked("r2", evse=None, reservation_id=8, seconds=2), settled("r2")
        )
        station.reads(session())

        assert {name: one.status for name, one in station.reservations.items()} == {"r1": "used", "r2": "accepted"}

    def test_a_session_that_learns_its_token_later_has_used_it_too(self):
        station = Station(asked(), settled(), session(token=None), session(revision=2))

        assert station.one.session == "s1"

    def test_a_refused_reservation_is_not_used_by_its_token(self):
        assert Station(asked(), settled(outcome="rejected"), session()).one.status == "refused"

    def test_a_session_that_an_offline_station_reports_late_has_used_what_seemed_to_expire(self):
        station = Station(asked(), settled())
        station.comes_to(HOUR)
        station.reads(session(seconds=HOUR - 60, changed_at=at(HOUR + 600)))

        assert station.statuses() == ["requested", "accepted", "expired", "used"]


class TestTheEnd:
    def test_it_expires_by_itself_whatever_the_station_says(self):
        station = Station(asked(), settled())
        station.comes_to(HOUR - 1)
        assert station.one.status == "accepted"

        station.comes_to(HOUR)

        assert (station.one.status, station.one.ended_at) == ("expired", at(HOUR))

    @pytest.mark.parametrize(
        ("word", "status"), [("Expired", "expired"), ("Removed", "removed"), ("NoTransaction", "no-transaction")]
    )
    def test_the_station_says_that_it_ended(self, word, status):
        station = Station(asked(), settled(), reported(word, seconds=900))

        assert (station.one.status, station.one.ended_at) == (status, at(900))

    def test_its_word_comes_once_more_and_changes_nothing(self):
        station = Station(asked(), settled(), reported("Removed", seconds=900))

        assert station.reads(reported("Removed", seconds=900)) == []
        assert station.reads(reported("Expired", seconds=HOUR)) == []

    def test_a_cancellation_counts_once_the_station_accepts_it(self):
        station = Station(asked(), settled(), cancelled())
        assert station.one.status == "accepted"

        station.reads(settled("c1", command="CancelReservation", seconds=61))

        assert (station.one.status, station.one.ended_at) == ("cancelled", at(61))

    def test_a_rejected_cancellation_leaves_it(self):
        station = Station(asked(), settled(), cancelled(), settled("c1", "rejected", command="CancelReservation"))

        assert station.one.status == "accepted"

    def test_a_session_by_its_token_after_its_end_is_no_use_of_it(self):
        station = Station(asked(), settled(), cancelled(), settled("c1", command="CancelReservation", seconds=61))

        assert station.reads(session(seconds=120)) == []

    def test_one_with_the_same_number_replaces_it_once_it_is_accepted(self):
        station = Station(asked("r1"), settled("r1"), asked("r2", seconds=10))
        assert station.reservations["r1"].status == "accepted"

        station.reads(settled("r2", seconds=11))

        assert {name: one.status for name, one in station.reservations.items()} == {"r1": "replaced", "r2": "accepted"}

    def test_a_refused_one_with_the_same_number_replaces_nothing(self):
        station = Station(asked("r1"), settled("r1"), asked("r2", seconds=10), settled("r2", "rejected"))

        assert station.reservations["r1"].status == "accepted"

    def test_a_number_that_is_used_again_means_the_newest_that_had_it(self):
        station = Station(asked("r1", until=100), settled("r1"))
        station.comes_to(100)
        station.reads(asked("r2", seconds=200))
        station.reads(settled("r2", seconds=201))
        station.reads(reported("Removed", seconds=300))

        assert {name: one.status for name, one in station.reservations.items()} == {"r1": "expired", "r2": "removed"}
