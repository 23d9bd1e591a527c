"""What an operator sends, and what a station answers, crosses Kafka whole: every action of every version, whatever its members."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import asdict

from gateway.dispatches import delivery_report
from gateway.effects import Moment
from gateway.ocpp.translate import Invalid, OutboundCall, receivable, to_call, to_calls, to_outcome
from schemas.base import OcppVersion, Record
from schemas.codec import Decoder, encode
from schemas.commands import COMMANDS, DELIVERIES, CommandDispatched, CommandRequested, RawCall
from schemas.locallists import SendLocalList
from schemas.profilecommands import SetChargingProfile
from schemas.routing import route
from schemas.topic import Topic
from schemas.topics import CATALOGUE, GATEWAY
from schemas.transactions import RemoteStart
from schemas.wire import sendable
from tests.examples import examples
from tests.gateway.ocpp.building import NOW, STATION, VERSIONS, placed, received
from tests.schemas.commandvalues import KINDS, PROFILES, arguments, built, others
from tests.schemas.wire.oracle import payload

HEARD: list[tuple[OcppVersion, str]] = [
    (version, action) for version in VERSIONS for action in sorted(receivable(version))
]
ALL = {topic.name: topic for topic in CATALOGUE}
SENT: list[tuple[OcppVersion, str]] = [
    (version, action) for version in VERSIONS for action in sorted(sendable(version))
]


def over(topic: Topic, record: Record) -> Any:
    """The record as whoever reads the topic gets it."""
    return Decoder(topic).decode(encode(record))


def dispatched(version: OcppVersion, action: str, whole: Any) -> CommandDispatched:
    """A raw command on its way from the API through the queue of commands to the gateway."""
    command = RawCall(action=action, payload=Raw(json.dumps(whole).encode()))
    requested = over(
        COMMANDS,
        CommandRequested(
            id="c1", station=STATION, command=command, requested_at=NOW, requested_by="tests", expires_at=NOW
        ),
    )
    dispatch = CommandDispatched(
        id="d1",
        command_id=requested.id,
        station=STATION,
        gateway="gw-0",
        epoch=7,
        attempt=1,
        command=requested.command,
        expires_at=NOW,
        timeout_s=30.0,
    )
    assert route(dispatch).topic == "csms.gateway.gw-0"
    return over(GATEWAY, dispatch)


@settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(message=st.sampled_from(HEARD), rng=st.randoms(use_true_random=False))
def test_what_a_station_sends_is_read_from_kafka_as_it_was_recorded(message: Any, rng: Any) -> None:
    version, action = message
    whole = placed(version, action, payload(version, action, "request", rng, 0.8))

    for record in received(version, action, whole).records:
        again = over(ALL[route(record).topic], record)
        assert again == record
        assert encode(again) == encode(record)


@settings(max_examples=examples(200), deadline=None, suppress_health_check=list(HealthCheck))
@given(message=st.sampled_from(SENT), rng=st.randoms(use_true_random=False))
def test_a_command_reaches_the_station_with_every_member_that_was_given(message: Any, rng: Any) -> None:
    version, action = message
    whole = payload(version, action, "request", rng, 0.8)

    call = to_call(version, dispatched(version, action, whole).command, "c1")

    assert isinstance(call, OutboundCall), call
    assert call.action == action
    assert json.loads(call.payload) == whole


@settings(max_examples=examples(200), deadline=None, suppress_health_check=list(HealthCheck))
@given(message=st.sampled_from(SENT), rng=st.randoms(use_true_random=False))
def test_an_answer_reaches_the_operator_with_every_member_that_the_station_gave(message: Any, rng: Any) -> None:
    version, action = message
    dispatch = dispatched(version, action, payload(version, action, "request", rng, 0.2))
    whole = payload(version, action, "response", rng, 0.8)

    answer = to_outcome(version, dispatch.command, json.dumps(whole).encode())
    report = over(DELIVERIES, delivery_report(dispatch, "answered", Moment(1.0, NOW), meaning=answer))

    assert json.loads(bytes(report.response)) == whole
    assert report.outcome == answer.outcome
    assert [asdict(item) for item in report.items] == [asdict(item) for item in answer.items]


@settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(kind=st.sampled_from(KINDS), rng=st.randoms(use_true_random=False))
def test_no_member_of_a_command_can_change_without_what_the_station_gets(kind: Any, rng: Any) -> None:
    whole = arguments(kind, rng)
    command = built(kind, whole)
    if command is None or any(isinstance(wire, Invalid) for wire in wires(command)):
        return  # its parts do not fit together, which is said to whoever gives it

    for path, changed in others(kind, whole, rng):
        other = built(kind, changed)
        if other not in (None, command) and (kind, path) not in NOT_SENT:  # "10" and 10 are one amount
            assert wires(other) != wires(command), (kind, path, whole, changed)


def wires(command: Any) -> list[Any]:
    """What each version makes of a command: its CALLs, or why there are none."""
    made = [to_calls(version, command, "c1") for version in VERSIONS]
    return [
        [(part.call.action, part.call.payload) for part in each] if isinstance(each, tuple) else each for each in made
    ]


LIMITS = ("max_cost", "currency", "max_energy_wh", "max_time_s", "max_soc_percent")
NOT_SENT = {(SendLocalList, f"entries[].{member}") for member in ("status", "group", "expires_at")} | {
    (RemoteStart, f"limit.{member}") for member in LIMITS
}
"""Members that need not be sent: those of a token that is taken off the list, and limits, which are told once the session runs."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_command_is_tried_in_a_form_that_a_version_takes(kind: Any) -> None:
    """The test above proves nothing of a command of which no generated form can be sent."""
    tries = (built(kind, arguments(kind, Random(seed))) for seed in range(200))
    calls = (wire for command in tries if command is not None for wire in wires(command))

    assert any(isinstance(wire, list) for wire in calls)


@pytest.mark.parametrize(
    "profile", PROFILES, ids=lambda profile: profile["purpose"] + "-" + profile.get("kind", "Absolute")
)
def test_each_kind_of_profile_is_tried_in_a_form_that_a_version_takes(profile: Any) -> None:
    command = built(SetChargingProfile, {"evse": 1, "profile": profile})

    assert command is not None
    assert any(isinstance(wire, list) for wire in wires(command)), wires(command)
