"""Ids of records: the same message twice is two facts, even from a station that gives every CALL the same message id."""

import datetime as dt

from gateway.ocpp.rows import Context, Received
from gateway.ocpp.translate import receive

AT = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
STATUS = b'{"connectorId":1,"errorCode":"NoError","status":"Available"}'


def record_id(received_at: dt.datetime) -> str:
    context = Context(station="A", gateway="gw-0", epoch=1, received_at=received_at)
    received = receive("1.6", "StatusNotification", "1", STATUS, context)
    assert isinstance(received, Received)
    return received.records[0].id  # type: ignore[attr-defined,no-any-return]


def test_two_calls_with_the_same_message_id_are_two_records() -> None:
    assert record_id(AT) != record_id(AT + dt.timedelta(microseconds=1))


def test_one_call_translated_twice_is_one_record() -> None:
    assert record_id(AT) == record_id(AT)
