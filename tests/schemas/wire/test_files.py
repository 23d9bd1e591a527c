"""The schemas that ship."""

import pytest

from schemas.wire.files import actions, schema


def test_every_version_has_its_own_actions() -> None:
    assert "StartTransaction" in actions("1.6", "request")
    assert "TransactionEvent" in actions("2.0.1", "response")
    assert "NotifyPeriodicEventStream" in actions("2.1", "request")
    assert "NotifyPeriodicEventStream" not in actions("2.1", "response")


def test_an_action_that_a_version_does_not_have_has_no_schema() -> None:
    assert schema("1.6", "Heartbeat", "request")["type"] == "object"
    with pytest.raises(KeyError):
        schema("2.0.1", "StartTransaction", "request")
