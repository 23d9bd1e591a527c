"""Firmware, keyed by station: drives one update at a time from its order to exactly one final state.

A campaign (`services.firmware.campaigns`, keyed by campaign) gives each station its turn by `UpdateOrdered`; every change
here is published as `UpdateChanged`. A station that gives its turn back becomes `ready` for another, so that nothing is sent
that the campaign does not allow at that moment. An order names the revision of the update it is for (`turn`): it is followed
once, however often it arrives.

| state | what it means | ends by |
|---|---|---|
| pending | in the list, its turn has not come | order |
| ordered | the campaign has given it its turn | the order's arrival here |
| offline | had its turn, is not connected | connection -> ready |
| busy | had its turn, a session runs (`busy=wait`) | end of its sessions -> ready |
| backing-off | an attempt failed, another will be made | time -> ready |
| ready | waits for another turn | order |
| sent | the command was requested | its outcome |
| unanswered | it is unknown whether the station has the command | a status or boot; time -> attempt failed (no-answer) |
| accepted, downloading, downloaded, installing | the station works | statuses; silence -> attempt failed (silent) |
| rebooting | it reported Installed or InstallRebooting | its next boot; silence -> unconfirmed |
| observing | it runs the new version; interruptions restart the watch | time -> succeeded, unhealthy; another version -> wrong-version |
| succeeded | it ran the new version, connected and without new faults, throughout the watch | |
| unhealthy | it runs the new version, but was offline or had new faults at the end of the watch, or repeatedly up to its deadline | |
| already-current | it ran that version before anything was sent | |
| skipped-busy | a session ran (`busy=skip`) | |
| rejected, no-answer, download-failed, installation-failed, verification-failed, silent | the last attempt failed for this reason | |
| unsupported, invalid-certificate, invalid-signature, unconfirmed, wrong-version | an attempt failed for this reason; no other can help | |
| unreachable, stayed-busy, out-of-time | at the deadline it was offline, busy, or waited for a turn | |
| conflicting | another campaign's update was under way when its turn came | |
| cancelled | the campaign was cancelled before anything reached the station | |

Success is decided by the version that the station boots with, whatever its statuses were. OCPP has no message that only cancels an
update (a 2.x station drops one for another UpdateFirmware, and answers AcceptedCanceled): an update that a station works on when
its campaign is cancelled continues to its own end, without another attempt. A second attempt while a station still works on the
first is therefore harmless in 2.x: the first ends, and its statuses have another request id.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from schemas.base import Due, Poison, Record
from schemas.commands import CommandSettled
from schemas.facts import FactReported
from schemas.firmware import AT_WORK, FirmwareStatusReported, UpdateExtended, UpdateOrdered, UpdateWithdrawn
from schemas.lateness import missed
from schemas.states.firmware import StationFirmware, StationUpdate
from schemas.stations import StationChanged
from schemas.transactions import SessionChanged
from services.firmware.attempts import end_at_deadline, fail_attempt, restore_attempt, start_attempt
from services.firmware.statuses import FAILURE_OF_REFUSAL, FAILURE_OF_STATUS, PROGRESS, STATE_OF_STATUS
from services.firmware.updates import S, Step, end_without_update, enroll, move_to, withdraw
from services.firmware.watching import end_watch, start_watch, update_watch

SESSIONS_REMEMBERED: Final = 64
"""Running sessions kept for one station."""

CLOCKS_DIFFER: Final = timedelta(seconds=5)
"""Tolerance between our machines' clocks: a status may be this much older than the command and still belong to it."""

CATCH_UP: Final = timedelta(seconds=30)
"""After an absence, how long the backlog is read before a station counts as silent or healthy."""


def initial(key: str) -> StationFirmware:
    """The state of a new station."""
    return StationFirmware(station=key)


def due(state: StationFirmware) -> datetime | None:
    """When the update's state times out, or its deadline."""
    update = state.update
    if update is None:
        return None
    if update.listens_until is not None:
        return update.listens_until
    if update.state is S.OBSERVING or update.wake_at is None:
        return update.wake_at or update.deadline
    return min(update.wake_at, update.deadline)


