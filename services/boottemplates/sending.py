"""Sending: the next template of the queue, its next command, and what the outcome of a command means for its run. PURE."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from schemas.base import Record
from schemas.boottemplates import (
    DETAIL_KEPT,
    ITEMS_KEPT,
    REF_BOOT_TEMPLATES,
    BootStep,
    BootTemplateProvisioned,
    Traits,
    misfit_of,
    misfit_of_boot,
)
from schemas.commands import Command, CommandRequested, CommandSettled, Outcome
from schemas.states.boottemplates import Queued, Running, Sending, StationBoots
from schemas.stationcommands import Reset
from services.boottemplates.publishing import publish_running, publish_waiting
from services.following.commanding import OUTCOME_WITHIN, command_id, own_command, pause, said_in

Step = tuple[StationBoots, list[Record]]
References = Mapping[str, Mapping[str, Record]]

SERVICE = "boottemplates"
PRIORITY = 7
"""Behind the commands of operators, which have 5."""
TRIES_HERE = 3
"""Attempts of a command on one connection, or after one boot; then nothing is sent until the station connects or boots."""
TRIES_MOST = 9
"""Attempts of a command in all; then the run goes on without it."""

UNANSWERED: frozenset[str] = frozenset({"timed_out", "disconnected", "expired"})


def go_on(state: StationBoots, at: datetime, references: References) -> Step:
    """Begin the next template that still fits, and send the next command, where the time for that has come."""
    outputs: list[Record] = []
    if not may_send(state) or (state.not_before is not None and state.not_before > at):
        return state, outputs
    while state.running is None and state.queue:
        state, published = _begun(state, at, references)
        outputs += published
    if state.running is None:
        return state, outputs
    state, request = _sent(state, state.running, at)
    return state, [*outputs, request]


def may_send(state: StationBoots) -> bool:
    """Whether the station can be sent something, and nothing is under way."""
    return state.able and not state.stalled and state.sending is None


# -- the next template ------------------------------------------------------------------------------------------------


def _begun(state: StationBoots, at: datetime, references: References) -> Step:
    """Take the first of the queue: begin its run, or drop it. A boot's run that was not published yet is dropped silently."""
    queued, *rest = state.queue
    state = replace(state, queue=tuple(rest))
    template = references[REF_BOOT_TEMPLATES.name].get(queued.template)
    why = against(template, queued, state)
    if why:
        return state, [] if queued.cause == "boot" else [publish_waiting(state, queued, "dropped", why, at=at)[1]]
    assert isinstance(template, BootTemplateProvisioned)
    content = template.content
    running = Running(
        queued=queued,
        title=content.title,
        template_revision=template.revision,
        once=not content.every_boot,
        commands=content.commands,
        steps=tuple(BootStep(command=_name(command)) for command in content.commands),
        started_at=at,
    )
    running, record = publish_running(state, running, "running", at=at)
    return replace(state, running=running), [record]


def against(template: Record | None, queued: Queued, state: StationBoots) -> str:
    """Why a template does not run at the station now; empty where it does. An ordered one runs whether or not it is enabled."""
    if not isinstance(template, BootTemplateProvisioned) or not template.content.commands:
        return "The template was removed, or has no command any more."
    traits = state.traits or Traits(station=state.station)
    if queued.cause == "order":
        return misfit_of(template, traits)
    return against_boot(template, state)


def against_boot(template: BootTemplateProvisioned, state: StationBoots) -> str:
    """Why a template does not run after the latest boot of the station; empty where it does."""
    if not template.content.enabled or not template.content.commands:
        return "The template is switched off, or has no command."
    if not template.content.every_boot and state.ran.get(template.template) == template.revision:
        return "The template has run at the station once."
    return misfit_of_boot(template, state.traits or Traits(station=state.station), state.boot_reason)


# -- the next command -------------------------------------------------------------------------------------------------


