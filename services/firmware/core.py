"""Firmware, keyed by station: drives one update at a time from its order to exactly one final state.

A campaign (`services.firmware.campaigns`, keyed by campaign) gives each station its turn by `UpdateOrdered`; every change
here is told to it by `UpdateChanged`. A station that gives its turn back asks for another by becoming `ready`, so that
nothing is ever sent that the campaign did not allow at that moment. An order names the revision that it answers (`turn`):
it is obeyed once, however often it comes.

| state | what it means | ends by |
|---|---|---|
| pending | in the list, its turn has not come | order |
| ordered | the campaign has given it its turn | the order's arrival here |
| offline | had its turn, is not connected | connection -> ready |
| busy | had its turn, a session runs (`busy=wait`) | end of its sessions -> ready |
| backing-off | an attempt failed, another will be made | time -> ready |
| ready | waits for another turn | order |
| sent | the command is asked for | its outcome |
| unanswered | nobody knows whether the station has the command | a status or boot; time -> attempt failed (no-answer) |
| accepted, downloading, downloaded, installing | the station works | statuses; silence -> attempt failed (silent) |
| rebooting | it said Installed or InstallRebooting | its next boot; silence -> unconfirmed |
| observing | it runs the new version; a break begins the watch anew | time -> succeeded, unhealthy; another version -> wrong-version |
| succeeded | it ran the new version, connected and without new faults, all through the watch | |
| unhealthy | it runs the new version, but was offline or had new faults at the end of the watch, or up to its deadline again and again | |
| already-current | it ran that version before anything was sent | |
| skipped-busy | a session ran (`busy=skip`) | |
| rejected, no-answer, download-failed, installation-failed, verification-failed, silent | so the last attempt failed | |
| unsupported, invalid-certificate, invalid-signature, unconfirmed, wrong-version | so an attempt failed that no other can mend | |
| unreachable, stayed-busy, out-of-time | at the deadline it was offline, busy, or waited for a turn | |
| conflicting | another campaign's update was under way when its turn came | |
| cancelled | the campaign was, before anything reached the station | |

Success is judged by the version that the station boots with, whatever it said or did not say before. No version of OCPP has a
message that only takes an update back (a 2.x station gives one up for another UpdateFirmware, and answers AcceptedCanceled):
what a station works on when its campaign is cancelled runs to its own end, without another attempt. A second attempt while a
station still works on the first is therefore harmless in 2.x: the first ends, and its statuses bear another request id.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from schemas.base import Due, Poison, Record
from schemas.commands import CommandSettled
from schemas.facts import FactReported
from schemas.firmware import (
    AT_WORK,
    FirmwareStatusReported,
    StationFirmware,
    StationUpdate,
    UpdateExtended,
    UpdateOrdered,
    UpdateWithdrawn,
)
from schemas.stations import StationChanged
from schemas.transactions import SessionChanged
from services.firmware.attempts import attempted, ended_at_deadline, failed, recalled
from services.firmware.statuses import PROGRESS, REFUSED, SAID, SAID_FAILED
from services.firmware.updates import S, Step, enrolled, moved, withdrawn, without_update
from services.firmware.watching import judged, observed, watched

SESSIONS_REMEMBERED: Final = 64
"""Running sessions remembered for one station."""

CLOCKS_DIFFER: Final = timedelta(seconds=5)
"""Machines' clocks agree so far: a status is not of an earlier attempt for being that much older than the command."""

PUNCTUAL: Final = timedelta(seconds=5)
"""A Due that comes later than this tells that we were away, so that news of the station may be waiting still."""

CATCH_UP: Final = timedelta(seconds=30)
"""How long such news is read before a station is called silent, or well: else one that works would be told again."""


def initial(key: str) -> StationFirmware:
    """A station that nothing is known of."""
    return StationFirmware(station=key)


def due(state: StationFirmware) -> datetime | None:
    """When the update's state, or all its time, ends by itself."""
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
            return _station_changed(state, record)
        case SessionChanged():
            return _looked(_session_changed(state, record), record.changed_at)
        case UpdateOrdered():
            return _ordered(state, record)
        case CommandSettled():
            return _settled(state, record)
        case FirmwareStatusReported():
            return _status(state, record)
        case UpdateWithdrawn():
            return withdrawn(state, record)
        case UpdateExtended():
            return _extended(state, record), []
        case Due():
            return _elapsed(state, max(record.at, record.sent_at or record.at))
        case FactReported():
            return state, []  # of local controllers: kept in the history only
    raise Poison(f"firmware has no use for a {type(record).__name__}")


# -- what is known of the station -------------------------------------------------------------------------------------


def _station_changed(state: StationFirmware, now: StationChanged) -> Step:
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
    state = watched(state, now.changed_at)
    return _booted(state, now) if booted else _looked(state, now.changed_at)


def _session_changed(state: StationFirmware, session: SessionChanged) -> StationFirmware:
    others = tuple(one for one in state.sessions if one != session.session)
    running = (*others, session.session) if session.status == "active" else others
    return replace(state, sessions=running[-SESSIONS_REMEMBERED:])


def _looked(state: StationFirmware, at: datetime) -> Step:
    """Whether what is known of the station moves its update on."""
    update = state.update
    if update is None or update.state is S.OBSERVING:
        return state, []
    if state.version == update.firmware.version:
        return observed(state, at) if update.attempt else moved(state, S.ALREADY_CURRENT, at)
    if update.state is S.OFFLINE and state.connected:
        return moved(state, S.READY, at)
    if update.state is S.BUSY and not state.sessions:
        return moved(state, S.READY, at)
    return state, []


