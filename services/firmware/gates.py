"""Gates: checks a wave at its end, and keeps verdicts and the timeline of a campaign. PURE."""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from schemas.campaigns import Campaign, CampaignRequested, Event, GateVerdict
from schemas.firmware import DEFERRED, FAILED, MISSED, UpdateState
from services.firmware import blocks as block_states

TIMELINE_REMEMBERED: Final = 200
"""Events of one campaign that are kept."""


def waves_of(plan: CampaignRequested) -> list[tuple[int, int]]:
    """Each wave's first number, and the number behind its last."""
    return list(zip((0, *plan.wave_ends[:-1]), plan.wave_ends, strict=True))


def judge(blocks: block_states.Blocks, campaign: Campaign, at: datetime) -> GateVerdict | None:
    """The verdict of the gate on a wave that is over; None while there is no evidence.

    Where no station of the wave could be tried, the waves before count: if stations were updated there, the gate passes with that as
    the reason. Otherwise it waits for stations that are away, and halts once their time is over.
    """
    gate = campaign.plan.gate
    first, end = waves_of(campaign.plan)[campaign.wave]
    succeeded = block_states.count(blocks, frozenset({UpdateState.SUCCEEDED}), first, end)
    failed = block_states.count(blocks, FAILED, first, end)
    unhealthy = block_states.count(blocks, frozenset({UpdateState.UNHEALTHY}), first, end)
    untried = not succeeded + failed and block_states.count(blocks, DEFERRED | MISSED, first, end) > 0
    before = block_states.count(blocks, frozenset({UpdateState.SUCCEEDED}), 0, first)
    if untried and not before and block_states.count(blocks, DEFERRED, first, end):
        return None
    share = succeeded / (succeeded + failed) if succeeded + failed else 1.0
    reason, passed = "", False
    if untried:
        passed = before > 0
        because = f"{before} before it succeeded" if passed else "nothing speaks for going on"
        reason = f"wave {campaign.wave + 1}: no station could be tried; {because}"
    elif share < gate.success_share:
        reason = f"wave {campaign.wave + 1}: {share:.1%} succeeded, {gate.success_share:.1%} must"
    elif unhealthy > gate.max_unhealthy:
        reason = f"wave {campaign.wave + 1}: {unhealthy} offline or faulted, {gate.max_unhealthy} may be"
    return GateVerdict(
        wave=campaign.wave,
        passed=passed or not reason,
        succeeded=succeeded,
        failed=failed,
        unhealthy=unhealthy,
        reason=reason,
        at=at,
    )


def sentence(verdict: GateVerdict) -> str:
    """A sentence on a verdict."""
    tried = verdict.succeeded + verdict.failed
    return verdict.reason or f"wave {verdict.wave + 1}: {verdict.succeeded} of {tried} succeeded"


def with_verdict(campaign: Campaign, verdict: GateVerdict) -> Campaign:
    """Set the verdict of a wave."""
    others = tuple(one for one in campaign.verdicts if one.wave != verdict.wave)
    return replace(campaign, verdicts=(*others, verdict))


def drop_verdict(campaign: Campaign) -> Campaign:
    """Drop the verdict of this wave."""
    others = tuple(verdict for verdict in campaign.verdicts if verdict.wave != campaign.wave)
    return replace(campaign, verdicts=others)


def open_gate(campaign: Campaign) -> Campaign:
    """Open the gate of the present wave where it has a verdict, which the operator has seen."""
    has_verdict = any(verdict.wave == campaign.wave for verdict in campaign.verdicts)
    return replace(campaign, opened=campaign.wave + 1) if has_verdict else campaign


def with_event(campaign: Campaign, what: str, at: datetime, detail: str = "", *, by: str = "") -> Campaign:
    """Add an event to the timeline."""
    event = Event(what=what, detail=detail, by=by, at=at)
    return replace(campaign, timeline=(*campaign.timeline, event)[-TIMELINE_REMEMBERED:], untold=True)
