"""What an operator sends, and what a station answers, crosses Kafka whole: every action of every version, whatever its members."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import asdict

from gateway.dispatches import delivery_report
from gateway.effects import Moment
from gateway.ocpp.translate import OutboundCall, to_call, to_outcome
from schemas.base import OcppVersion, Record
from schemas.codec import Decoder, encode
from schemas.commands import COMMANDS, DELIVERIES, CommandDispatched, CommandRequested, RawCall
from schemas.routing import route
from schemas.topic import Topic
from schemas.topics import GATEWAY
from schemas.wire import sendable
from tests.examples import examples
from tests.gateway.ocpp.building import NOW, STATION, VERSIONS
from tests.schemas.wire.oracle import payload

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
