"""One station's conversation: when each CALL is answered, and with what."""

import pytest
from msgspec.structs import replace

from gateway.effects import Close, Count, Decided, Effect, Publish, Seen, Standing
from schemas.base import OcppVersion
from schemas.commands import Command, StationLocated
from schemas.stationcommands import Reset, TriggerMessage
from schemas.stations import RegistrationStatus, StationConnected, StationDisconnected
from schemas.transactions import RemoteStart, RemoteStop
from tests.gateway.conversation import LIMITS, ME, Conversation, dispatch, published, reports, sent


def counted(effects: list[Effect]) -> list[str]:
    return [effect.what for effect in effects if isinstance(effect, Count)]


# -- the station's CALLs ----------------------------------------------------------------------------------------------


def test_a_heartbeat_is_answered_at_once_and_nothing_is_stored() -> None:
    effects = Conversation().calls("Heartbeat")

    assert sent(effects) == [[3, "m1", {}]]
    assert published(effects) == []


@pytest.mark.usecase("E13")
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

    effects = station.session.on_unstorable(station.waiting.pop(), station.now)

    assert sent(effects) == [[4, "m1", "internal", "the message cannot be kept", {}]]
    assert counted(effects) == ["unstorable"]


@pytest.mark.usecase("1.6:3.x")
def test_a_message_id_that_comes_again_while_the_first_waits_is_neither_stored_nor_answered_twice() -> None:
    station = Conversation()
    station.calls("StatusNotification")

    again = station.calls("StatusNotification")

    assert again.heard.result == "repeated"
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
    assert effects.heard.result == "refused"
    assert published(effects) == []


def test_an_unknown_action_is_refused() -> None:
    assert sent(Conversation().calls("Nonsense"))[0][2] == "NotImplemented"


def version(spoken: OcppVersion) -> Conversation:
    return Conversation(replace(ME, version=spoken))


@pytest.mark.parametrize(
    "text",
    [
        '[2,"m1"]',
        '[2,"m1","StatusNotification",{},{}]',
        '[2,"m1","StatusNotification",{},{},{}]',
        '[2,"m1","StatusNotification",{"a":[,1]}]',
        '[2,"m1","StatusNotification",{"a":1',
        '[2,"m1","StatusNotification",{}] and more',
        '[2,"m1","StatusNotification",' + "[" * 10_000,
        '["2","m1","StatusNotification",{}]',
    ],
)
@pytest.mark.parametrize("spoken", ["1.6", "2.0.1", "2.1"])
def test_a_call_that_cannot_be_read_is_told_so_by_its_id_and_nothing_of_it_is_kept(
    text: str, spoken: OcppVersion
) -> None:
    effects = version(spoken).hears(text)

    assert [frame[:3] for frame in sent(effects)] == [[4, "m1", "framing"]]
    assert published(effects) == []
    assert effects.heard.kind == "malformed"


@pytest.mark.parametrize("data", ["nonsense", b"\xff", "[]", "[2,", '[2,"m', '[2,17,"StatusNotification",{}]'])
@pytest.mark.parametrize(("spoken", "answers"), [("1.6", []), ("2.0.1", ["-1"]), ("2.1", ["-1"])])
def test_what_has_no_readable_id_is_answered_by_the_name_that_its_version_has_for_that(
    data: str | bytes, spoken: OcppVersion, answers: list[str]
) -> None:
    effects = version(spoken).hears(data)

    assert [frame[1] for frame in sent(effects)] == answers
    assert effects.heard.kind == "malformed"


@pytest.mark.parametrize("text", ['[3,"m1"]', '[3,"m1",{"a":', "[3,", '[4,"m1"', "[4"])
@pytest.mark.parametrize("spoken", ["1.6", "2.0.1", "2.1"])
def test_a_broken_answer_is_never_answered(text: str, spoken: OcppVersion) -> None:
    assert version(spoken).hears(text) == []


@pytest.mark.parametrize("text", ['[5,"m1"', '[6,"m1"]', '[6,"m1","StatusNotification",{'])
@pytest.mark.parametrize("spoken", ["1.6", "2.1"])
def test_a_broken_send_is_never_answered(text: str, spoken: OcppVersion) -> None:
    assert version(spoken).hears(text) == []