def step(state: StationFirmware, record: Record) -> Step:  # noqa: PLR0911 a flat match over the records
    """Apply one record."""
    match record:
        case StationChanged():
            return _apply_station(state, record)
        case SessionChanged():
            return _reconsider(_apply_session(state, record), record.changed_at)
        case UpdateOrdered():
            return _apply_order(state, record)
        case CommandSettled():
            return _apply_outcome(state, record)
        case FirmwareStatusReported():
            return _apply_status(state, record)
        case UpdateWithdrawn():
            return withdraw(state, record)
        case UpdateExtended():
            return _extend(state, record), []
        case Due():
            return _apply_due(state, max(record.at, record.sent_at or record.at))
        case FactReported():
            return state, []  # of local controllers: kept in the history only
    raise Poison(f"firmware has no use for a {type(record).__name__}")


# -- facts about the station ------------------------------------------------------------------------------------------


def _apply_station(state: StationFirmware, now: StationChanged) -> Step:
    if state.known_at is not None and now.changed_at < state.known_at:
        return state, []
    booted = now.booted_at is not None and (state.booted_at is None or now.booted_at > state.booted_at)
    state = replace(
        state,
        connected=now.connected,
        version=now.firmware_version.strip(),
        booted_at=now.booted_at,
        faulted=sum(connector.status == "Faulted" for connector in now.connectors),
        known_at=now.changed_at,
    )
    state = update_watch(state, now.changed_at)
    return _apply_boot(state, now) if booted else _reconsider(state, now.changed_at)


def _apply_session(state: StationFirmware, session: SessionChanged) -> StationFirmware:
    others = tuple(one for one in state.sessions if one != session.session)
    running = (*others, session.session) if session.status == "active" else others
    return replace(state, sessions=running[-SESSIONS_REMEMBERED:])


def _reconsider(state: StationFirmware, at: datetime) -> Step:
    """Advance the update where the present facts about the station allow it."""
    update = state.update
    if update is None or update.state is S.OBSERVING:
        return state, []
    if state.version == update.firmware.version:
        return start_watch(state, at) if update.attempt else move_to(state, S.ALREADY_CURRENT, at)
    if update.state is S.OFFLINE and state.connected:
        return move_to(state, S.READY, at)
    if update.state is S.BUSY and not state.sessions:
        return move_to(state, S.READY, at)
    return state, []


def _apply_boot(state: StationFirmware, now: StationChanged) -> Step:
    update = state.update
    at = now.changed_at
    if update is None or state.version == update.firmware.version:
        return _reconsider(state, at)
    if update.state is S.OBSERVING:
        return move_to(state, S.WRONG_VERSION, at, f"it went back to {state.version or 'an unnamed version'}")
    rolled_back = update.state is S.REBOOTING
    if update.state in AT_WORK and (rolled_back or state.version != update.from_version):
        return fail_attempt(
            state, S.WRONG_VERSION, at, f"it runs {state.version or 'an unnamed version'} after the update"
        )
    return _reconsider(state, at)


# -- turns ------------------------------------------------------------------------------------------------------------


def _apply_order(state: StationFirmware, order: UpdateOrdered) -> Step:
    """The station has its turn, unless the order was followed before."""
    at = order.ordered_at
    update = state.update
    if update is not None and update.campaign == order.campaign:
        if update.state is not S.READY or update.revision != order.turn:
            return state, []
    else:
        past_update = next((past for past in state.past if past.campaign == order.campaign), None)
        if past_update is not None and past_update.revision != order.turn:
            return state, []
        if update is not None:
            return end_without_update(state, order, S.CONFLICTING, at)
        state = enroll(state, order, past_update)
    return _turn(state, order, at)


def _turn(state: StationFirmware, order: UpdateOrdered, at: datetime) -> Step:
    update = state.update
    assert update is not None
    if state.version == update.firmware.version:
        return start_watch(state, at) if update.attempt else move_to(state, S.ALREADY_CURRENT, at)
    if at >= update.deadline:
        return end_at_deadline(state, at)
    if not state.connected:
        return move_to(state, S.OFFLINE, at)
    if state.sessions and update.policy.busy != "interrupt":
        return move_to(state, S.SKIPPED_BUSY if update.policy.busy == "skip" else S.BUSY, at)
    return start_attempt(state, order, at)


