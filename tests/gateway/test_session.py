"""One station's conversation: when each CALL is answered, and with what."""

import pytest
from msgspec.structs import replace

from gateway.effects import Close, Count, Decided, Effect, Heard, Publish, Seen
from schemas.commands import StationLocated
from schemas.stations import StationConnected, StationDisconnected, TriggerMessage
from tests.gateway.conversation import LIMITS, ME, Conversation, dispatch, published, reports, sent


def heard(effects: list[Effect]) -> Heard:
    assert isinstance(effects[0], Heard)
    return effects[0]


def counted(effects: list[Effect]) -> list[str]:
    return [effect.what for effect in effects if isinstance(effect, Count)]


# -- the station's CALLs ----------------------------------------------------------------------------------------------


def test_a_heartbeat_is_answered_at_once_and_nothing_is_stored() -> None:
    effects = Conversation().calls("Heartbeat")

    assert sent(effects) == [[3, "m1", {}]]
    assert published(effects) == []


def test_a_fact_is_answered_once_it_is_stored_and_not_before() -> None:
    station = Conversation()

    received = station.calls("StatusNotification")

    assert len(published(received)) == 1
    assert sent(received) == []
    assert sent(station.stored()) == [[3, "m1", {}]]


def test_what_is_never_stored_is_never_answered() -> None:
    station = Conversation()
    station.calls("StatusNotification", "m1")
    station.calls("TransactionEvent", "m2")

    assert sent(station.passes(86_400)) == []


def test_a_decision_answers_its_call() -> None:
    station = Conversation()
    station.calls("BootNotification")
    station.stored()
    station.at_s = 0.5

    effects = station.decides(boot="Accepted")

    assert sent(effects) == [[3, "m1", {"status": "Accepted"}]]
    assert Decided(0.5) in effects


def test_a_decision_that_comes_before_the_acknowledgement_answers_and_the_acknowledgement_adds_nothing() -> None:
    station = Conversation()
    station.calls("Authorize")

    assert sent(station.decides()) == [[3, "m1", {}]]
    assert station.stored() == []


@pytest.mark.parametrize(
    ("action", "fallback"),
    [
        ("BootNotification", [3, "m1", {"status": "Pending"}]),
        ("Authorize", [4, "m1", "InternalError", "no decision in time", {}]),
        ("TransactionEvent", [3, "m1", {}]),
    ],
)
def test_a_decision_that_does_not_come_in_time_is_replaced_by_the_stated_fallback(
    action: str, fallback: list[object]
) -> None:
    station = Conversation()
    station.calls(action)
    station.stored()

    assert sent(station.passes(LIMITS.decision_s - 0.1)) == []
    effects = station.passes(0.1)

    assert sent(effects) == [fallback]
    assert counted(effects) == ["fallback"]


def test_the_time_for_a_decision_runs_from_when_the_call_is_stored() -> None:
    station = Conversation()
    station.calls("Authorize")
    station.passes(60)
    station.stored()

    assert sent(station.passes(LIMITS.decision_s - 0.1)) == []


def test_a_decision_after_the_fallback_is_only_counted() -> None:
    station = Conversation()
    station.calls("Authorize")
    station.stored()
    station.passes(LIMITS.decision_s)

    effects = station.decides()

    assert sent(effects) == []
    assert counted(effects) == ["late-decision"]


def test_a_decision_that_comes_late_does_not_answer_a_later_call_of_the_same_message_id() -> None:
    station = Conversation()
    first_at = station.now.at
    station.calls("Authorize")
    station.stored()
    station.passes(LIMITS.decision_s)
    second_at = station.now.at
    station.calls("TransactionEvent")
    station.stored()

    late = station.decides(of=first_at)

    assert (sent(late), counted(late)) == ([], ["late-decision"])
    assert sent(station.decides(of=second_at)) == [[3, "m1", {}]]


def test_a_decision_for_nobody_is_only_counted() -> None:
    assert counted(Conversation().decides("never-seen")) == ["late-decision"]


def test_a_call_that_cannot_be_kept_gets_an_error() -> None:
    station = Conversation()
    station.calls("StatusNotification")

    effects = station.session.failed(station.waiting.pop(), station.now)

    assert sent(effects) == [[4, "m1", "internal", "the message cannot be kept", {}]]
    assert counted(effects) == ["unstorable"]


