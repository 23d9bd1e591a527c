"""Commanding: the commands that a service gives a station by itself, one at a time, each once the last one has its outcome. PURE.

Such a state knows `station`, `failures` in a row, why (`why`) and until when (`not_before`) nothing is sent, and whether the service has
`stopped` for good.
"""

from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from schemas.base import derived_id
from schemas.commands import Command, CommandRequested, CommandSettled

S = TypeVar("S", bound=msgspec.Struct)

TIMEOUT_S = 60.0
"""How long a station may take to answer: some write what they are sent slowly."""

OUTCOME_WITHIN = timedelta(minutes=5)
"""A command without an outcome by then has been lost on its way (see "A command leaves after its queue is saved")."""

PAUSE = timedelta(minutes=1)
"""The wait after a failure; twice as long after each further one."""

FAILURES_MOST = 3
"""So often in a row a station may refuse what it is sent, or not have what it accepted; then nothing is sent until somebody asks."""

NO_ANSWER = frozenset({"timed_out", "disconnected", "expired", "cancelled"})
"""Outcomes in which the station has said nothing."""


def command_id(service: str, station: str, number: int) -> str:
    """The id of the command of this number from a service to a station."""
    return derived_id(station, service, number)


def own_command(
    id_: str,
    station: str,
    command: Command,
    at: datetime,
    *,
    by: str,
    priority: int = 5,
    timeout_s: float = TIMEOUT_S,
    within: timedelta = OUTCOME_WITHIN - timedelta(seconds=2 * TIMEOUT_S),
) -> CommandRequested:
    """A command that a service gives by itself: for a station that is there, and of no use later."""
    return CommandRequested(
        id=id_,
        station=station,
        command=command,
        requested_at=at,
        expires_at=at + within,
        priority=priority,
        when_offline="fail",
        timeout_s=timeout_s,
        requested_by=by,
    )


def pause(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    return PAUSE * (1 << (failures - 1))


def failed(state: S, why: str, at: datetime) -> S:
    """The state after one more failure, of which the last one stops the service."""
    failures = getattr(state, "failures", 0) + 1
    stopped = {"stopped": "refused"} if failures >= FAILURES_MOST else {}
    return replace(state, failures=failures, why=why, not_before=at + pause(failures), **stopped)


def said_in(outcome: CommandSettled, otherwise: str) -> str:
    """What was said of a command, by the station or by whoever settled it."""
    return outcome.detail or outcome.error_code or otherwise


def no_answer(outcome: CommandSettled) -> str:
    """That a station did not answer, as a sentence."""
    return f"The station did not answer: {outcome.outcome.replace('_', ' ')}."
