"""Attempts: starts an attempt by one command, handles its failure, and ends an update at its deadline."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.commands import CommandRequested, CommandSettled
from schemas.firmware import AT_WORK, UpdateFirmware, UpdateOrdered, UpdateState
from schemas.states.firmware import StationFirmware, StationUpdate
from services.firmware.updates import S, Step, move_to

SEND_WITHIN: Final = timedelta(minutes=5)
"""A command that was not sent by then expires, and the station becomes ready for another turn."""

ANSWER_WITHIN_S: Final = 60.0
"""How long the station may take to answer the command."""

OUTCOME_WITHIN: Final = timedelta(minutes=10)
"""Every command has its outcome by then."""

MENDABLE: Final = frozenset(
    {S.REJECTED, S.NO_ANSWER, S.DOWNLOAD_FAILED, S.INSTALLATION_FAILED, S.VERIFICATION_FAILED, S.SILENT}
)
"""Failures after which another attempt may succeed."""

LONGEST_BACKOFF: Final = timedelta(days=1)


def start_attempt(state: StationFirmware, order: UpdateOrdered, at: datetime) -> Step:
    """Request the command. Its id is derived from campaign, station and attempt: a repeat is the same command."""
    assert state.update is not None
    update = _next_attempt(state, state.update, at)
    until = min(moment for moment in (order.send_until, update.deadline, at + SEND_WITHIN) if moment is not None)
    state, outputs = move_to(replace(state, update=update), S.SENT, at, wake_at=until + OUTCOME_WITHIN)
    return state, [_command(state.station, update, at, until), *outputs]


def restore_attempt(state: StationFirmware, settled: CommandSettled) -> StationFirmware:
    """Restore an attempt whose command was sent before a crash but not saved, by the outcome of the command."""
    update = state.update
    if update is None or update.state in AT_WORK or update.state is S.OBSERVING:
        return state
    attempt = _next_attempt(state, update, settled.settled_at)
    if settled.command_id != attempt.command_id:
        return state
    return replace(state, update=replace(attempt, state=S.SENT))


def _next_attempt(state: StationFirmware, update: StationUpdate, at: datetime) -> StationUpdate:
    command_id = derived_id(update.campaign, state.station, "attempt", update.attempt + 1)
    return replace(
        update,
        attempt=update.attempt + 1,
        command_id=command_id,
        request_id=int(command_id[:8], 16) % (2**31 - 1) + 1,
        sent_at=at,
        from_version=state.version,
        faulted_before=state.faulted,
    )


def _command(station: str, update: StationUpdate, at: datetime, until: datetime) -> CommandRequested:
    firmware = update.firmware
    return CommandRequested(
        id=update.command_id,
        station=station,
        command=UpdateFirmware(
            location=firmware.location,
            retrieve_at=at,
            install_at=update.policy.install_at,
            request_id=update.request_id,
            signing_certificate=firmware.signing_certificate,
            signature=firmware.signature,
        ),
        requested_at=at,
        expires_at=until,
        when_offline="fail",
        timeout_s=ANSWER_WITHIN_S,
        requested_by=f"firmware campaign {update.campaign}",
    )


def fail_attempt(state: StationFirmware, failure: UpdateState, at: datetime, detail: str = "") -> Step:
    """An attempt has failed: try another later where that may help and is allowed, or end the update."""
    update = state.update
    assert update is not None
    later = at + _backoff(update)
    last = update.attempt >= update.attempts_until or later >= update.deadline
    if failure not in MENDABLE or last or update.withdrawn:
        return move_to(state, failure, at, detail)
    state = replace(state, update=replace(update, failure=failure, failure_detail=detail))
    return move_to(state, S.BACKING_OFF, at, f"{failure}: {detail}" if detail else str(failure), wake_at=later)


def _backoff(update: StationUpdate) -> timedelta:
    """The wait before the next attempt; it doubles with every attempt of the round."""
    before = update.policy.attempts - (update.attempts_until - update.attempt) - 1
    return min(timedelta(seconds=update.policy.backoff_s * 2 ** max(0, before)), LONGEST_BACKOFF)


def end_at_deadline(state: StationFirmware, at: datetime) -> Step:
    """The deadline has passed: end the update with the state that names the reason."""
    update = state.update
    assert update is not None
    match update.state:
        case S.SENT | S.UNANSWERED:
            return move_to(state, S.NO_ANSWER, at)
        case S.ACCEPTED | S.DOWNLOADING | S.DOWNLOADED | S.INSTALLING:
            return move_to(state, S.SILENT, at, f"{update.state} at the deadline")
        case S.REBOOTING:
            return move_to(state, S.UNCONFIRMED, at, "it never booted with the new version")
    if update.failure is not None:
        return move_to(state, update.failure, at, update.failure_detail)
    ending = {S.OFFLINE: S.UNREACHABLE, S.BUSY: S.STAYED_BUSY}.get(update.state, S.OUT_OF_TIME)
    return move_to(state, ending, at)