def test_a_message_id_that_comes_again_while_the_first_waits_is_neither_stored_nor_answered_twice() -> None:
    station = Conversation()
    station.calls("StatusNotification")

    again = station.calls("StatusNotification")

    assert heard(again).result == "repeated"
    assert published(again) == sent(again) == []
    assert len(sent(station.stored())) == 1


def test_a_message_id_may_be_used_again_once_it_is_answered() -> None:
    station = Conversation()
    station.calls("StatusNotification")
    station.stored()

    station.calls("StatusNotification")

    assert sent(station.stored()) == [[3, "m1", {}]]


def test_an_acknowledgement_of_an_earlier_use_of_an_id_does_not_answer_the_later() -> None:
    station = Conversation()
    station.calls("Authorize")
    station.decides()
    station.calls("StatusNotification")
    earlier = station.waiting.pop(0)

    assert station.stored(earlier) == []
    assert sent(station.stored()) == [[3, "m1", {}]]


def test_a_payload_that_breaks_its_schema_is_refused_and_nothing_is_stored() -> None:
    effects = Conversation().says(2, "m1", "StatusNotification", [])

    assert sent(effects) == [[4, "m1", "TypeConstraintViolation", "the payload is no object", {}]]
    assert heard(effects).result == "refused"
    assert published(effects) == []


def test_an_unknown_action_is_refused() -> None:
    assert sent(Conversation().calls("Nonsense"))[0][2] == "NotImplemented"


def test_a_malformed_call_with_a_readable_id_gets_an_error() -> None:
    assert sent(Conversation().says(2, "m1"))[0][:3] == [4, "m1", "framing"]
    assert sent(Conversation().says(9, "m1"))[0][:3] == [4, "m1", "message-type"]


@pytest.mark.parametrize("data", ["nonsense", b"\x00", "[]", '[3,"m1"]'])
def test_what_has_no_readable_id_is_only_counted(data: str | bytes) -> None:
    effects = Conversation().hears(data)

    assert [type(effect) for effect in effects] == [Heard]
    assert heard(effects).kind == "malformed"


@pytest.mark.parametrize("frame", [(3, "m1", {}), (4, "m1", "GenericError", "", {})])
def test_an_answer_to_nothing_is_only_counted(frame: tuple[object, ...]) -> None:
    effects = Conversation().says(*frame)

    assert [type(effect) for effect in effects] == [Heard]
    assert heard(effects).result == "unexpected"


def test_a_send_is_stored_and_never_answered() -> None:
    effects = Conversation().says(6, "m1", "StatusNotification", {})

    assert len(published(effects)) == 1
    assert sent(effects) == []


def test_a_send_that_is_refused_is_not_answered_either() -> None:
    effects = Conversation().says(6, "m1", "Nonsense", {})

    assert sent(effects) == []
    assert heard(effects).result == "refused"


def test_a_station_that_cannot_use_our_result_is_counted() -> None:
    effects = Conversation().says(5, "m1", "FormatViolation", "", {})

    assert heard(effects).kind == "result-error"
    assert sent(effects) == []


def test_a_station_with_too_many_open_calls_is_not_read_until_one_is_answered() -> None:
    station = Conversation()
    for number in range(LIMITS.unanswered_calls):
        assert not station.session.saturated
        station.calls("StatusNotification", f"m{number}")

    assert station.session.saturated
    station.stored()
    assert not station.session.saturated


def test_a_waiting_call_of_the_station_does_not_hold_up_our_command_nor_its_answer() -> None:
    station = Conversation()
    station.calls("Authorize")

    command = sent(station.commands(dispatch()))[0]
    effects = station.says(3, command[1], {"status": "Accepted"})

    assert reports(effects)[0].result == "answered"


def test_a_waiting_command_does_not_hold_up_the_stations_calls() -> None:
    station = Conversation()
    station.commands(dispatch())

    assert sent(station.calls("Heartbeat")) == [[3, "m1", {}]]


# -- registration (B01 to B03) ----------------------------------------------------------------------------------------


def booted(status: str, version: str = "2.0.1") -> Conversation:
    station = Conversation(replace(ME, version=version))
    station.calls("BootNotification", "boot")
    station.stored()
    station.decides("boot", boot=status)
    return station


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_what_a_station_reports_before_it_is_accepted_is_kept_and_then_refused(status: str) -> None:
    station = booted(status)

    received = station.calls("TransactionEvent")

    assert len(published(received)) == 1
    assert sent(received) == []
    assert sent(station.stored()) == [[4, "m1", "SecurityError", "not accepted", {}]]


