"""Reports: applies the gateway's report on the dispatched command, or its absence at the deadline. PURE."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from schemas.base import Poison
from schemas.commands import DeliveryReported, Outcome
from schemas.lateness import missed
from schemas.states.commands import CommandQueue, OutstandingCommand, WaitingCommand
from services.commands.queue import Ending, Step, insert, remove, settle, time_to_report
from services.commands.where import GRACE

BUSY_BACKOFF: Final = timedelta(seconds=2)
"""How long nothing is dispatched to a station after a `busy` report."""

OUTCOME_OF_RESULT: Final[dict[str, Outcome]] = {
    "unsupported": "unsupported",
    "invalid": "rejected",
    "not-accepted": "rejected",
    "timed-out": "timed_out",
    "disconnected": "disconnected",
    "expired": "expired",
}
"""The outcome for each delivery result without an answer that is not retried."""


def apply_report(state: CommandQueue, report: DeliveryReported) -> Step:
    """Apply the gateway's report on a dispatch. Raises Poison for an answer without an outcome."""
    sent = state.outstanding
    if sent is not None and (sent.waiting.id, sent.waiting.attempts, sent.epoch) == (
        report.command_id,
        report.attempt,
        report.epoch,
    ):
        state = replace(state, outstanding=None)
        if report.result in ("not-here", "busy"):
            return _requeue(state, sent, report)
        return settle(state, sent.waiting, _ending(report, sent.waiting), report.at)
    if (lost := _sent_before_a_crash(state, report)) is not None:
        return settle(remove(state, lost.id), lost, _ending(report, lost), report.at)
    return state, []  # outdated: an older attempt, an older connection, or settled already


def _sent_before_a_crash(state: CommandQueue, report: DeliveryReported) -> WaitingCommand | None:
    """The queued command whose dispatch was sent by a worker that crashed before saving it, if the report is on one."""
    if report.result in ("not-here", "busy"):
        return None
    waiting = (one for one in state.waiting if one.id == report.command_id and report.attempt > one.attempts)
    return next(waiting, None)


def _requeue(state: CommandQueue, sent: OutstandingCommand, report: DeliveryReported) -> Step:
    """Nothing was sent: queue the command again, for the newer connection or for later."""
    if sent.cancelled:
        return settle(state, sent.waiting, Ending(outcome="cancelled"), report.at)
    state = insert(state, sent.waiting)
    location = state.location
    if location is None or location.epoch != report.epoch:
        return state, []  # the station has another connection already
    if report.result == "busy":
        return replace(state, resume_at=report.at + BUSY_BACKOFF), []
    return replace(state, location=replace(location, connected=False)), []


def _ending(report: DeliveryReported, waiting: WaitingCommand) -> Ending:
    if report.result == "answered":
        if report.outcome is None:
            raise Poison("an answered delivery names no outcome")
        outcome = report.outcome
    else:
        outcome = OUTCOME_OF_RESULT[report.result]
    return Ending(
        outcome=outcome,
        response=report.response,
        error_code=report.error_code,
        detail=report.error_description,
        items=report.items,
        reboot_required=report.reboot_required,
        sent=report.sent,
        stopped_transaction=waiting.command.stops,
        queried_transaction=waiting.command.queries,
    )


def check_deadline(state: CommandQueue, at: datetime) -> Step:
    """Settle the dispatched command where the gateway has not reported by the deadline.

    If this service itself was away, the report may still be unread: then the deadline is extended once.
    """
    sent = state.outstanding
    if sent is None or at < sent.deadline:
        return state, []
    if missed(sent.deadline, at) and not sent.extended:
        patience = GRACE if sent.connection_lost else time_to_report(sent.waiting)
        return replace(state, outstanding=replace(sent, deadline=at + patience, extended=True)), []
    ending = (
        Ending(
            outcome="disconnected", detail="the connection ended, and nobody reported whether it was sent", sent=None
        )
        if sent.connection_lost
        else Ending(outcome="timed_out", detail="the gateway did not report in time", sent=None)
    )
    return settle(replace(state, outstanding=None), sent.waiting, ending, at)
