"""Steps: what becomes of an operation after a step: the next one, another attempt, the steps that put things back, or the end. PURE."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.commands import CommandSettled
from schemas.securityoperations import (
    REVERSIBLE,
    OperationStatus,
    OperationStep,
    RotatePassword,
    SecurityOperationEnded,
    SecurityOperationOrdered,
    StepName,
)
from schemas.states.securityoperations import RunningOperation, StationSecurity
from services.securityoperations.publishing import publish_running, publish_waiting
from services.securityoperations.sending import answered, step_of, with_step

Step = tuple[StationSecurity, list[Record]]

TRIES_MOST = 3
"""Attempts of a command that gets no answer."""
PAUSE = timedelta(minutes=1)
"""The wait after an attempt that got no answer."""
UNANSWERED: frozenset[str] = frozenset({"timed_out", "disconnected", "expired"})
LEAVES: frozenset[StepName] = frozenset({"reset", "profile"})
"""A station that disconnects instead of answering these has probably done what it was told."""
WAITS: frozenset[StepName] = frozenset({"use", "back", "away"})
"""Steps of no command: the station does something by itself."""
PRIORITY_READ_WITHIN = timedelta(minutes=1)


def settled(state: StationSecurity, outcome: CommandSettled) -> Step:
    """The state after the outcome of the command that is awaited; any other outcome changes nothing."""
    running = state.running
    if running is None or not running.command_id or running.command_id != outcome.command_id:
        return state, []
    at = outcome.settled_at
    running = with_step(running, answered(step_of(running), outcome))
    running = replace(running, command_id="", until=None)
    if outcome.outcome in UNANSWERED:
        return _unanswered(state, running, at, gone=outcome.outcome == "disconnected", left=outcome.sent is not False)
    if outcome.outcome in ("accepted", "partial"):
        return _accepted(state, running, at)
    return _refused(state, running, at)


def given_up(state: StationSecurity, at: datetime) -> Step:
    """What was sent has no outcome in time: it may have been lost on its way, or not."""
    assert state.running is not None
    step = replace(step_of(state.running), detail="The outcome of the command did not come.", at=at)
    running = replace(with_step(state.running, step), command_id="", until=None)
    return _unanswered(state, running, at, gone=False, left=True)


# -- after an answer --------------------------------------------------------------------------------------------------


def _accepted(state: StationSecurity, running: RunningOperation, at: datetime) -> Step:
    step = step_of(running)
    operation = running.queued.order.operation
    if step.step == "read":
        running = replace(running, old_priority=state.priority or "")
        if not running.old_priority:
            waits = replace(step, status="waiting")
            return replace(state, running=replace(with_step(running, waits), until=at + PRIORITY_READ_WITHIN)), []
    if step.step == "password" and step.reboot_required:
        wants_reset = not isinstance(operation, RotatePassword) or operation.reset
        running = inserted(running, "reset", "use") if wants_reset else inserted(running, "use")
    if step.step == "profile" and step.reboot_required:
        running = inserted(running, "reset")
    return advanced(state, running, "done", at)


def _refused(state: StationSecurity, running: RunningOperation, at: datetime) -> Step:
    step = step_of(running)
    if running.ending is not None:
        return advanced(state, running, "failed", at)
    running = with_step(running, replace(step, status="rejected", at=at))
    before = running.steps[: running.place]
    harmless = all(each.step in REVERSIBLE for each in before if each.status == "done")
    why = f"The station refused {_WORDS[step.step]}: {step.detail or 'it gave no reason'}."
    return ended(state, running, "rejected" if harmless else "failed", why, at)


def _unanswered(state: StationSecurity, running: RunningOperation, at: datetime, *, gone: bool, left: bool) -> Step:
    """Try again, go on as if the station had done it, or give the operation up."""
    step = step_of(running)
    if left and gone and step.step in LEAVES:
        return advanced(state, running, "unanswered", at)
    tries = running.tries + 1 if left else running.tries
    if tries < TRIES_MOST:
        running = replace(with_step(running, replace(step, status="pending", at=at)), tries=tries)
        running, record = publish_running(
            running, "running", f"The station gave no answer to {_WORDS[step.step]}.", at=at
        )
        return replace(state, running=running, not_before=at + PAUSE), [record]
    if running.ending is not None:
        return advanced(state, running, "unanswered", at)
    if step.step == "password":
        return advanced(state, inserted(running, "use"), "unanswered", at)
    running = with_step(running, replace(step, status="unanswered", at=at))
    return ended(state, running, "failed", f"The station gave no answer to {_WORDS[step.step]}.", at)


# -- going on ---------------------------------------------------------------------------------------------------------


def inserted(running: RunningOperation, *names: StepName) -> RunningOperation:
    """The operation with these steps behind the current one, without those that follow there anyhow."""
    left = {each.step for each in running.steps[running.place + 1 :]}
    new = tuple(OperationStep(step=name) for name in names if name not in left)
    place = running.place + 1
    return replace(running, steps=(*running.steps[:place], *new, *running.steps[place:]))


def advanced(
    state: StationSecurity,
    running: RunningOperation,
    status: Literal["done", "unanswered", "failed"],
    at: datetime,
) -> Step:
    """The current step has ended so: the next one, or the end of the operation."""
    running = with_step(running, replace(step_of(running), status=status, at=at))
    running = replace(running, place=running.place + 1, tries=0, command_id="", until=None, phase="")
    if running.place == len(running.steps):
        final, why = running.ending or ("done", "")
        return _over(state, running, final, why, at)
    if step_of(running).step in WAITS:
        running = with_step(running, replace(step_of(running), status="waiting", at=at))
    running, record = publish_running(running, "running", at=at)
    return replace(state, running=running, not_before=at), [record]


def ended(state: StationSecurity, running: RunningOperation, status: OperationStatus, why: str, at: datetime) -> Step:
    """The operation ends so: at once, or after the steps that put back what it changed and the station can still be told."""
    undo = _undo(running) if status not in {"done", "missing"} and running.ending is None else ()
    if not undo or not state.connected:
        return _over(state, running, status, why, at)
    steps = (*running.steps[: running.place + 1], *(OperationStep(step=name) for name in undo))
    running = replace(
        running,
        steps=steps,
        place=running.place + 1,
        tries=0,
        command_id="",
        until=None,
        phase="",
        ending=(status, why),
    )
    running, record = publish_running(running, "running", why, at=at)
    return replace(state, running=running, not_before=at), [record]


def _undo(running: RunningOperation) -> tuple[StepName, ...]:
    done = {each.step for each in running.steps[: running.place + 1] if each.status in ("done", "unanswered")}
    undo: list[StepName] = []
    if "priority" in done and running.old_priority:
        undo.append("restore")
    if "inoperative" in done:
        undo.append("operative")
    return tuple(undo)


def _over(state: StationSecurity, running: RunningOperation, status: str, why: str, at: datetime) -> Step:
    running, record = publish_running(running, status, why, at=at)
    return replace(state, running=None, not_before=None), [record, *_told_batch(running, record.status, at)]


def dropped(state: StationSecurity, place: int, status: OperationStatus, why: str, at: datetime) -> Step:
    """An operation of the queue ends before it has begun."""
    queued, record = publish_waiting(state.queue[place], status, why, at=at)
    queue = (*state.queue[:place], *state.queue[place + 1 :])
    outputs: list[Record] = [record]
    if queued.order.batch:
        outputs.append(_ended_record(queued.order, status, at))
    return replace(state, queue=queue), outputs


def _told_batch(running: RunningOperation, status: OperationStatus, at: datetime) -> list[Record]:
    order = running.queued.order
    if not order.batch:
        return []
    return [_ended_record(order, status, at)]


def _ended_record(order: SecurityOperationOrdered, status: OperationStatus, at: datetime) -> SecurityOperationEnded:
    return SecurityOperationEnded(
        id=derived_id(order.id, "ended"),
        key=order.batch,
        operation=order.id,
        station=order.station,
        number=order.number,
        status=status,
        at=at,
    )


_WORDS: dict[StepName, str] = {
    "password": "its new password",
    "inoperative": "to go out of operation",
    "operative": "to go into operation",
    "read": "to tell which network profile it uses",
    "network": "the network profile",
    "priority": "the new order of network profiles",
    "restore": "the old order of network profiles",
    "profile": "the security profile",
    "address": "the address of the CSMS",
    "reset": "to restart",
    "use": "to connect with its password",
    "back": "to come back",
    "away": "to stay away",
}