def test_a_broken_repeat_of_what_waits_is_not_answered_for_its_answer_is_to_come() -> None:
    station = Conversation()
    station.calls("StatusNotification")

    assert sent(station.hears('[2,"m1","StatusNotification",{')) == []
    assert sent(station.stored()) == [[3, "m1", {}]]


def test_a_call_that_is_bent_is_taken_and_counted_under_its_rule() -> None:
    station = Conversation()

    effects = station.hears('[2,"m1","StatusNotification",{"vendorId":"a\x00"}]')

    assert (effects.heard.bent, effects.heard.result) == ("control-characters", "ok")
    assert sent(station.stored()) == [[3, "m1", {}]]


# -- message types ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["StatusNotification", "BootNotification", "TransactionEvent", "Heartbeat"])
@pytest.mark.parametrize("kind", [5, 6, 7, 99])
@pytest.mark.parametrize(("spoken", "answers"), [("1.6", []), ("2.0.1", [[4, "m1", "MessageTypeNotSupported"]])])
def test_a_type_that_the_version_does_not_have_is_kept_in_no_case(
    kind: int, action: str, spoken: OcppVersion, answers: list[object]
) -> None:
    effects = version(spoken).says(kind, "m1", action, {})

    assert published(effects) == []
    assert published(version(spoken).says(kind, "m1", "InternalError", "", {})) == []
    assert [frame[:3] for frame in sent(effects)] == answers
    assert (effects.heard.kind, effects.heard.error) == ("malformed", "type")


@pytest.mark.usecase("2.1:J")
def test_a_send_of_what_the_version_sends_is_stored_and_never_answered() -> None:
    station = version("2.1")

    effects = station.says(6, "m1", "StatusNotification", {})

    assert len(published(effects)) == 1
    assert sent(effects) == sent(station.stored()) == []


@pytest.mark.parametrize("action", ["TransactionEvent", "BootNotification", "Authorize", "Heartbeat", "Nonsense"])
def test_a_send_of_anything_else_is_neither_stored_nor_answered(action: str) -> None:
    effects = version("2.1").says(6, "m1", action, {})

    assert published(effects) == sent(effects) == []
    assert effects.heard.result == "refused"


def test_sends_that_wait_for_the_bus_fill_the_stations_measure_as_calls_do() -> None:
    station = version("2.1")
    for number in range(LIMITS.unanswered_calls):
        assert not station.session.saturated
        station.says(6, f"m{number}", "StatusNotification", {})

    assert station.session.saturated
    station.stored()
    assert not station.session.saturated


def test_a_call_with_the_id_of_a_send_has_its_own_answer() -> None:
    station = version("2.1")
    station.says(6, "m1", "StatusNotification", {})
    station.calls("StatusNotification")

    assert sent(station.stored()) == []
    assert sent(station.stored()) == [[3, "m1", {}]]


def test_a_send_that_can_never_be_stored_is_counted_and_not_answered() -> None:
    station = version("2.1")
    station.says(6, "m1", "StatusNotification", {})

    effects = station.session.on_unstorable(station.waiting.pop(), station.now)

    assert (counted(effects), sent(effects)) == (["unstorable"], [])


@pytest.mark.parametrize("frame", [(3, "m1", {}), (4, "m1", "GenericError", "", {})])
def test_an_answer_to_nothing_is_only_counted(frame: tuple[object, ...]) -> None:
    effects = Conversation().says(*frame)

    assert effects == []
    assert effects.heard.result == "unexpected"


@pytest.mark.usecase("2.1:J")
def test_a_station_that_cannot_use_our_result_is_counted() -> None:
    effects = version("2.1").says(5, "m1", "FormatViolation", "", {})

    assert effects.heard.kind == "result-error"
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