def _extend(state: StationFirmware, order: UpdateExtended) -> StationFirmware:
    update = state.update
    if update is None or update.campaign != order.campaign:
        return state
    policy = replace(update.policy, deadline_s=order.deadline_s)
    deadline = update.ordered_at + timedelta(seconds=order.deadline_s)
    return replace(state, update=replace(update, policy=policy, deadline=deadline))


# -- an attempt -------------------------------------------------------------------------------------------------------


def _apply_outcome(  # noqa: PLR0911 a flat match over the outcomes
    state: StationFirmware, settled: CommandSettled
) -> Step:
    state = restore_attempt(state, settled)
    update, at = state.update, settled.settled_at
    if update is None or settled.command_id != update.command_id or update.state is not S.SENT:
        return state, []
    match settled.outcome:
        case "accepted":
            return move_to(state, S.ACCEPTED, at, wake_at=_quiet_until(update, at))
        case "cancelled":
            return move_to(state, S.CANCELLED, at)
        case "expired":  # nothing was sent, so the attempt does not count
            state = replace(state, update=replace(update, attempts_until=update.attempts_until + 1))
            return move_to(state, S.CANCELLED if update.withdrawn else S.READY, at, "it could not be sent in time")
        case "unsupported":
            return fail_attempt(state, S.UNSUPPORTED, at, settled.detail or settled.error_code)
        case "rejected" | "partial":
            return fail_attempt(
                state, FAILURE_OF_REFUSAL.get(settled.detail, S.REJECTED), at, settled.detail or settled.error_code
            )
        case "timed_out" | "disconnected":
            until = at + timedelta(seconds=update.policy.backoff_s)
            return move_to(state, S.UNANSWERED, at, settled.detail, wake_at=until)


def _apply_status(state: StationFirmware, report: FirmwareStatusReported) -> Step:
    update, at = state.update, report.received_at
    if update is None or update.state not in AT_WORK or update.sent_at is None or at < update.sent_at - CLOCKS_DIFFER:
        return state, []
    if report.request_id is not None and report.request_id != update.request_id:
        return state, []  # of an older attempt, or of an update from elsewhere
    if report.status in FAILURE_OF_STATUS:
        return fail_attempt(state, FAILURE_OF_STATUS[report.status], at, report.detail)
    reported = STATE_OF_STATUS.get(report.status)
    if reported is None:
        return state, []
    awake = replace(update, wake_at=_quiet_until(update, at), listens_until=None)
    if PROGRESS[reported] <= PROGRESS[update.state]:
        return replace(state, update=awake), []
    return move_to(replace(state, update=awake), reported, at, report.detail, wake_at=awake.wake_at)


def _quiet_until(update: StationUpdate, at: datetime) -> datetime:
    """Until when the station may be silent; waiting for the time of installation does not count."""
    return max(at, update.policy.install_at or at) + timedelta(seconds=update.policy.quiet_s)


# -- time -------------------------------------------------------------------------------------------------------------


def _apply_due(  # noqa: PLR0911 a flat match over the states
    state: StationFirmware, at: datetime
) -> Step:
    update = state.update
    if update is None or at < (due(state) or at):
        return state, []
    if _was_away(state, at):
        return replace(state, update=replace(update, listens_until=at + CATCH_UP)), []
    update = replace(update, listens_until=None)
    state = replace(state, update=update)
    ripe = update.wake_at is not None and at >= update.wake_at
    if update.state is S.OBSERVING:
        return end_watch(state, at) if ripe else (state, [])
    if at >= update.deadline:
        return end_at_deadline(state, at)
    if not ripe:
        return state, []
    match update.state:
        case S.BACKING_OFF:
            return move_to(state, S.READY if state.connected else S.OFFLINE, at)
        case S.SENT | S.UNANSWERED:
            return fail_attempt(state, S.NO_ANSWER, at)
        case S.REBOOTING:
            return fail_attempt(state, S.UNCONFIRMED, at, "it never booted with the new version")
    return fail_attempt(state, S.SILENT, at)


def _was_away(state: StationFirmware, at: datetime) -> bool:
    """Whether the due time passed while the service was away, so that the state is to be decided a little later."""
    update, moment = state.update, due(state)
    if update is None or moment is None or update.listens_until is not None:
        return False
    return (update.state in AT_WORK or update.state is S.OBSERVING) and missed(moment, at)
