"""Security events of every version become one record, with their criticality, and are counted by type."""

import datetime as dt

import msgspec
import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import Context
from gateway.ocpp.security import labels
from schemas.codec import Decoder, encode
from schemas.security import SECURITY, SecurityEventReported

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
EARLIER = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
CONTEXT = Context(station="CS", gateway="gw", epoch=1, received_at=NOON)
VERSIONS = ("1.6", "2.0.1", "2.1")


def received(version, **payload):
    body = {"timestamp": "2026-06-01T09:00:00Z"} | payload
    found = translate.receive(version, "SecurityEventNotification", "m1", msgspec.json.encode(body), CONTEXT)
    assert isinstance(found, translate.Received)
    return found


@pytest.mark.usecase("A04", "1.6:A04", "A04.FR.03")
@pytest.mark.parametrize("version", VERSIONS)
def test_an_event_is_kept_with_its_time_and_answered_with_nothing(version):
    found = received(version, type="TamperDetectionActivated", techInfo="cover 2")

    (event,) = found.records
    assert event == SecurityEventReported(
        id=event.id,
        station="CS",
        type="TamperDetectionActivated",
        critical=True,
        tech_info="cover 2",
        at=EARLIER,
        received_at=NOON,
    )
    assert found.result == b"{}"
    assert Decoder(SECURITY).decode(encode(event)) == event


@pytest.mark.parametrize(
    ("version", "word", "type_", "counted"),
    [
        ("1.6", "InvalidCentralSystemCertificate", "InvalidCsmsCertificate", ("InvalidCsmsCertificate", "no")),
        ("2.1", "InvalidCsmsCertificate", "InvalidCsmsCertificate", ("InvalidCsmsCertificate", "yes")),
        ("2.1", "DoorOpened", "DoorOpened", ("other", "unknown")),
    ],
)
def test_a_type_is_counted_by_its_word_in_2x_and_one_of_no_list_as_other(version, word, type_, counted):
    found = received(version, type=word)

    (event,) = found.records
    assert event.type == type_
    assert found.security_event == labels(event) == counted


def test_passwords_in_the_makers_text_are_hidden():
    (event,) = received("2.1", type="MaintenanceLoginFailed", techInfo="password=hunter2hunter2 from 10.0.0.7").records

    assert "hunter2" not in event.tech_info


def test_an_event_that_breaks_the_schema_is_read_all_the_same():
    found = received("2.0.1", type="ResetOrReboot", techInfo="x" * 300, floor=2)

    event = found.records[0]
    assert (event.type, event.tech_info) == ("ResetOrReboot", "x" * 300)
    assert found.security_event == ("ResetOrReboot", "yes")
    assert event.further