@pytest.mark.usecase("B04", "B04.FR.01", "B04.FR.02")
def test_a_station_that_comes_back_without_a_boot_is_answered_as_usual() -> None:
    station = Conversation()
    assert sent(station.calls("Heartbeat")) == [[3, "m1", {}]]

    station.calls("StatusNotification", "status")
    assert sent(station.stored())[-1] == [3, "status", {}]


@pytest.mark.parametrize("registration", ["Pending", "Rejected"])
def test_a_station_that_comes_back_without_a_boot_is_what_it_was(registration: RegistrationStatus) -> None:
    station = Conversation(standing=Standing(registration))

    assert sent(station.calls("Heartbeat"))[0][2] == "SecurityError"


def test_a_decision_that_does_not_know_yet_that_the_operator_rejects_the_station_opens_nothing() -> None:
    station = Conversation(standing=Standing("Rejected", provisioned=True))
    station.calls("BootNotification", "boot")
    station.stored()

    assert sent(station.decides("boot", boot="Accepted")) == [[3, "boot", {"status": "Accepted"}]]
    assert sent(station.calls("Heartbeat"))[0][2] == "SecurityError"


def test_a_decision_on_this_connection_goes_before_what_was_said_of_the_station_before() -> None:
    station = Conversation(standing=Standing("Pending"))
    station.calls("BootNotification", "boot")
    station.stored()
    station.decides("boot", boot="Accepted")

    assert sent(station.calls("Heartbeat")) == [[3, "m1", {}]]


def test_a_station_that_the_operator_makes_wait_waits_at_once() -> None:
    station = booted("Accepted")

    assert station.session.on_standing(Standing("Pending", provisioned=True), station.now) == []
    assert sent(station.calls("Heartbeat"))[0][2] == "SecurityError"


def test_a_station_that_the_operator_accepts_is_served_at_once() -> None:
    station = booted("Pending")
    station.session.on_standing(Standing("Accepted", provisioned=True), station.now)

    assert sent(station.calls("Heartbeat")) == [[3, "m1", {}]]


def test_a_station_that_the_operator_rejects_is_closed_and_served_nothing_while_it_closes() -> None:
    station = booted("Accepted")

    effects = station.session.on_standing(Standing("Rejected", provisioned=True), station.now)

    assert [(effect.code, "rejected" in effect.reason) for effect in effects if isinstance(effect, Close)] == [
        (1008, True)
    ]
    assert sent(station.calls("Heartbeat"))[0][2] == "SecurityError"


def test_a_station_that_is_rejected_already_may_stay_to_boot_again() -> None:
    station = Conversation(standing=Standing("Rejected", provisioned=True))

    assert station.session.on_standing(Standing("Rejected", provisioned=True), station.now) == []


def test_a_connection_that_is_revoked_is_closed_and_served_nothing_while_it_closes() -> None:
    station = booted("Accepted")

    assert station.session.on_revoked("its credential was changed", station.now) == [
        Close(1008, "its credential was changed")
    ]
    assert sent(station.calls("Heartbeat"))[0][2] == "SecurityError"


# -- commands know the registration -----------------------------------------------------------------------------------

START, STOP, TRIGGER = (
    RemoteStart(token="04A2"),
    RemoteStop(transaction_id="1"),
    TriggerMessage(requested_message="BootNotification"),
)


@pytest.mark.usecase("1.6:4.2a", "B03")
@pytest.mark.parametrize("command", [START, STOP, TRIGGER, Reset()])
def test_nothing_goes_to_a_rejected_station(command: Command) -> None:
    effects = booted("Rejected").commands(dispatch(command=command))

    (report,) = reports(effects)
    assert sent(effects) == []
    assert (report.result, "Rejected" in report.error_description) == ("not-accepted", True)


@pytest.mark.usecase("1.6:4.2a", "B02")
@pytest.mark.parametrize(("command", "goes"), [(START, False), (STOP, False), (TRIGGER, True), (Reset(), True)])
def test_a_pending_station_is_asked_to_start_and_stop_nothing(command: Command, goes: bool) -> None:
    effects = booted("Pending").commands(dispatch(command=command))

    assert (len(sent(effects)), len(reports(effects))) == ((1, 0) if goes else (0, 1))


