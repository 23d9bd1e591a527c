"""Display messages: one command for 2.0.1 and 2.1, and what 2.x stations report of them (O01 to O06)."""

import datetime as dt
from typing import Any

import msgspec
import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import Context, OutboundCall, Unsupported
from schemas.codec import Decoder, encode
from schemas.displays import (
    DISPLAYS,
    ClearDisplayMessage,
    DisplayContent,
    DisplayMessagesReported,
    GetDisplayMessages,
    SetDisplayMessage,
    message_id_of,
)
from schemas.reports import request_id_of

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
CONTEXT = Context(station="CS", gateway="gw", epoch=1, received_at=NOON)
V2X = ("2.0.1", "2.1")


def sent(version: Any, command: Any) -> Any:
    call = translate.to_call(version, command, "c1")
    assert isinstance(call, OutboundCall), call
    return call.action, msgspec.json.decode(call.payload)


@pytest.mark.parametrize("version", V2X)
def test_a_message_has_a_number_derived_from_its_command(version: str) -> None:
    action, payload = sent(version, SetDisplayMessage(text="Hello", ends_at=NOON, transaction_id="tx-1"))

    assert action == "SetDisplayMessage"
    assert payload["message"] == {
        "id": message_id_of("c1"),
        "priority": "NormalCycle",
        "endDateTime": "2026-06-01T12:00:00.000Z",
        "transactionId": "tx-1",
        "message": {"format": "UTF8", "content": "Hello"},
    }


def test_one_that_replaces_another_has_its_number() -> None:
    assert sent("2.1", SetDisplayMessage(text="x", message_id=0))[1]["message"]["id"] == 0


def test_21_shows_codes_in_other_states_and_in_other_languages() -> None:
    command = SetDisplayMessage(
        text="https://pay.example",
        format="QRCODE",
        state="Discharging",
        language="en",
        translations=(DisplayContent(text="Zahlen", language="de"),),
        evse=2,
    )
    message = sent("2.1", command)[1]["message"]

    assert (message["message"]["format"], message["state"]) == ("QRCODE", "Discharging")
    assert message["messageExtra"] == [{"format": "UTF8", "language": "de", "content": "Zahlen"}]
    assert message["display"] == {"evse": {"id": 2}, "name": "Display"}


@pytest.mark.parametrize(
    "command",
    [
        SetDisplayMessage(text="x", format="QRCODE"),
        SetDisplayMessage(text="x", state="Suspended"),
        SetDisplayMessage(text="x", translations=(DisplayContent(text="y"),)),
        SetDisplayMessage(text="x" * 513),
    ],
)
def test_what_201_cannot_show_is_not_sent(command: SetDisplayMessage) -> None:
    assert isinstance(translate.to_call("2.0.1", command, "c1"), Unsupported)


@pytest.mark.parametrize(
    "command", [SetDisplayMessage(text="x"), GetDisplayMessages(), ClearDisplayMessage(message_id=1)]
)
def test_16_has_no_messages(command: Any) -> None:
    assert isinstance(translate.to_call("1.6", command, "c1"), Unsupported)


@pytest.mark.parametrize("version", V2X)
def test_messages_are_asked_for_by_a_request_id_and_cleared_by_number(version: str) -> None:
    assert sent(version, GetDisplayMessages()) == ("GetDisplayMessages", {"requestId": request_id_of("c1")})
    some = GetDisplayMessages(message_ids=(7,), priority="InFront", state="Idle")
    assert sent(version, some)[1] == {
        "id": [7],
        "requestId": request_id_of("c1"),
        "priority": "InFront",
        "state": "Idle",
    }
    assert sent(version, ClearDisplayMessage(message_id=7)) == ("ClearDisplayMessage", {"id": 7})


@pytest.mark.parametrize(
    "word",
    [
        "NotSupportedMessageFormat",
        "NotSupportedPriority",
        "NotSupportedState",
        "UnknownTransaction",
        "LanguageNotSupported",
    ],
)
def test_each_refusal_is_told_apart(word: str) -> None:
    answered = translate.to_outcome("2.1", SetDisplayMessage(text="x"), msgspec.json.encode({"status": word}))

    assert (answered.outcome, answered.error_description) == ("rejected", word)


@pytest.mark.parametrize("command", [GetDisplayMessages(), ClearDisplayMessage(message_id=1)])
def test_unknown_is_an_answer_and_no_refusal(command: Any) -> None:
    answered = translate.to_outcome("2.0.1", command, b'{"status":"Unknown"}')

    assert (answered.outcome, answered.error_description) == ("accepted", "Unknown")


@pytest.mark.parametrize("version", V2X)
def test_a_report_has_its_messages_and_nothing_is_lost(version: str) -> None:
    payload = {
        "requestId": 3,
        "tbc": True,
        "messageInfo": [
            {
                "id": 7,
                "priority": "InFront",
                "state": "Idle",
                "startDateTime": "2026-06-01T12:00:00Z",
                "transactionId": "tx-1",
                "message": {"format": "URI", "language": "de", "content": "https://x.example"},
                "display": {"name": "Screen", "instance": "left", "evse": {"id": 2}},
            },
            {"id": 8, "priority": "NormalCycle", "message": {"format": "ASCII", "content": "Hi"}},
        ],
    }
    received = translate.receive(version, "NotifyDisplayMessages", "m1", msgspec.json.encode(payload), CONTEXT)

    assert isinstance(received, translate.Received)
    (part,) = received.records
    assert isinstance(part, DisplayMessagesReported)
    assert (part.request_id, part.last, part.size, received.result) == (3, False, 2, b"{}")
    first = part.messages[0]
    assert (first.message_id, first.text, first.format, first.language) == (7, "https://x.example", "URI", "de")
    assert (first.starts_at, first.transaction_id, first.display, first.evse) == (NOON, "tx-1", "Screen", 2)
    assert any("instance" in place for place in part.further)


def test_a_report_without_messages_is_one() -> None:
    received = translate.receive("2.1", "NotifyDisplayMessages", "m1", b'{"requestId":3}', CONTEXT)

    assert isinstance(received, translate.Received)
    (part,) = received.records
    assert isinstance(part, DisplayMessagesReported)
    assert (part.last, part.messages) == (True, ())


def test_what_a_station_reports_can_be_read_again_whatever_it_is() -> None:
    content = {"format": "UTF8", "content": "", "language": ""}
    info = {"id": 7, "priority": "InFront", "message": content, "messageExtra": [content]}
    payload = msgspec.json.encode({"requestId": 3, "messageInfo": [info]})
    received = translate.receive("2.1", "NotifyDisplayMessages", "m1", payload, CONTEXT)

    assert isinstance(received, translate.Received)
    (part,) = received.records
    assert Decoder(DISPLAYS).decode(encode(part)) == part