def _booted(state: StationFirmware, now: StationChanged) -> Step:
    update = state.update
    at = now.changed_at
    if update is None or state.version == update.firmware.version:
        return _looked(state, at)
    if update.state is S.OBSERVING:
        return moved(state, S.WRONG_VERSION, at, f"it went back to {state.version or 'an unnamed version'}")
    rolled_back = update.state is S.REBOOTING
    if update.state in AT_WORK and (rolled_back or state.version != update.from_version):
        return failed(state, S.WRONG_VERSION, at, f"it runs {state.version or 'an unnamed version'} after the update")
    return _looked(state, at)


# -- turns ------------------------------------------------------------------------------------------------------------


def _ordered(state: StationFirmware, order: UpdateOrdered) -> Step:
    """It is the station's turn, unless the order was obeyed before."""
    at = order.ordered_at
    update = state.update
    if update is not None and update.campaign == order.campaign:
        if update.state is not S.READY or update.revision != order.turn:
            return state, []
    else:
        known = next((past for past in state.past if past.campaign == order.campaign), None)
        if known is not None and known.revision != order.turn:
            return state, []
        if update is not None:
            return without_update(state, order, S.CONFLICTING, at)
        state = enrolled(state, order, known)
    return _turn(state, order, at)


def _turn(state: StationFirmware, order: UpdateOrdered, at: datetime) -> Step:
    update = state.update
    assert update is not None
    if state.version == update.firmware.version:
        return observed(state, at) if update.attempt else moved(state, S.ALREADY_CURRENT, at)
    if at >= update.deadline:
        return ended_at_deadline(state, at)
    if not state.connected:
        return moved(state, S.OFFLINE, at)
    if state.sessions and update.policy.busy != "interrupt":
        return moved(state, S.SKIPPED_BUSY if update.policy.busy == "skip" else S.BUSY, at)
    return attempted(state, order, at)


def _extended(state: StationFirmware, order: UpdateExtended) -> StationFirmware:
    update = state.update
    if update is None or update.campaign != order.campaign:
        return state
    policy = replace(update.policy, deadline_s=order.deadline_s)
    deadline = update.ordered_at + timedelta(seconds=order.deadline_s)
    return replace(state, update=replace(update, policy=policy, deadline=deadline))


# -- an attempt -------------------------------------------------------------------------------------------------------


def _settled(  # noqa: PLR0911 a flat match over the outcomes
    state: StationFirmware, settled: CommandSettled
) -> Step:
    state = recalled(state, settled)
    update, at = state.update, settled.settled_at
    if update is None or settled.command_id != update.command_id or update.state is not S.SENT:
        return state, []
    match settled.outcome:
        case "accepted":
            return moved(state, S.ACCEPTED, at, wake_at=_quiet_until(update, at))
        case "cancelled":
            return moved(state, S.CANCELLED, at)
        case "expired":  # nothing was sent: no attempt is lost by it
            state = replace(state, update=replace(update, attempts_until=update.attempts_until + 1))
            return moved(state, S.CANCELLED if update.withdrawn else S.READY, at, "it could not be sent in time")
        case "unsupported":
            return failed(state, S.UNSUPPORTED, at, settled.detail or settled.error_code)
        case "rejected":
            return failed(state, REFUSED.get(settled.detail, S.REJECTED), at, settled.detail or settled.error_code)
        case "timed_out" | "disconnected":
            until = at + timedelta(seconds=update.policy.backoff_s)
            return moved(state, S.UNANSWERED, at, settled.detail, wake_at=until)


def _status(state: StationFirmware, report: FirmwareStatusReported) -> Step:
    update, at = state.update, report.received_at
    if update is None or update.state not in AT_WORK or update.sent_at is None or at < update.sent_at - CLOCKS_DIFFER:
        return state, []
    if report.request_id is not None and report.request_id != update.request_id:
        return state, []  # of an older attempt, or of somebody else's update
    if report.status in SAID_FAILED:
        return failed(state, SAID_FAILED[report.status], at, report.detail)
    said = SAID.get(report.status)
    if said is None:
        return state, []
    heard = replace(update, wake_at=_quiet_until(update, at), listens_until=None)
    if PROGRESS[said] <= PROGRESS[update.state]:
        return replace(state, update=heard), []
    return moved(replace(state, update=heard), said, at, report.detail, wake_at=heard.wake_at)


def _quiet_until(update: StationUpdate, at: datetime) -> datetime:
    """Until when the station may be silent; the wait for a time of installation does not count."""
    return max(at, update.policy.install_at or at) + timedelta(seconds=update.policy.quiet_s)


# -- time -------------------------------------------------------------------------------------------------------------


def _elapsed(  # noqa: PLR0911 a flat match over the states
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
        return judged(state, at) if ripe else (state, [])
    if at >= update.deadline:
        return ended_at_deadline(state, at)
    if not ripe:
        return state, []
    match update.state:
        case S.BACKING_OFF:
            return moved(state, S.READY if state.connected else S.OFFLINE, at)
        case S.SENT | S.UNANSWERED:
            return failed(state, S.NO_ANSWER, at)
        case S.REBOOTING:
            return failed(state, S.UNCONFIRMED, at, "it never booted with the new version")
    return failed(state, S.SILENT, at)


def _was_away(state: StationFirmware, at: datetime) -> bool:
    """Whether the moment that ends a state by itself has passed unseen, so that it is to be judged a little later."""
    update, moment = state.update, due(state)
    if update is None or moment is None or update.listens_until is not None:
        return False
    return (update.state in AT_WORK or update.state is S.OBSERVING) and at - moment > PUNCTUAL
