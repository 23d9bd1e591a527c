"""Attempts: one command each, what becomes of one that fails, and what a station is called whose time is over."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.commands import CommandRequested, CommandSettled
from schemas.firmware import AT_WORK, StationFirmware, StationUpdate, UpdateFirmware, UpdateOrdered, UpdateState
from services.firmware.updates import S, Step, moved

SEND_WITHIN: Final = timedelta(minutes=5)
"""A command that has not left for its station by then is given back, and the station asks for another turn."""

ANSWER_WITHIN_S: Final = 60.0
"""How long the station may take to answer the command."""

OUTCOME_WITHIN: Final = timedelta(minutes=10)
"""Every command has its outcome by then."""

MENDABLE: Final = frozenset(
    {S.REJECTED, S.NO_ANSWER, S.DOWNLOAD_FAILED, S.INSTALLATION_FAILED, S.VERIFICATION_FAILED, S.SILENT}
)
"""Failures of an attempt that another may mend."""

LONGEST_BACKOFF: Final = timedelta(days=1)


def attempted(state: StationFirmware, order: UpdateOrdered, at: datetime) -> Step:
    """Ask for the command. Its ids come from campaign, station and attempt: a repeat is the same command."""
    assert state.update is not None
    update = _next_attempt(state, state.update, at)
    until = min(moment for moment in (order.send_until, update.deadline, at + SEND_WITHIN) if moment is not None)
    state, said = moved(replace(state, update=update), S.SENT, at, wake_at=until + OUTCOME_WITHIN)
    return state, [_command(state.station, update, at, until), *said]


def recalled(state: StationFirmware, settled: CommandSettled) -> StationFirmware:
    """The station with the attempt whose command had left before a crash, where its memory was lost and its outcome tells."""
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


def failed(state: StationFirmware, failure: UpdateState, at: datetime, detail: str = "") -> Step:
    """An attempt has failed: another later, where one can mend it and is allowed, or the end."""
    update = state.update
    assert update is not None
    later = at + _backoff(update)
    last = update.attempt >= update.attempts_until or later >= update.deadline
    if failure not in MENDABLE or last or update.withdrawn:
        return moved(state, failure, at, detail)
    state = replace(state, update=replace(update, failure=failure, failure_detail=detail))
    return moved(state, S.BACKING_OFF, at, f"{failure}: {detail}" if detail else str(failure), wake_at=later)


def _backoff(update: StationUpdate) -> timedelta:
    """It doubles with every attempt of the round."""
    before = update.policy.attempts - (update.attempts_until - update.attempt) - 1
    return min(timedelta(seconds=update.policy.backoff_s * 2 ** max(0, before)), LONGEST_BACKOFF)


def ended_at_deadline(state: StationFirmware, at: datetime) -> Step:
    """The station's time is over: what it is called says why."""
    update = state.update
    assert update is not None
    match update.state:
        case S.SENT | S.UNANSWERED:
            return moved(state, S.NO_ANSWER, at)
        case S.ACCEPTED | S.DOWNLOADING | S.DOWNLOADED | S.INSTALLING:
            return moved(state, S.SILENT, at, f"{update.state} at the deadline")
        case S.REBOOTING:
            return moved(state, S.UNCONFIRMED, at, "it never booted with the new version")
    if update.failure is not None:
        return moved(state, update.failure, at, update.failure_detail)
    ending = {S.OFFLINE: S.UNREACHABLE, S.BUSY: S.STAYED_BUSY}.get(update.state, S.OUT_OF_TIME)
    return moved(state, ending, at)