def test_a_heartbeat_before_the_station_is_accepted_is_refused_at_once() -> None:
    assert sent(booted("Pending").calls("Heartbeat"))[0][2] == "SecurityError"


def test_a_decision_on_what_was_refused_is_not_said() -> None:
    station = booted("Pending")
    station.calls("TransactionEvent")

    assert sent(station.decides()) == []
    assert sent(station.stored())[0][2] == "SecurityError"


def test_a_version_without_that_rule_is_answered_as_usual() -> None:
    assert sent(booted("Pending", version="1.6").calls("Heartbeat")) == [[3, "m1", {}]]


def test_a_station_may_send_what_it_was_asked_for_before_it_is_accepted() -> None:
    station = booted("Pending")
    station.commands(dispatch(command=TriggerMessage(requested_message="StatusNotification")))

    station.calls("StatusNotification")

    assert sent(station.stored()) == [[3, "m1", {}]]


def test_a_station_that_is_accepted_later_is_answered_as_usual() -> None:
    station = booted("Pending")
    station.calls("BootNotification", "again")
    station.decides("again", boot="Accepted")

    assert sent(station.calls("Heartbeat")) == [[3, "m1", {}]]


def test_a_station_told_to_wait_by_the_fallback_is_not_accepted() -> None:
    station = Conversation()
    station.calls("BootNotification", "boot")
    station.stored()
    station.passes(LIMITS.decision_s)

    assert sent(station.calls("Heartbeat"))[0][2] == "SecurityError"


def test_a_station_that_comes_back_without_a_boot_is_answered_as_usual() -> None:
    assert sent(Conversation().calls("Heartbeat")) == [[3, "m1", {}]]


def test_two_boots_on_one_connection_are_each_answered() -> None:
    station = Conversation()
    station.calls("BootNotification", "b1")
    station.calls("BootNotification", "b2")

    assert sent(station.decides("b2", boot="Accepted"))[0][1] == "b2"
    assert sent(station.decides("b1", boot="Accepted"))[0][1] == "b1"


# -- the connection ---------------------------------------------------------------------------------------------------


def test_a_connection_tells_where_its_station_is_from_its_first_moment() -> None:
    session = Conversation().session

    connected, located = published(session.opened(Conversation().now))

    assert isinstance(connected, StationConnected)
    assert isinstance(located, StationLocated)
    assert (located.station, located.gateway, located.epoch, located.connected) == ("CP-1", "gw-0", 7, True)


def test_the_end_of_a_connection_tells_that_its_station_is_gone() -> None:
    gone, located = published(Conversation().closes())

    assert isinstance(gone, StationDisconnected)
    assert (gone.epoch, gone.code) == (7, 1006)
    assert isinstance(located, StationLocated)
    assert not located.connected


def test_the_end_of_a_replaced_connection_does_not_say_where_the_station_is() -> None:
    assert [type(record) for record in published(Conversation().closes(replaced=True))] == [StationDisconnected]


def test_a_connection_that_is_superseded_closes() -> None:
    session = Conversation().session

    assert [type(effect) for effect in session.superseded(Conversation().now)] == [Close]


def test_a_sign_of_life_is_told_at_most_once_in_its_interval() -> None:
    station = Conversation()

    def signs(effects: list[Effect]) -> int:
        return sum(isinstance(effect, Seen) for effect in effects)

    assert signs(station.calls("Heartbeat")) == 0
    station.at_s = LIMITS.seen_interval_s
    assert signs(station.calls("Heartbeat")) == 1
    assert signs(station.calls("Heartbeat")) == 0


def test_a_session_is_idle_when_nothing_waits_in_either_direction() -> None:
    station = Conversation()
    assert station.session.idle

    station.calls("StatusNotification")
    assert not station.session.idle
    station.stored()
    assert station.session.idle

    call = sent(station.commands(dispatch()))[0]
    assert not station.session.idle
    station.says(3, call[1], {})
    assert station.session.idle


def test_everything_a_call_brings_waits_under_one_token() -> None:
    publish = Conversation().calls("StatusNotification")[1]

    assert isinstance(publish, Publish)
    assert publish.waiting is not None