def _sent(state: StationBoots, running: Running, at: datetime) -> tuple[StationBoots, CommandRequested]:
    number = state.sent + 1
    id_, by = command_id(SERVICE, state.station, number), f"boot template {running.queued.template}"
    request = own_command(id_, state.station, running.commands[running.place], at, by=by, priority=PRIORITY)
    step = running.steps[running.place]
    running = _with(running, replace(step, status="sent", command_id=request.id, attempts=step.attempts + 1))
    if isinstance(request.command, Reset):
        state = _has_run(state, running)  # the boot that it causes must not have it sent again
    sending = Sending(command_id=request.id, until=at + OUTCOME_WITHIN)
    return replace(state, sent=number, running=running, sending=sending), request


def _name(command: Command) -> str:
    return str(command.__struct_config__.tag)


def _with(running: Running, step: BootStep) -> Running:
    steps = (*running.steps[: running.place], step, *running.steps[running.place + 1 :])
    return replace(running, steps=steps)


# -- outcomes ---------------------------------------------------------------------------------------------------------


def settled(state: StationBoots, outcome: CommandSettled) -> Step:
    """The state after the outcome of the command that is awaited; any other outcome changes nothing."""
    if state.sending is None or state.sending.command_id != outcome.command_id:
        return state, []
    assert state.running is not None
    step = replace(
        state.running.steps[state.running.place],
        status=outcome.outcome,
        detail=said_in(outcome, "")[:DETAIL_KEPT],
        items=tuple(item for item in outcome.items if item.status != "Accepted")[:ITEMS_KEPT],
        reboot_required=outcome.reboot_required,
        settled_at=outcome.settled_at,
    )
    return _after(replace(state, sending=None), state.running, step, never_left=outcome.sent is False)


def given_up(state: StationBoots, at: datetime) -> Step:
    """What was sent has no outcome in time: it may have been lost on its way, or not."""
    assert state.running is not None
    step = replace(
        state.running.steps[state.running.place],
        status="timed_out",
        detail="The outcome of the command did not come.",
        settled_at=at,
    )
    return _after(replace(state, sending=None), state.running, step, never_left=False)


def _after(state: StationBoots, running: Running, step: BootStep, *, never_left: bool) -> Step:
    """Go on with the next command, or try this one again."""
    assert step.settled_at is not None
    at = step.settled_at
    unsent = step.status == "rejected" and never_left  # its registration forbids it yet, or the message cannot be made
    repeatable = never_left or not isinstance(running.commands[running.place], Reset)
    if (step.status in UNANSWERED and repeatable) or unsent:
        tries, here = running.tries + 1, running.tries_here + 1
        if tries < TRIES_MOST and not (unsent and here >= TRIES_HERE):
            return _again(state, replace(running, tries=tries, tries_here=here), step, at)
    running = replace(_with(running, step), place=running.place + 1, tries=0, tries_here=0)
    state = replace(state, not_before=at)
    if running.place < len(running.commands):
        running, record = publish_running(state, running, "running", at=at)
        return replace(state, running=running), [record]
    return _ended(state, running, at)


def _again(state: StationBoots, running: Running, step: BootStep, at: datetime) -> Step:
    stalled = running.tries_here >= TRIES_HERE
    if stalled:
        why = f"The station gave no answer to {step.command}; it is sent again when the station connects or boots."
    else:
        why = f"The station gave no answer to {step.command}; it is sent again soon."
    running, record = publish_running(state, _with(running, step), "waiting", why, at=at)
    return replace(state, running=running, stalled=stalled, not_before=at + pause(running.tries_here)), [record]


def _ended(state: StationBoots, running: Running, at: datetime) -> Step:
    outcomes: set[Any | Outcome] = {step.status for step in running.steps}
    if not outcomes & UNANSWERED:
        state = _has_run(state, running)
    running, record = publish_running(state, running, "done" if outcomes == {"accepted"} else "partial", at=at)
    return replace(state, running=None), [record]


def _has_run(state: StationBoots, running: Running) -> StationBoots:
    """The state that knows that a template which runs once has run."""
    if not running.once:
        return state
    return replace(state, ran={**state.ran, running.queued.template: running.template_revision})
