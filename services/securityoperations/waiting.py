"""Waiting: for a station that does something by itself: it uses a password, comes back with a higher profile, or stays away. PURE."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from schemas.securityoperations import MoveStation, UpgradeProfile
from schemas.states.securityoperations import RunningOperation, StationSecurity
from services.securityoperations.checks import profile_now
from services.securityoperations.sending import step_of
from services.securityoperations.steps import Step, advanced, ended

GRACE = timedelta(minutes=1)
"""A station that is back as it was has so long to leave once more: some connect with the old profile first."""

Phase = Literal["staying", "gone", "returned"]

UNCONFIRMED = "The station did not say whether it took the new password, and has not connected since: both are accepted until it uses one."
OLD_PASSWORD = "The station connected with its old password: the new one is void."
NO_RESTART = "The station did not restart in time: perhaps somebody charged all the while."


def waited(state: StationSecurity, at: datetime, *, due: bool) -> Step:
    """Look at the station while a step waits for it. `due`: the time that the step had is over."""
    running = state.running
    assert running is not None
    match step_of(running).step:
        case "use":
            return _use(state, running, at, due=due)
        case "back":
            return _back(state, running, at, due=due)
        case "away":
            return _away(state, running, at, due=due)
        case _:
            if running.old_priority:
                return advanced(state, running, "done", at)
            why = (
                "The station did not tell which network profiles it uses (OCPPCommCtrlr.NetworkConfigurationPriority)."
            )
            return ended(state, running, "rejected", why, at) if due else (state, [])


def begun(state: StationSecurity, at: datetime) -> Step:
    """Begin to wait: the station may have done already what it is waited for."""
    running = state.running
    assert running is not None
    until = max(running.queued.order.expires_at, at + GRACE)
    return waited(replace(state, running=replace(running, until=until)), at, due=False)


def _use(state: StationSecurity, running: RunningOperation, at: datetime, *, due: bool) -> Step:
    """A01: without a clear answer both passwords are accepted until the station has used one."""
    if state.connected and state.epoch > running.epoch:
        if state.credential == running.new_credential:
            return advanced(state, running, "done", at)
        if state.credential and state.credential == running.old_credential:
            return ended(state, running, "rejected", OLD_PASSWORD, at)
    return ended(state, running, "unconfirmed", UNCONFIRMED, at) if due else (state, [])


def _phase(state: StationSecurity, running: RunningOperation) -> Phase:
    """What the station has done since it was told to leave."""
    if not state.connected:
        return "gone"
    restarts = any(each.step == "reset" and each.status in ("done", "unanswered") for each in running.steps)
    told_at = running.told_at
    restarted = told_at is not None and state.booted_at is not None and state.booted_at > told_at
    return "returned" if state.epoch > running.epoch and (restarted or not restarts) else "staying"


def _entered(state: StationSecurity, running: RunningOperation, at: datetime, times: dict[Phase, timedelta]) -> Step:
    """The state once the station does something else: the time of that begins."""
    phase = _phase(state, running)
    order = running.queued.order
    until = at + times[phase] if phase in times else max(order.expires_at, at + GRACE)
    return replace(state, running=replace(running, phase=phase, until=until)), []


def _back(state: StationSecurity, running: RunningOperation, at: datetime, *, due: bool) -> Step:
    """A05: the station comes back with the new profile, falls back to the old one, or does not come."""
    order = running.queued.order
    assert isinstance(order.operation, UpgradeProfile)
    phase, now = _phase(state, running), profile_now(state)
    back = state.connected and state.epoch > running.epoch
    if back and now is not None and now >= order.operation.security_profile:
        return advanced(state, running, "done", at)
    if phase != running.phase:
        return _entered(state, running, at, {"gone": timedelta(seconds=order.back_within_s), "returned": GRACE})
    if not due:
        return state, []
    match phase:
        case "gone":
            why = f"The station has been away for {order.back_within_s} s: see to it."
            return ended(state, running, "missing", why, at)
        case "returned":
            shown = "a profile that nobody can tell" if now is None else f"security profile {now}"
            return ended(state, running, "fell-back", f"The station came back with {shown}.", at)
    return ended(state, running, "failed", NO_RESTART, at)


def _away(state: StationSecurity, running: RunningOperation, at: datetime, *, due: bool) -> Step:
    """B10: the station leaves for the other CSMS, or comes back to this one because it did not reach that."""
    order = running.queued.order
    assert isinstance(order.operation, MoveStation)
    phase = _phase(state, running)
    if phase != running.phase:
        return _entered(state, running, at, {"gone": timedelta(seconds=order.back_within_s), "returned": GRACE})
    if not due:
        return state, []
    match phase:
        case "gone":
            return advanced(state, running, "done", at)
        case "returned":
            return ended(state, running, "fell-back", "The station came back: it did not reach the other CSMS.", at)
    return ended(state, running, "failed", NO_RESTART, at)
