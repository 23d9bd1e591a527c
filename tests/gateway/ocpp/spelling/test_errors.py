"""Each version spells a fault in its own way."""

import pytest

from gateway.ocpp.spelling.errors import LONGEST_DESCRIPTION, refusal, unknown_type, unreadable_id
from schemas.base import OcppVersion
from schemas.wire import Fault


@pytest.mark.parametrize(
    ("version", "fault", "code"),
    [
        ("1.6", Fault.OCCURRENCE, "OccurenceConstraintViolation"),
        ("2.0.1", Fault.OCCURRENCE, "OccurrenceConstraintViolation"),
        ("1.6", Fault.FORMAT, "FormationViolation"),
        ("2.1", Fault.FORMAT, "FormatViolation"),
        ("2.1", Fault.SECURITY, "SecurityError"),
    ],
)
def test_a_fault_has_the_code_of_its_version(version: OcppVersion, fault: Fault, code: str) -> None:
    assert refusal(version, fault, "why").code == code


def test_a_description_is_cut_at_what_a_callerror_holds() -> None:
    assert len(refusal("2.1", Fault.GENERIC, "x" * 1000).description) == LONGEST_DESCRIPTION


def test_an_unknown_message_type_is_ignored_in_16_and_refused_since() -> None:
    assert unknown_type("1.6", "type 9") is None
    answer = unknown_type("2.0.1", "type 9")
    assert answer is not None
    assert answer.code == "MessageTypeNotSupported"


def test_an_unreadable_message_id_has_a_placeholder_since_20() -> None:
    assert (unreadable_id("1.6"), unreadable_id("2.0.1"), unreadable_id("2.1")) == (None, "-1", "-1")
