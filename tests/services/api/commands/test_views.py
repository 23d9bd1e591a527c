"""Commands as rows: pending until they are settled, whole or by their outcome alone, and without a password."""

import msgspec
import pytest

from schemas.commands import CommandRequested, RawCall
from schemas.configuration import SetConfiguration, Setting
from schemas.stationcommands import Reset
from services.api.commands.views import (
    PENDING,
    action_of,
    arguments_of,
    command_of,
    is_over,
    requested,
)
from services.api.live.memory import Remembered
from tests.services.api.builders import STATION, an_outcome
from tests.services.fleet import NOON

REQUEST = CommandRequested(
    id="c1", station=STATION, command=Reset(), requested_at=NOON, expires_at=NOON, requested_by="ops"
)
RAW = RawCall(action="TriggerMessage", payload=msgspec.Raw(b'{"requestedMessage":"Heartbeat"}'))


def test_a_command_is_pending_until_its_outcome_is_heard() -> None:
    pending = command_of(Remembered(request=REQUEST))
    settled = command_of(Remembered(request=REQUEST, settled=an_outcome(command_id="c1", outcome="rejected")))

    assert (pending.command, pending.outcome, pending.requested_by, is_over(pending)) == (
        "Reset",
        PENDING,
        "ops",
        False,
    )
    assert (settled.command, settled.outcome, is_over(settled)) == ("Reset", "rejected", True)


def test_a_command_of_which_the_outcome_alone_is_known_has_no_request() -> None:
    view = command_of(Remembered(settled=an_outcome(command_id="c9")))

    assert (view.command_id, view.command, view.arguments, view.requested_at) == ("c9", "", None, None)
    assert view.outcome == an_outcome().outcome


def test_a_command_that_was_cancelled_says_when() -> None:
    assert command_of(Remembered(request=REQUEST, cancelled_at=NOON)).cancel_requested_at == NOON


def test_of_nothing_there_is_no_row() -> None:
    with pytest.raises(AssertionError, match="remembered for"):
        command_of(Remembered())


def test_a_raw_command_is_named_by_its_action() -> None:
    raw = requested(msgspec.structs.replace(REQUEST, command=RAW))

    assert (raw.command, action_of(raw)) == ("RawCall", "TriggerMessage")
    assert action_of(requested(REQUEST)) == "Reset"


def test_arguments_are_those_of_the_caller_with_passwords_masked() -> None:
    change = SetConfiguration(settings=(Setting(key="AuthorizationKey", value="canary-7f3a9"),))

    assert arguments_of(change) == {"settings": [{"key": "AuthorizationKey", "value": "***"}]}
    assert "command" not in arguments_of(Reset())