def test_the_registration_counts_when_the_command_leaves_not_when_it_came() -> None:
    station = booted("Accepted")
    station.commands(dispatch("first"))
    station.commands(dispatch("second", command=START))
    station.session.on_standing(Standing("Pending", provisioned=True), station.now)

    effects = station.passes(dispatch().timeout_s)

    assert [(report.command_id, report.result) for report in reports(effects)] == [
        ("first", "timed-out"),
        ("second", "not-accepted"),
    ]


GRACE = replace(LIMITS, boot_grace_s=1.0)


def test_a_command_waits_for_the_answer_to_the_boot() -> None:
    station = Conversation(limits=GRACE)
    station.calls("BootNotification", "boot")
    station.stored()

    assert station.commands(dispatch(command=START)) == []
    assert sent(station.decides("boot", boot="Accepted"))[1][2] == "RequestStartTransaction"


def test_a_command_that_waited_is_refused_where_the_boot_is() -> None:
    station = Conversation(limits=GRACE)
    station.calls("BootNotification", "boot")
    station.commands(dispatch(command=START))
    station.stored()

    effects = station.decides("boot", boot="Rejected")

    assert len(sent(effects)) == 1
    assert [report.result for report in reports(effects)] == ["not-accepted"]


def test_a_command_does_not_wait_for_ever_for_the_answer_to_a_boot() -> None:
    station = Conversation(limits=GRACE)
    station.calls("BootNotification", "boot")
    station.stored()
    station.commands(dispatch(command=TRIGGER))

    assert [frame[0] for frame in sent(station.passes(LIMITS.decision_s))] == [3, 2]


def test_a_station_that_has_not_spoken_may_be_about_to_boot() -> None:
    station = Conversation(limits=GRACE)

    assert station.commands(dispatch()) == []
    assert sent(station.passes(0.9)) == []
    assert sent(station.passes(0.1))[0][2] == "Reset"


def test_a_station_that_speaks_of_something_else_is_not_about_to_boot() -> None:
    station = Conversation(limits=GRACE)
    station.commands(dispatch())

    assert [frame[0] for frame in sent(station.calls("Heartbeat"))] == [3, 2]


def test_two_boots_on_one_connection_are_each_answered() -> None:
    station = Conversation()
    station.calls("BootNotification", "b1")
    station.calls("BootNotification", "b2")

    assert sent(station.decides("b2", boot="Accepted"))[0][1] == "b2"
    assert sent(station.decides("b1", boot="Accepted"))[0][1] == "b1"


# -- the connection ---------------------------------------------------------------------------------------------------


def test_a_connection_tells_where_its_station_is_from_its_first_moment() -> None:
    session = Conversation().session

    connected, located = published(session.on_opened(Conversation().now))

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

    assert session.on_superseded(0, Conversation().now) == [Close(1001, "the station has a newer connection")]


def test_a_connection_that_others_fought_for_tells_how_many_were_held_off() -> None:
    (close,) = Conversation().session.on_superseded(3, Conversation().now)

    assert isinstance(close, Close)
    assert "3 were held off" in close.reason


def test_a_sign_of_life_is_told_at_most_once_in_its_interval() -> None:
    station = Conversation()

    def signs(effects: list[Effect]) -> int:
        return sum(isinstance(effect, Seen) for effect in effects)

    assert signs(station.calls("Heartbeat")) == 0
    station.at_s = LIMITS.seen_interval_s
    assert signs(station.calls("Heartbeat")) == 1
    assert signs(station.calls("Heartbeat")) == 0


def test_an_answer_to_a_ping_is_a_sign_of_life_where_it_is_taken_for_one_at_most_once_in_its_interval() -> None:
    station = Conversation()
    early = station.session.on_pong(station.now)
    station.at_s = LIMITS.seen_interval_s

    assert early == []
    assert [type(effect) for effect in station.session.on_pong(station.now)] == [Seen]
    assert station.session.on_pong(station.now) == []


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
    publish = Conversation().calls("StatusNotification")[0]

    assert isinstance(publish, Publish)
    assert publish.waiting is not None
