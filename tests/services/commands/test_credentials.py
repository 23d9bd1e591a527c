"""Credentials: what is told of a command that gives a station another password to come in with."""

from typing import Any

import msgspec
import pytest

from schemas.base import Record
from schemas.commands import CredentialReported, ItemOutcome
from schemas.configuration import SetConfiguration, Setting
from tests.services.commands.records import Queue, cancelled, located, reported, requested


def asked(**changes: Any) -> Any:
    command = SetConfiguration(settings=(Setting(key=NAME, value="sealed"),))
    return requested(**{"command": command, "credential_hash": "kept"} | changes)


def told(records: list[Record]) -> list[str]:
    said = [record for record in records if isinstance(record, CredentialReported)]
    assert {record.password_hash for record in said} <= {"kept"}
    return [record.status for record in said]


def test_a_command_that_gives_a_password_is_told_of_before_it_leaves() -> None:
    assert told(Queue(asked()).said) == ["asked"]
    assert told(Queue(requested()).said) == []


ACCEPTED = msgspec.Raw(b'{"status":"Accepted"}')
REBOOT = msgspec.Raw(b'{"setVariableResult":[{"attributeStatus":"RebootRequired"}]}')
NAME = "SecurityCtrlr.BasicAuthPassword"
OTHER = ItemOutcome(name="OCPPCommCtrlr.HeartbeatInterval", status="Accepted")


def said(status: str) -> ItemOutcome:
    return ItemOutcome(name=NAME, status=status)


REFUSED = msgspec.Raw(b'{"status":"Rejected"}')


@pytest.mark.parametrize(
    ("result", "changes", "status"),
    [
        ("answered", {"outcome": "accepted", "response": ACCEPTED}, "changed"),
        ("answered", {"outcome": "accepted", "response": REBOOT, "reboot_required": True}, "unknown"),
        ("answered", {"outcome": "partial", "items": (said("Accepted"), OTHER)}, "changed"),
        ("answered", {"outcome": "partial", "items": (said("RebootRequired"), OTHER)}, "unknown"),
        ("answered", {"outcome": "partial", "items": (said("Rejected"), OTHER)}, "unchanged"),
        ("answered", {"outcome": "partial", "items": ()}, "unknown"),
        ("answered", {"outcome": "rejected", "response": REFUSED}, "unchanged"),
        ("answered", {"outcome": "unsupported", "response": REFUSED}, "unchanged"),
        (
            "answered",
            {"outcome": "rejected", "response": msgspec.Raw(b"null"), "error_code": "FormationViolation"},
            "unknown",
        ),
        ("timed-out", {}, "unknown"),
        ("disconnected", {}, "unknown"),
        ("disconnected", {"sent": True}, "unknown"),
        ("invalid", {}, "unchanged"),
        ("not-accepted", {}, "unchanged"),
        ("expired", {}, "unchanged"),
    ],
)
def test_the_outcome_says_what_became_of_the_password(result: str, changes: dict[str, Any], status: str) -> None:
    queue = Queue(located(), asked())

    assert told(queue.feed(reported(queue.last_dispatch, result, **changes))) == [status]


def test_a_command_that_never_left_changed_nothing() -> None:
    assert told(Queue(asked(), cancelled()).said) == ["asked", "unchanged"]
    assert told(Queue(asked(ttl_s=5)).until(10)) == ["unchanged"]


def test_a_station_that_is_away_and_is_not_waited_for_leaves_no_password_under_way() -> None:
    assert told(Queue(asked(when_offline="fail")).said) == ["asked", "unchanged"]


def test_it_is_told_once() -> None:
    queue = Queue(located(), asked())
    answer = reported(queue.last_dispatch)
    queue.feed(answer)

    assert told(queue.feed(answer, asked())) == []
