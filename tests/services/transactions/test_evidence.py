"""Evidence: what ends a session that its station never ends, what does not, and what takes it back."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.authorization import IdToken, TokenSessionEnded, TokenSessionStarted
from schemas.base import Due, null
from schemas.states.transactions import StationTransactions
from schemas.transactions import SessionChanged, TransactionReported
from services.transactions.core import due
from tests.services.transactions.records import (
    Station,
    after,
    answers,
    booted,
    connected,
    disconnected,
    ended,
    meter,
    metered,
    number_of,
    sample,
    start_16,
    started,
    status,
    status_16,
    stop_16,
    stop_settled,
    updated,
)

POWER = "Power.Active.Import"


def charging_16(*facts):
    """A 1.6 session on EVSE 1 with a reading at minute 10, and what else the station says."""
    station = Station(start_16())
    number = number_of(station)
    values = meter(10, "3500", sample("11000", measurand=POWER, unit="W"))
    for fact in (metered(values, transaction_id=number, received_at=after(10)), *facts):
        station.tells(fact)
    return station


def presumed(station):
    return [s.anomalies for s in station.sessions.values() if s.status == "presumed-ended"]


ENDS = {
    "available after finishing": (
        [status_16("Charging", 1), status_16("Finishing", 19), status_16("Available", 20)],
        "over-by-status",
    ),
    "available after charging": ([status_16("Charging", 1), status_16("Available", 20)], "over-by-status"),
    "preparing after finishing": ([status_16("Finishing", 19), status_16("Preparing", 20)], "over-by-status"),
    "preparing after a boot": ([booted(18), status_16("Preparing", 20)], "over-by-boot"),
    "available after a boot": ([booted(18), status_16("Available", 20)], "over-by-boot"),
    "the 2.x word": ([status(20)], "over-by-status"),
    "the next start": ([start_16("m9", minutes=20, meter_wh=Decimal(4000))], "over-by-next-start"),
}


@pytest.mark.parametrize(("facts", "named"), ENDS.values(), ids=ENDS)
def test_evidence_ends_a_session_at_once_estimated_from_its_last_reading(facts, named):
    station = charging_16(*facts)

    session = next(iter(station.sessions.values()))
    assert (session.status, session.estimated, session.power_w) == ("presumed-ended", True, None)
    assert (session.ended_at, session.energy_wh) == (after(10), 2500)
    assert named in session.anomalies


@pytest.mark.parametrize(("facts", "named"), ENDS.values(), ids=ENDS)
def test_evidence_frees_the_token_at_once(facts, named):
    station = charging_16(*facts)

    (freed,) = station.all(TokenSessionEnded)
    assert freed.session == next(iter(station.sessions))


REMAINS = {
    "available before the start": [status_16("Available", -1)],
    "available queued from before the start": [status_16("Available", -30, received_at=after(15))],
    "available in the second of the start": [status_16("Available", 0, received_at=after(15))],
    "available older than the last reading": [status_16("Available", 9, received_at=after(15))],
    "preparing right after charging": [status_16("Charging", 1), status_16("Preparing", 20)],
    "preparing before the boot": [status_16("Preparing", 17), booted(18)],
    "a boot alone": [booted(18)],
    "a boot, then charging": [booted(18), status_16("Charging", 20)],
    "finishing": [status_16("Finishing", 20)],
    "another connector": [status_16("Available", 20, evse=2)],
    "the station as a whole": [status_16("Available", 20, evse=0)],
    "out of order": [status_16("Faulted", 19), status_16("Unavailable", 20)],
    "its connection lost": [disconnected(20, 1), connected(21, 2)],
}


@pytest.mark.parametrize("facts", REMAINS.values(), ids=REMAINS)
def test_what_is_no_evidence_ends_nothing(facts):
    assert charging_16(*facts).session.status == "active"


def test_a_status_without_a_time_of_its_own_counts_by_the_order_of_arrival():
    late = status_16("Available", 20, at_source="gateway")
    early = status_16("Available", -1, at_source="gateway")

    assert charging_16(late).session.status == "presumed-ended"
    assert Station(early, start_16()).session.status == "active"


def test_a_status_in_whole_seconds_is_not_older_than_a_fact_of_the_same_second():
    station = Station(
        started(), updated(at=after(5) + dt.timedelta(milliseconds=300)), status(5, received_at=after(5.1))
    )

    assert station.session.status == "presumed-ended"


def test_a_session_whose_start_is_heard_after_the_status_of_its_end_is_over_too():
    station = Station(status_16("Available", 20), start_16())

    assert presumed(station) == [("over-by-status",)]


def test_a_station_whose_clock_was_never_set_is_judged_by_the_order_of_arrival():
    never_set = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    station = Station(start_16(at=never_set, received_at=after(0)))
    station.tells(status_16("Available", 20, at=never_set + dt.timedelta(minutes=20), received_at=after(20)))

    assert station.session.status == "presumed-ended"


def test_a_connector_available_beside_an_occupied_one_of_its_evse_ends_nothing_that_named_no_connector():
    station = Station(started(connector=None), status(1, status="Occupied"), status(2, connector=2))
    assert station.session.status == "active"

    station.tells(status(3))
    assert station.session.status == "presumed-ended"


def test_a_transaction_without_a_car_runs_on_while_its_connector_is_available():
    idle = Station(started(charging_state="Idle"), status(3))
    assert idle.session.status == "active"

    idle.tells(booted(4))
    idle.tells(status(5))
    assert idle.session.status == "presumed-ended"


def test_a_refused_remote_stop_ends_the_session():
    station = charging_16()
    station.tells(stop_settled(number_of(station), 20))

    assert presumed(station) == [("over-by-refused-stop",)]


@pytest.mark.parametrize(
    "settled",
    [
        {"outcome": "accepted", "response": msgspec.Raw(b'{"status":"Accepted"}')},
        {"outcome": "timed_out", "response": null()},
        {"outcome": "rejected", "response": null()},
        {"outcome": "rejected", "error_code": "InternalError"},
        {"stopped_transaction": "another"},
        {"stopped_transaction": ""},
        {"settled_at": after(-5)},
    ],
)
def test_a_remote_stop_that_the_station_did_not_refuse_itself_ends_nothing(settled):
    station = charging_16()
    station.tells(replace(stop_settled(number_of(station), 20), **settled))

    assert station.session.status == "active"


@pytest.mark.parametrize(("facts", "named"), ENDS.values(), ids=ENDS)
def test_the_real_end_corrects_the_presumed_one(facts, named):
    station = charging_16(*facts)
    first = next(iter(station.sessions.values()))
    station.tells(stop_16("late", transaction_id=first.transaction_id, minutes=19, meter_wh=Decimal(4000)))

    session = station.sessions[first.session]
    assert (session.status, session.estimated, session.ended_at, session.energy_wh) == ("ended", False, after(19), 3000)
    assert named not in session.anomalies


@settings(deadline=None)
@given(st.permutations([status_16("Finishing", 18), status_16("Available", 20), stop_16(minutes=19)]))
def test_a_session_comes_to_the_same_in_whatever_order_its_stop_and_its_statuses_come(facts):
    station = charging_16()
    number = number_of(station)
    for fact in facts:
        station.tells(replace(fact, transaction_id=number) if isinstance(fact, TransactionReported) else fact)

    session = station.session
    assert (session.status, session.estimated, session.ended_at, session.energy_wh) == ("ended", False, after(19), 5000)
    assert session.anomalies == ()


LIFE = {
    "an event": updated("m7", minutes=25),
    "power": updated("m7", minutes=25, event="Updated", meter_values=(meter(25, sample("7", measurand=POWER)),)),
    "charging": status_16("Charging", 25),
    "suspended": status_16("SuspendedEV", 25),
}


@pytest.mark.parametrize("sign", LIFE.values(), ids=LIFE)
def test_a_later_sign_of_life_takes_the_presumption_back_and_the_token_runs_again(sign):
    station = Station(started(), status_16("Available", 20), sign)

    assert (station.session.status, station.session.estimated) == ("active", False)
    assert [(r.session, r.again) for r in station.all(TokenSessionStarted)] == [
        (station.session.session, False),
        (station.session.session, True),
    ]


def test_charging_of_the_next_car_is_no_sign_of_life():
    station = charging_16(status_16("Available", 20), status_16("Preparing", 21), status_16("Charging", 22))

    assert presumed(station) == [("over-by-status",)]


def test_a_reading_behind_the_end_without_power_is_no_sign_of_life():
    station = charging_16(status_16("Available", 20))
    station.tells(metered(meter(21, "3600"), message="mv2", transaction_id=number_of(station)))

    session = station.session
    assert (session.status, session.energy_wh, session.ended_at) == ("presumed-ended", 2600, after(21))


def test_evidence_told_again_says_nothing_new():
    station = charging_16(status_16("Available", 20))

    assert station.tells(status_16("Available", 20)) == []
    assert station.tells(status_16("Available", 30)) == []


def test_a_start_on_another_connector_right_after_finds_its_token_free():
    station = charging_16(status_16("Finishing", 19), status_16("Available", 20))
    said = station.tells(start_16("m9", evse=2, minutes=21))

    assert len(station.all(TokenSessionEnded)) == 1
    assert not answers(said)[0].final


def test_a_station_that_is_away_takes_no_power_that_anybody_knows_of():
    station = Station(started(), connected(1, 7))
    station.tells(updated(meter_values=(meter(5, sample("11000", measurand=POWER)),)))
    assert station.session.power_w == 11000

    station.tells(disconnected(6, 6))
    assert station.session.power_w == 11000

    station.tells(disconnected(7, 7))
    assert (station.session.power_w, station.session.status) == (None, "active")


def test_silence_ends_sessions_only_where_their_station_is_away_for_the_limit():
    station = charging_16(connected(1, 7))
    assert due(station.state) is None

    station.tells(disconnected(30, 7))
    limit = after(30) + dt.timedelta(hours=48)
    assert due(station.state) == limit

    assert station.tells(Due(key="S1", at=limit - dt.timedelta(hours=1))) == []
    station.tells(Due(key="S1", at=limit, sent_at=limit))
    assert presumed(station) == [("over-by-silence",)]
    assert due(station.state) is None


def test_a_station_that_came_back_is_not_away():
    station = charging_16(disconnected(30, 7), booted(40, epoch=8))

    assert due(station.state) is None
    assert station.tells(Due(key="S1", at=after(30) + dt.timedelta(hours=48))) == []


def test_the_memory_of_statuses_is_bounded():
    station = Station(*(status_16("Charging", n, evse=1 + n % 300) for n in range(3000)))

    assert len(station.state.connectors) == 64
    assert max(len(place.words) for place in station.state.connectors) == 4


def test_a_state_of_old_decodes_and_its_sessions_can_end_so():
    session = (
        b'{"session":"x","transaction_id":"5","evse":1,"first_at":"2026-03-29T10:00:00Z","last_at":"2026-03-29T10:10:00Z",'
        b'"start_at":"2026-03-29T10:00:00Z","heard_at":"2026-03-29T10:00:01Z","token":{"value":"CARD"},"revision":3,'
        b'"changed_at":"2026-03-29T10:10:01Z"}'
    )
    old = b'{"station":"S1","sessions":[' + session + b"]}"
    station = Station()
    station.state = msgspec.json.decode(old, type=StationTransactions)
    station.tells(status_16("Available", 20))

    assert presumed(station) == [("over-by-status",)]


def test_a_stop_reason_keeps_the_station_s_own_word():
    station = charging_16()
    number = number_of(station)
    station.tells(stop_16(transaction_id=number, stopped_reason="ImmediateReset", stopped_detail="HardReset"))

    assert (station.session.stopped_reason, station.session.stopped_detail) == ("ImmediateReset", "HardReset")


def test_an_end_by_next_start_is_not_said_twice():
    station = Station(started(), started("m2", transaction_id="tx-2", minutes=60, token=IdToken(value="B")))

    assert [c.revision for c in station.all(SessionChanged)] == [1, 2, 1]
    assert [s.status for s in station.sessions.values()] == ["presumed-ended", "active"]
    station.tells(ended("m3", transaction_id="tx-1", minutes=50))
    assert [s.status for s in station.sessions.values()] == ["ended", "active"]


def status_settled(number, minutes, **said):
    answer = {"ongoingIndicator": False, "messagesInQueue": False} | said
    return replace(
        stop_settled("", minutes),
        command="GetTransactionStatus",
        outcome="accepted",
        queried_transaction=number,
        response=msgspec.Raw(msgspec.json.encode(answer)),
    )


@pytest.mark.usecase("E14", "E14.FR.01", "E14.FR.03", "E14.FR.05")
def test_a_transaction_that_the_station_says_is_over_with_nothing_waiting_is_presumed_ended():
    station = Station(started(), updated(minutes=5))
    station.tells(status_settled("tx-1", 60))
    over = station.session
    station.tells(updated("late", seq_no=2, minutes=70))

    assert (over.status, over.anomalies) == ("presumed-ended", (Anomaly.OVER_BY_TRANSACTION_STATUS,))
    assert station.session.status == "active"


@pytest.mark.usecase("E14", "E14.FR.02", "E14.FR.04")
@pytest.mark.parametrize(
    "said",
    [{"ongoingIndicator": True}, {"messagesInQueue": True}, {"ongoingIndicator": None}, {"messagesInQueue": "no"}],
)
def test_a_transaction_that_goes_on_or_whose_messages_wait_is_not(said):
    station = Station(started(), updated(minutes=5))
    station.tells(status_settled("tx-1", 60, **said))
    station.tells(status_settled("another", 60))

    assert station.session.status == "active"
