"""Sessions: what the field does to transactions, and what becomes of it. Each test is a rule."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from schemas.anomalies import Anomaly
from schemas.authorization import AuthorizationRequested, IdToken, TokenSessionEnded, TokenSessionStarted
from schemas.base import Due, ReplyTo
from schemas.startnumbers import transaction_number
from schemas.states.transactions import StationTransactions
from schemas.transactions import MeterValueQuarantined, MeterValuesRecorded, SessionChanged, TransactionDecided
from services.transactions.settling import MAX_ACTIVE, MAX_ENDED, MAX_FORGOTTEN
from tests.services.transactions.records import (
    Station,
    after,
    answers,
    booted,
    ended,
    meter,
    metered,
    number_of,
    sample,
    start_16,
    started,
    stop_16,
    updated,
)


def charging_16(**overrides):
    station = Station(start_16(**overrides))
    return station, number_of(station)


# -- identity ---------------------------------------------------------------------------------------------------------


@pytest.mark.usecase("1.6:4.8", "1.6:3.x")
def test_a_repeated_start_with_a_new_message_id_through_another_gateway_gets_the_same_transaction_id():
    again = start_16(
        "m2", reply_to=ReplyTo(gateway="gw-7", epoch=9, message_id="m2"), received_at=after(3), offline=True
    )
    station = Station(start_16("m1"))
    (answer,) = station.tells(again)

    (first,) = station.all(AuthorizationRequested)[:1]
    assert isinstance(answer, AuthorizationRequested)
    assert (answer.transaction_id, answer.session) == (first.transaction_id, first.session)
    assert answer.reply_to.gateway == "gw-7"
    assert len(station.all(SessionChanged)) == 1


def test_a_service_that_forgot_everything_numbers_the_same_start_alike():
    assert number_of(Station(start_16("m1"))) == number_of(Station(start_16("m99")))


def test_a_token_in_another_case_is_the_same_start():
    station = Station(start_16(token=IdToken(value="abc")), start_16("m2", token=IdToken(value="ABC ")))

    assert len(station.sessions) == 1


@pytest.mark.parametrize(
    "difference", [{"evse": 2}, {"minutes": 1}, {"meter_wh": Decimal(1001)}, {"token": IdToken(value="OTHER")}]
)
def test_a_start_that_differs_in_content_is_another_transaction(difference):
    station = Station(start_16(), start_16("m2", **difference))

    assert len({s.transaction_id for s in station.sessions.values()}) == 2


def test_transaction_ids_we_give_are_positive_31_bit_integers():
    numbers = [int(number_of(Station(start_16(minutes=minute)))) for minute in range(200)]

    assert all(0 < number < 2**31 for number in numbers)
    assert len(set(numbers)) == 200


def test_a_start_whose_number_the_station_has_already_used_is_a_session_of_its_own():
    fact = start_16()
    number = transaction_number(fact)
    station = Station(started(transaction_id=number, evse=2, minutes=-600), fact, start_16("again"))

    assert [a.transaction_id for a in station.all(AuthorizationRequested)] == [number, number, number]
    assert [s.started_at for s in station.sessions.values()] == [after(-600), after(0)]


def test_starts_on_two_connectors_in_the_same_millisecond_are_told_apart_by_connector():
    station = Station(start_16(evse=1), start_16("m2", evse=2), start_16("m3", evse=3))

    assert {(s.evse, s.status) for s in station.sessions.values()} == {(1, "active"), (2, "active"), (3, "active")}
    assert len({s.transaction_id for s in station.sessions.values()}) == 3


def test_the_same_transaction_id_on_two_stations_is_two_sessions():
    other = Station()
    other.state = StationTransactions(station="S2")
    other.tells(started(station="S2"))

    assert other.session.session != Station(started()).session.session


def test_transaction_ids_are_compared_as_sent_in_any_case_and_length():
    station = Station(started(transaction_id="a" * 500), started("m2", transaction_id="A" * 500, evse=2))

    assert len(station.sessions) == 2


def test_stations_that_send_the_same_seq_no_in_every_event_lose_nothing():
    station = Station(
        started(seq_no=0),
        updated("a", seq_no=0, minutes=5, meter_values=(meter(5, "1000"),)),
        updated("b", seq_no=0, minutes=10, meter_values=(meter(10, "2000"),)),
        ended(seq_no=0),
    )

    assert station.session.energy_wh == 1000
    assert station.session.status == "ended"


def test_two_events_of_one_second_with_one_seq_no_are_two_facts_if_they_say_different_things():
    station = Station(
        started(),
        updated("a", seq_no=0, charging_state="Charging"),
        updated("b", seq_no=0, meter_values=(meter(5, "1000"),)),
    )

    assert station.session.charging_state == "Charging"
    assert station.registers == [1000]


@pytest.mark.usecase("E13")
def test_a_repeated_event_is_answered_again_and_changes_nothing():
    event = updated(meter_values=(meter(5, "1000"),))
    station = Station(started(), event)
    before = station.state

    outputs = station.tells(updated("new-id", meter_values=(meter(5, "1000"),)))

    assert station.state == before
    assert [(type(o), o.reply_to.message_id) for o in outputs] == [(TransactionDecided, "new-id")]


def test_a_transaction_id_used_again_long_after_is_a_new_session():
    station = Station(started(transaction_id="1"), ended(transaction_id="1"))
    station.tells(started("m8", transaction_id="1", minutes=3000))
    station.tells(updated("m9", transaction_id="1", minutes=3010, meter_values=(meter(3010, "5"),)))

    first, second = station.sessions.values()
    assert (first.status, second.status) == ("ended", "active")
    assert station.all(MeterValuesRecorded)[-1].session == second.session


def test_late_facts_of_a_transaction_id_used_twice_go_to_the_session_of_their_time():
    station = Station(started(transaction_id="1"), ended(transaction_id="1"))
    first = station.session.session
    station.tells(started("m8", transaction_id="1", minutes=3000))
    station.tells(updated("late", transaction_id="1", minutes=20, meter_values=(meter(20, "5"),)))

    assert station.all(MeterValuesRecorded)[-1].session == first


def test_an_update_long_after_the_end_belongs_to_a_new_session_under_the_old_id():
    station = Station(started(), ended(), updated("m9", minutes=30 + 25 * 60))

    assert [s.status for s in station.sessions.values()] == ["ended", "active"]


def test_outputs_of_one_fact_have_the_same_ids_after_a_crash_before_the_state_was_saved():
    facts = [started(meter_values=(meter(0, "1"),)), updated(meter_values=(meter(5, "2"),)), ended()]

    assert Station(*facts).said == Station(*facts).said


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.usecase("C12", "C08")
def test_a_start_with_a_token_asks_for_the_verdict_and_waits():
    station = Station(start_16())

    (asked,) = answers(station.said)
    assert isinstance(asked, AuthorizationRequested)
    assert (asked.token, asked.session, asked.transaction_id) == (
        "CARD",
        station.session.session,
        station.session.transaction_id,
    )
    assert not asked.final


def test_a_start_without_readable_token_still_asks_for_its_verdict_and_number():
    station = Station(start_16(token=None))

    (asked,) = answers(station.said)
    assert isinstance(asked, AuthorizationRequested)
    assert asked.transaction_id == station.session.transaction_id


def test_an_event_without_token_is_decided_at_once():
    assert [type(o) for o in answers(Station(started(token=None)).said)] == [TransactionDecided]


def test_an_end_with_a_token_and_sequence_number_asks_with_the_transaction_being_over():
    station = Station(started())

    (asked,) = answers(station.tells(ended(token=IdToken(value="card", type="Local"))))
    assert isinstance(asked, AuthorizationRequested)
    assert asked.final


@pytest.mark.parametrize("token", [None, IdToken(value="CARD")])
def test_a_stop_transaction_is_decided_at_once_with_or_without_id_tag(token):
    station, number = charging_16()

    (decided,) = answers(station.tells(stop_16(transaction_id=number, token=token)))
    assert isinstance(decided, TransactionDecided)
    assert decided.transaction_id == number
    assert station.session.token == IdToken(value="CARD")


@pytest.mark.usecase("C15", "E05")
def test_sessions_of_unknown_tokens_are_kept_whatever_the_verdict_will_be():
    assert Station(started(token=IdToken(value="NEVER-SEEN"))).session.status == "active"


# -- order, lateness, ends --------------------------------------------------------------------------------------------


def test_a_stop_retried_does_not_double_the_meter_values():
    station, number = charging_16()
    values = (meter(10, "2000"), meter(20, "3000"))
    station.tells(stop_16("m3", transaction_id=number, meter_values=values))
    recorded = len(station.all(MeterValuesRecorded))

    outputs = station.tells(stop_16("m4", transaction_id=number, meter_values=values))

    assert [type(o) for o in outputs] == [TransactionDecided]
    assert len(station.all(MeterValuesRecorded)) == recorded
    assert station.session.energy_wh == 5000


def test_meter_values_already_sent_are_not_energy_again_when_the_stop_repeats_them():
    station, number = charging_16()
    station.tells(metered(meter(10, "2000"), transaction_id=number))
    station.tells(stop_16(transaction_id=number, meter_values=(meter(10, "2000"),)))

    assert station.session.energy_wh == 5000


@pytest.mark.usecase("E04")
def test_an_update_after_the_end_does_not_reopen_the_session_but_its_data_is_added():
    station = Station(
        started(meter_values=(meter(0, "1000"),)),
        ended(),
        updated("late", minutes=20, meter_values=(meter(20, "4000"),)),
    )

    session = station.session
    assert (session.status, session.energy_wh, session.ended_at) == ("ended", 3000, after(30))
    assert station.registers == [1000, 4000]


@pytest.mark.usecase("E04", "E11")
def test_an_update_before_its_start_opens_the_session_that_the_start_completes():
    station = Station(updated(meter_values=(meter(5, "1500"),)))
    assert station.session.anomalies == (Anomaly.START_MISSING,)

    station.tells(started(meter_values=(meter(0, "1000"),)))

    session = station.session
    assert (session.started_at, session.energy_wh, session.anomalies) == (after(0), 500, ())
    assert session.token == IdToken(value="CARD", type="ISO14443")


@pytest.mark.usecase("E12")
def test_an_end_alone_is_a_session_with_what_it_says():
    values = (
        meter(0, sample("1000", context="Transaction.Begin")),
        meter(30, sample("6000", context="Transaction.End")),
    )
    station = Station(ended(offline=True, meter_values=values, token=IdToken(value="CARD")))

    session = station.session
    assert (session.status, session.energy_wh, session.offline) == ("ended", 5000, True)
    assert (session.started_at, session.ended_at) == (after(0), after(30))
    assert session.anomalies == (Anomaly.START_MISSING,)


def test_a_start_after_its_end_does_not_reopen_the_session():
    station = Station(ended(), started())

    assert (station.session.status, station.session.started_at) == ("ended", after(0))


@pytest.mark.usecase("E06", "E15")
def test_an_end_without_reason_means_local():
    assert Station(started(), ended()).session.stopped_reason == "Local"


def test_an_end_without_evse_ends_the_session_of_its_transaction():
    station = Station(started(), ended(evse=None, connector=None))

    assert (station.session.status, station.session.evse) == ("ended", 1)


def test_two_different_ends_leave_the_earlier_and_say_so():
    station = Station(
        started(), ended(minutes=40, stopped_reason="Timeout"), ended("m4", stopped_reason="EVDisconnected")
    )

    session = station.session
    assert (session.ended_at, session.stopped_reason) == (after(30), "EVDisconnected")
    assert session.anomalies == (Anomaly.ENDED_TWICE,)


def test_two_different_starts_of_one_transaction_leave_the_earlier_and_say_so():
    station = Station(started(), started("m2", at=after(0.5)))

    assert (station.session.started_at, station.session.anomalies) == (after(0), (Anomaly.STARTED_TWICE,))


def test_an_empty_meter_value_list_is_no_meter_value():
    station = Station(started(meter_values=()), updated(meter_values=(meter(5),)))

    assert station.all(MeterValuesRecorded) == []
    assert station.session.last_meter_at is None


def test_started_and_ended_without_energy_are_a_session_without_energy():
    session = Station(started(), ended()).session

    assert (session.status, session.energy_wh, session.meter_start_wh) == ("ended", None, None)


@pytest.mark.usecase("E02")
def test_a_token_only_in_a_later_update_is_the_session_s():
    station = Station(started(token=None), updated(token=IdToken(value="LATE", type="Local")))

    assert station.session.token == IdToken(value="LATE", type="Local")
    assert [r.token for r in station.all(TokenSessionStarted)] == ["LATE"]


def test_a_token_sent_as_local_here_and_iso14443_there_is_one_token():
    station = Station(started(), updated(token=IdToken(value="card", type="Local")), ended())

    assert [r.token for r in station.all(TokenSessionStarted)] == ["CARD"]
    assert [r.token for r in station.all(TokenSessionEnded)] == ["CARD"]


@pytest.mark.usecase("E07")
def test_the_start_s_token_stands_before_that_of_the_stop():
    station = Station(started(), ended(token=IdToken(value="GUARD")))

    assert station.session.token == IdToken(value="CARD", type="ISO14443")


# -- transactions nobody knows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["-1", "0", "4711"])
def test_the_stop_of_an_unknown_transaction_that_nothing_runs_for_is_a_session_of_its_own(number):
    station = Station()
    (decided,) = answers(station.tells(stop_16(transaction_id=number)))

    orphan = station.session
    assert (orphan.status, orphan.transaction_id, orphan.meter_stop_wh, orphan.energy_wh) == (
        "ended",
        number,
        6000,
        None,
    )
    assert orphan.anomalies == (Anomaly.START_MISSING, Anomaly.TRANSACTION_UNKNOWN)
    assert isinstance(decided, TransactionDecided)


def test_two_stops_without_a_transaction_id_are_two_sessions_and_each_repeat_is_recognised():
    station = Station(
        stop_16("a", transaction_id="-1"),
        stop_16("b", transaction_id="-1", minutes=90),
        stop_16("c", transaction_id="-1"),
    )

    assert len(station.all(SessionChanged)) == 2


def test_two_stops_without_a_transaction_id_in_the_same_second_are_two_sessions():
    station = Station(stop_16("a", transaction_id="-1"), stop_16("b", transaction_id="-1", meter_wh=Decimal(777)))

    assert len(station.sessions) == 2


def test_meter_values_of_an_unknown_transaction_where_nothing_runs_are_recorded_without_session():
    station = Station(metered(meter(10, "2000"), transaction_id="4711"))

    record = station.all(MeterValuesRecorded)[-1]
    assert (record.session, record.transaction_id) == ("", "4711")


@pytest.mark.parametrize("number", [None, "-1", "0"])
@pytest.mark.usecase("J01")
def test_meter_values_without_transaction_id_belong_to_the_session_that_runs_on_their_evse(number):
    station, _ = charging_16()
    station.tells(metered(meter(10, "2000"), transaction_id=number))

    assert station.all(MeterValuesRecorded)[-1].session == station.session.session
    assert station.session.energy_wh == 1000


def test_meter_values_without_transaction_id_from_before_the_session_are_recorded_without_session():
    station, _ = charging_16()
    station.tells(metered(meter(-5, "900"), meter(10, "2000")))

    assert [(r.session != "", [x.value for x in r.readings]) for r in station.all(MeterValuesRecorded)] == [
        (True, [1000]),
        (False, [900]),
        (True, [2000]),
    ]


def test_meter_values_of_an_evse_without_session_or_of_the_whole_station_are_recorded_without_session():
    station, _ = charging_16()
    station.tells(metered(meter(10, "2000"), evse=2))
    station.tells(metered(meter(10, "9000"), evse=0))

    assert [r.session for r in station.all(MeterValuesRecorded)[1:]] == ["", ""]


def test_meter_values_repeated_after_their_session_ended_are_not_taken_for_others():
    station, number = charging_16()
    station.tells(metered(meter(10, "2000")))
    station.tells(stop_16(transaction_id=number))

    assert station.tells(metered(meter(10, "2000"), message="again")) == []


def test_meter_values_behind_the_stop_are_added_and_do_not_reopen():
    station, number = charging_16()
    station.tells(stop_16(transaction_id=number))
    station.tells(metered(meter(31, "6000"), transaction_id=number))

    assert (station.session.status, station.session.energy_wh) == ("ended", 5000)
    assert station.all(MeterValuesRecorded)[-1].session == station.session.session


def test_meter_values_of_another_connector_s_transaction_do_not_count_where_a_session_runs_there():
    station = Station(start_16(evse=1), start_16("m2", evse=2))
    number = next(s.transaction_id for s in station.sessions.values() if s.evse == 1)
    station.tells(metered(meter(10, "2000"), evse=2, transaction_id=number))

    assert station.all(MeterValuesRecorded)[-1].session == ""
    assert {(s.evse, s.anomalies) for s in station.sessions.values()} == {(1, (Anomaly.EVSE_MISMATCH,)), (2, ())}


def test_meter_values_that_name_a_wrong_connector_count_by_their_transaction():
    station, number = charging_16()
    station.tells(metered(meter(10, "2000"), evse=5, transaction_id=number))

    assert (station.session.energy_wh, station.session.anomalies) == (1000, (Anomaly.EVSE_MISMATCH,))


def test_a_session_says_that_the_gateway_set_some_of_its_values_apart():
    station, number = charging_16()
    station.tells(metered(meter(10, "2000"), transaction_id=number, deviations=("sample-set-apart",)))

    assert (station.session.energy_wh, station.session.anomalies) == (1000, (Anomaly.QUARANTINED,))


def test_values_that_are_no_numbers_are_quarantined_and_the_others_count():
    station, number = charging_16()
    station.tells(metered(meter(10, "2000", sample(None, text="ERR", measurand="Voltage")), transaction_id=number))

    (bad,) = station.all(MeterValueQuarantined)
    assert (bad.reason, bad.session, bad.meter_value.samples[0].text) == (
        "not-a-number",
        station.session.session,
        "ERR",
    )
    assert (station.session.energy_wh, station.session.anomalies) == (1000, (Anomaly.QUARANTINED,))


@pytest.mark.usecase("J03")
def test_a_signed_blob_is_recorded_as_evidence():
    station, number = charging_16()
    station.tells(metered(meter(30, sample(None, signed="OCMF|...")), transaction_id=number))

    assert [s.text for s in station.all(MeterValuesRecorded)[-1].signed] == ["OCMF|..."]


def test_a_negative_meter_start_is_quarantined_and_the_session_kept():
    station, _ = charging_16(meter_wh=Decimal(-1))

    assert station.quarantined == ["negative-register"]
    assert (station.session.status, station.session.meter_start_wh) == ("active", None)


def test_meter_start_and_meter_stop_are_recorded_as_readings_once():
    station, number = charging_16()
    station.tells(stop_16(transaction_id=number, meter_values=(meter(30, sample("6000", context="Transaction.End")),)))

    assert [(r.context, r.value) for r in station.readings] == [("Transaction.Begin", 1000), ("Transaction.End", 6000)]


# -- never-ended ones -------------------------------------------------------------------------------------------------


def test_a_new_transaction_on_the_evse_presumes_the_old_one_ended():
    station = Station(started(), updated(), started("m4", transaction_id="tx-2", minutes=60))

    old, new = station.sessions.values()
    assert (old.status, old.ended_at, new.status) == ("presumed-ended", after(5), "active")
    assert [r.session for r in station.all(TokenSessionEnded)] == [old.session]


def test_the_late_stop_of_a_presumed_ended_session_completes_it():
    station, number = charging_16()
    station.tells(start_16("m2", minutes=60, meter_wh=Decimal(6000)))
    station.tells(stop_16(transaction_id=number))

    old, new = station.sessions.values()
    assert (old.status, old.ended_at, old.energy_wh, new.status) == ("ended", after(30), 5000, "active")
    assert len(station.all(TokenSessionEnded)) == 1


def test_an_older_start_heard_late_is_presumed_ended_at_once_and_never_runs_on_its_token():
    station = Station(start_16("m2", minutes=60), start_16("m1", minutes=0, token=IdToken(value="OLD")))

    assert [s.status for s in station.sessions.values()] == ["active", "presumed-ended"]
    assert [r.token for r in station.all(TokenSessionStarted)] == ["CARD"]


def test_a_transaction_on_another_evse_or_another_connector_of_it_ends_nothing():
    station = Station(
        started(),
        started("m2", transaction_id="tx-2", evse=2, minutes=1),
        started("m3", transaction_id="tx-3", connector=2, minutes=2),
    )

    assert {s.status for s in station.sessions.values()} == {"active"}


@pytest.mark.usecase("E11")
def test_sessions_silent_for_days_are_never_closed_by_time():
    station = Station(started())

    assert station.tells(Due(key="S1", at=after(60 * 24 * 30))) == []
    station.tells(updated("m9", minutes=60 * 24 * 30))
    assert station.session.status == "active"


@pytest.mark.usecase("E12", "K06")
def test_an_offline_session_that_is_over_when_heard_of_never_runs_on_its_token():
    station = Station(ended(token=IdToken(value="CARD"), offline=True), started(offline=True))

    assert station.all(TokenSessionStarted) == []
    assert station.all(AuthorizationRequested)[-1].final


# -- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at",
    [dt.datetime(1970, 1, 1, tzinfo=dt.UTC), after(24 * 60), after(-24 * 60)],
    ids=["1970", "a day ahead", "a day behind"],
)
def test_a_station_with_a_wrong_clock_is_kept_and_said_to_have_one(at):
    station = Station(started(at=at, received_at=after(0)))

    assert (station.session.started_at, station.session.anomalies) == (at, (Anomaly.CLOCK_SUSPECT,))


def test_a_stop_in_the_future_ends_the_session():
    station, number = charging_16()
    station.tells(stop_16(transaction_id=number, minutes=60 * 24 * 365, received_at=after(31)))

    assert (station.session.status, station.session.energy_wh) == ("ended", 5000)
    assert station.session.anomalies == (Anomaly.CLOCK_SUSPECT,)


def test_a_day_old_fact_of_a_station_that_was_offline_is_no_wrong_clock():
    assert Station(started(offline=True, received_at=after(60 * 24))).session.anomalies == ()


def test_a_day_old_report_of_1_6_is_a_queue_and_no_wrong_clock():
    station = Station(start_16(received_at=after(60 * 24)))
    station.tells(stop_16(transaction_id=number_of(station), received_at=after(60 * 24 + 0.1)))

    assert (station.session.status, station.session.anomalies) == ("ended", ())


def test_a_1_6_session_that_is_a_day_late_from_start_to_end_has_a_wrong_clock():
    station = Station(start_16(received_at=after(60 * 24)))
    station.tells(stop_16(transaction_id=number_of(station), minutes=30, received_at=after(60 * 24 + 30)))

    assert station.session.anomalies == (Anomaly.CLOCK_SUSPECT,)


def test_a_time_that_the_gateway_could_not_believe_tells_of_a_wrong_clock():
    fact = start_16(at_source="gateway", deviations=("time-impossible",))

    assert Station(fact).session.anomalies == (Anomaly.CLOCK_SUSPECT,)


def test_a_clock_set_right_within_the_session_loses_no_energy():
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    first = msgspec.structs.replace(meter(0, sample("1000", context="Transaction.Begin")), at=epoch)
    station = Station(
        started(at=epoch, received_at=after(0), meter_values=(first,)),
        updated(meter_values=(meter(5, "2000"),)),
        ended(meter_values=(meter(30, "4000"),)),
    )

    assert (station.session.energy_wh, station.session.status) == (3000, "ended")


def test_a_start_whose_time_cannot_be_read_is_recognised_by_the_rest_while_it_runs():
    def unreadable(message, minutes):
        return start_16(message, at=after(minutes), received_at=after(minutes), at_source="gateway")

    station = Station(unreadable("m1", 0), unreadable("m2", 1))
    assert len(station.sessions) == 1
    assert station.session.anomalies == (Anomaly.CLOCK_UNREADABLE,)

    station.tells(stop_16(transaction_id=number_of(station)))
    station.tells(unreadable("m3", 60))
    assert len({s.transaction_id for s in station.sessions.values()}) == 2


# -- snapshots --------------------------------------------------------------------------------------------------------


def test_revisions_count_and_snapshots_move_on_in_time_whatever_gateway_s_clock_heard_them():
    station = Station(
        started(received_at=after(10)),
        updated(received_at=after(9), charging_state="Charging"),
        ended(received_at=after(10)),
    )

    changes = station.all(SessionChanged)
    assert [c.revision for c in changes] == [1, 2, 3]
    assert sorted(c.changed_at for c in changes) == [c.changed_at for c in changes]
    assert len({c.changed_at for c in changes}) == 3
    assert len({c.id for c in changes}) == 3


def test_a_station_that_tells_no_charging_state_is_charging_while_power_flows():
    station, number = charging_16()
    assert station.session.charging_state == ""

    station.tells(metered(meter(5, sample("7000", measurand="Power.Active.Import")), transaction_id=number))
    assert station.session.charging_state == "Charging"

    station.tells(metered(meter(9, sample("0", measurand="Power.Active.Import")), transaction_id=number))
    assert station.session.charging_state == ""


@pytest.mark.usecase("E10")
def test_the_newest_charging_state_stands_whatever_came_last():
    station = Station(
        started(charging_state="EVConnected"),
        updated("b", minutes=9, seq_no=2, charging_state="SuspendedEV"),
        updated("a", minutes=5, seq_no=1, charging_state="Charging"),
    )

    assert station.session.charging_state == "SuspendedEV"


@pytest.mark.usecase("F01", "H03")
def test_remote_start_and_reservation_ids_are_kept():
    session = Station(started(remote_start_id=77, reservation_id=5), updated()).session

    assert (session.remote_start_id, session.reservation_id) == (77, 5)


# -- bounds -----------------------------------------------------------------------------------------------------------


def finished(station, number):
    station.tells(start_16(f"s{number}", minutes=number * 60, meter_wh=Decimal(1000 * number)))
    id = number_of(station)
    station.tells(
        stop_16(f"e{number}", minutes=number * 60 + 30, transaction_id=id, meter_wh=Decimal(1000 * number + 500))
    )
    return id


def test_memory_of_a_station_is_bounded_and_keeps_the_last_sessions():
    station = Station()
    for number in range(MAX_ENDED + MAX_FORGOTTEN + 20):
        finished(station, number)

    assert len(station.state.sessions) == MAX_ENDED
    assert len(station.state.forgotten) == MAX_FORGOTTEN
    assert len(msgspec.json.encode(station.state)) < 20_000


def test_a_start_repeated_after_its_session_was_forgotten_is_answered_with_its_number_and_opens_nothing():
    station = Station()
    first = finished(station, 0)
    for number in range(1, MAX_ENDED + 2):
        finished(station, number)
    changes = len(station.all(SessionChanged))

    (asked,) = answers(station.tells(start_16("again", meter_wh=Decimal(0))))

    assert (asked.transaction_id, asked.final) == (first, True)
    assert len(station.all(SessionChanged)) == changes


def test_late_readings_of_a_forgotten_session_are_recorded_under_it():
    station = Station(started(transaction_id="old"), ended(transaction_id="old"))
    session = station.session.session
    for number in range(1, MAX_ENDED + 2):
        finished(station, number)

    station.tells(updated("late", transaction_id="old", meter_values=(meter(5, "1"),)))

    assert station.all(MeterValuesRecorded)[-1].session == session
    assert station.sessions[session].status == "ended"


def test_meter_values_told_again_long_after_their_session_are_known_again():
    station = Station()
    number = finished(station, 0)
    station.tells(metered(meter(5, "7"), transaction_id=number))
    for later in range(1, MAX_ENDED + 2):
        finished(station, later)

    assert station.tells(metered(meter(5, "7"), message="again", transaction_id=number)) == []


def test_a_stop_that_comes_after_many_later_sessions_still_corrects_its_own():
    station = Station()
    for earlier in range(MAX_ENDED + 1):  # so many that nobody stopped that the first is not kept whole
        station.tells(start_16(f"s{earlier}", minutes=earlier - 60, meter_wh=Decimal(0)))
    first = next(iter(station.sessions.values()))
    for later in range(MAX_FORGOTTEN - 2):
        finished(station, later)
    assert first.session in {f.session for f in station.state.forgotten}

    station.tells(
        stop_16(
            "late", transaction_id=first.transaction_id, minutes=-10, meter_wh=Decimal(900), received_at=after(9999)
        )
    )

    session = station.sessions[first.session]
    assert (session.status, session.estimated, session.ended_at, session.energy_wh) == ("ended", False, after(-10), 900)
    assert session.revision == station.all(SessionChanged)[-1].revision == 3
    assert len(station.state.sessions) == MAX_ENDED


def test_a_session_beyond_all_memory_is_told_to_be_unknown():
    station = Station()
    number = finished(station, 0)
    for later in range(1, MAX_ENDED + MAX_FORGOTTEN + 1):
        finished(station, later)

    station.tells(stop_16("late", transaction_id=number, minutes=31, meter_wh=Decimal(600)))

    assert station.all(SessionChanged)[-1].anomalies == (Anomaly.START_MISSING, Anomaly.TRANSACTION_UNKNOWN)


def test_late_meter_values_of_a_forgotten_session_whose_id_was_used_again_stay_out_of_the_new_one():
    station = Station(started(transaction_id="1"), ended(transaction_id="1"))
    first = station.session.session
    for number in range(1, MAX_ENDED + 2):
        finished(station, number)
    station.tells(started("again", transaction_id="1", minutes=9000))

    station.tells(metered(meter(20, "5"), transaction_id="1"))

    assert station.all(MeterValuesRecorded)[-1].session == first


def test_a_station_with_more_running_transactions_than_are_remembered_presumes_the_most_silent_over():
    station = Station(
        *(started(f"m{n}", transaction_id=f"tx-{n}", evse=n + 1, minutes=n) for n in range(MAX_ACTIVE + 1))
    )

    presumed = [s for s in station.sessions.values() if s.status == "presumed-ended"]
    assert [(s.transaction_id, s.anomalies) for s in presumed] == [("tx-0", (Anomaly.CROWDED_OUT,))]


def test_a_repeat_older_than_memory_says_the_same_records_again_and_changes_no_session():
    first = updated("first", meter_values=(meter(5, "1000"),))
    station = Station(started(), first)
    recorded = station.all(MeterValuesRecorded)[-1].id
    for number in range(100):
        station.tells(
            updated(f"u{number}", minutes=6 + number, seq_no=number, meter_values=(meter(6 + number, 1001 + number),))
        )
    changes = len(station.all(SessionChanged))

    outputs = station.tells(first)

    assert [o.id for o in outputs if isinstance(o, MeterValuesRecorded)] == [recorded]
    assert len(station.all(SessionChanged)) == changes


def test_state_survives_its_journey_through_the_changelog():
    station = Station(started(meter_values=(meter(0, "1000"),)), updated(meter_values=(meter(5, "1.5"),)))
    finished(station, 3)
    bytes_ = msgspec.json.encode(station.state)

    assert msgspec.json.decode(bytes_, type=StationTransactions) == station.state


def test_the_end_of_an_outdated_session_is_said_before_its_token_is_asked_about_again():
    station = Station(start_16())

    said = [type(o) for o in station.tells(start_16("m2", minutes=60, meter_wh=Decimal(2000)))]

    assert said.index(TokenSessionEnded) < said.index(AuthorizationRequested)


def test_a_session_started_with_a_clock_never_set_outdates_the_one_from_before_the_power_failed():
    station = Station(start_16())
    station.tells(start_16("m2", at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC), received_at=after(60)))

    assert [s.status for s in station.sessions.values()] == ["presumed-ended", "active"]


def test_an_end_before_its_start_tells_of_a_wrong_clock():
    station = Station(started(received_at=after(0)), ended(minutes=-60, received_at=after(30)))

    assert (station.session.status, station.session.anomalies) == ("ended", (Anomaly.CLOCK_SUSPECT,))


def test_late_facts_of_a_forgotten_session_whose_id_was_used_again_stay_out_of_the_new_one():
    station = Station(started(transaction_id="1"), ended(transaction_id="1"))
    first = station.session.session
    for number in range(1, MAX_ENDED + 2):
        finished(station, number)
    station.tells(started("again", transaction_id="1", minutes=9000))

    station.tells(updated("late", transaction_id="1", minutes=20, meter_values=(meter(20, "5"),)))

    assert station.all(MeterValuesRecorded)[-1].session == first


def test_the_start_s_token_replaces_one_heard_before_it():
    station = Station(updated(token=IdToken(value="GUEST")), started())

    assert station.session.token == IdToken(value="CARD", type="ISO14443")
    assert [r.token for r in station.all(TokenSessionStarted)] == ["GUEST", "CARD"]
    assert [r.token for r in station.all(TokenSessionEnded)] == ["GUEST"]


def test_a_fact_that_changes_nothing_visible_says_no_snapshot_and_time_still_moves_on_behind_it():
    station = Station(started(received_at=after(10)), updated(received_at=after(9)))
    assert len(station.all(SessionChanged)) == 1

    station.tells(ended(received_at=after(10)))

    first, second = station.all(SessionChanged)
    assert (second.revision, second.changed_at > first.changed_at) == (2, True)


def test_a_start_of_unreadable_time_repeated_long_after_memory_is_still_the_same_start():
    def unreadable(message, minutes):
        return start_16(message, at=after(minutes), received_at=after(minutes), at_source="gateway")

    station = Station(unreadable("m1", 0))
    for minute in range(1, 100):
        station.tells(metered(meter(minute, 1000 + minute), message=f"mv{minute}", transaction_id=number_of(station)))
    station.tells(unreadable("m2", 120))

    assert (station.session.started_at, station.session.anomalies) == (after(0), (Anomaly.CLOCK_UNREADABLE,))


def test_a_stop_whose_times_cannot_be_read_is_recognised_when_repeated():
    station, number = charging_16()

    def unreadable(message, minutes):
        values = (meter(minutes, "5000"),)
        where = {"at": after(minutes), "received_at": after(minutes), "at_source": "gateway"}
        return stop_16(message, transaction_id=number, meter_values=values, **where)

    station.tells(unreadable("m3", 30))

    assert [type(o) for o in station.tells(unreadable("m4", 31))] == [TransactionDecided]
    assert station.session.ended_at == after(30)


def test_a_session_that_was_offline_once_says_so():
    assert Station(started(offline=True), updated(), ended()).session.offline


@pytest.mark.parametrize("at", [dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, 23, 59, tzinfo=dt.UTC)])
def test_times_at_the_ends_of_the_calendar_are_kept_like_others(at):
    station = Station(started(at=at, received_at=after(0)), ended(at=at, received_at=after(1)))
    station.tells(updated(at=at, received_at=after(2), seq_no=2))

    assert (station.session.status, station.session.anomalies) == ("ended", (Anomaly.CLOCK_SUSPECT,))


@pytest.mark.usecase("E08", "E11")
def test_events_that_are_missing_are_counted_and_named_once_the_end_is_there():
    station = Station(started(seq_no=0), updated("b", minutes=10, seq_no=3))
    running = station.session
    station.tells(ended(seq_no=5))
    over = station.session
    for late in (updated("a", minutes=6, seq_no=2), updated("c", minutes=12, seq_no=4), updated("0", seq_no=1)):
        station.tells(late)

    assert (running.missing_events, running.anomalies) == (2, ())
    assert (over.missing_events, over.anomalies) == (3, (Anomaly.EVENTS_MISSING,))
    assert (station.session.missing_events, station.session.anomalies) == (0, ())


@pytest.mark.usecase("E09")
def test_a_cable_that_is_taken_out_at_the_car_ends_the_session_with_the_station_s_reason():
    station = Station(
        started(seq_no=0),
        updated("s", seq_no=1, charging_state="EVConnected"),
        ended(seq_no=2, stopped_reason="EVDisconnected"),
    )

    assert (station.session.status, station.session.stopped_reason) == ("ended", "EVDisconnected")


@pytest.mark.usecase("E17", "E17.FR.14", "B13")
def test_a_transaction_goes_on_after_a_boot_by_the_station_s_word():
    station = Station(started(seq_no=0), updated("reset", seq_no=1, trigger="ResetCommand"))
    station.tells(booted(20))
    station.tells(updated("back", seq_no=2, minutes=21, trigger="TxResumed", charging_state="SuspendedEVSE"))

    session = station.session
    assert (session.status, session.resumed_at, session.charging_state) == ("active", after(21), "SuspendedEVSE")
    assert (session.missing_events, session.anomalies) == (0, ())
