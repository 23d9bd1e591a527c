"""A decoder's error becomes a violation: fault, member, sentence."""

import pytest

from schemas.wire import decode, decoder
from schemas.wire.explain import LONGEST_DESCRIPTION, explain
from schemas.wire.faults import Fault, Violation


def violation(payload: bytes) -> Violation:
    found = decode(decoder("1.6", "StartTransaction", "request"), payload)
    assert isinstance(found, Violation)
    return found


@pytest.mark.parametrize(
    ("payload", "fault", "path"),
    [
        (b"{", Fault.FORMAT, ""),
        (b"[]", Fault.FORMAT, ""),
        (b'{"idTag":"A","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}', Fault.OCCURRENCE, "connectorId"),
        (
            b'{"connectorId":"1","idTag":"A","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}',
            Fault.TYPE,
            "connectorId",
        ),
        (
            b'{"connectorId":1,"idTag":"AAAAAAAAAAAAAAAAAAAAA","meterStart":0,"timestamp":"2026-01-01T00:00:00Z"}',
            Fault.PROPERTY,
            "idTag",
        ),
        (
            b'{"connectorId":1,"idTag":"A","meterStart":0,"timestamp":"2026-01-01T00:00:00Z","extra":1}',
            Fault.FORMAT,
            "extra",
        ),
    ],
)
def test_a_violation_names_its_fault_and_member(payload: bytes, fault: Fault, path: str) -> None:
    found = violation(payload)

    assert (found.fault, found.path) == (fault, path)
    assert path in found.description


def test_a_description_is_short_enough_for_a_callerror() -> None:
    assert len(explain(ValueError("x" * 1000)).description) == LONGEST_DESCRIPTION
