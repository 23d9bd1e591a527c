"""Gates: what holds of a wave at its end, and what is remembered of it. PURE."""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from schemas.campaigns import Campaign, CampaignRequested, Event, GateVerdict
from schemas.firmware import DEFERRED, FAILED, MISSED, UpdateState
from services.firmware import blocks as held

TIMELINE_REMEMBERED: Final = 200
"""Events of one campaign that are kept."""


def waves_of(plan: CampaignRequested) -> list[tuple[int, int]]:
    """Each wave's first number, and the number behind its last."""
    return list(zip((0, *plan.wave_ends[:-1]), plan.wave_ends, strict=True))


def judged(blocks: held.Blocks, campaign: Campaign, at: datetime) -> GateVerdict | None:
    """What the gate finds of the wave that is over; None where all of it is away, so that there is nothing to judge by."""
    gate = campaign.plan.gate
    first, end = waves_of(campaign.plan)[campaign.wave]
    succeeded = held.count(blocks, frozenset({UpdateState.SUCCEEDED}), first, end)
    failed = held.count(blocks, FAILED, first, end)
    unhealthy = held.count(blocks, frozenset({UpdateState.UNHEALTHY}), first, end)
    if not succeeded + failed and held.count(blocks, DEFERRED, first, end):
        return None
    share = succeeded / (succeeded + failed) if succeeded + failed else 1.0
    reason = ""
    if not succeeded + failed and held.count(blocks, MISSED, first, end):
        reason = f"wave {campaign.wave + 1}: no station could be tried, so nothing speaks for going on"
    elif share < gate.success_share:
        reason = f"wave {campaign.wave + 1}: {share:.1%} succeeded, {gate.success_share:.1%} must"
    elif unhealthy > gate.max_unhealthy:
        reason = f"wave {campaign.wave + 1}: {unhealthy} stations are offline or faulted, {gate.max_unhealthy} may be"
    return GateVerdict(
        wave=campaign.wave,
        passed=not reason,
        succeeded=succeeded,
        failed=failed,
        unhealthy=unhealthy,
        reason=reason,
        at=at,
    )


def verdicts_with(campaign: Campaign, verdict: GateVerdict) -> Campaign:
    """The campaign with the wave's verdict, the newest."""
    others = tuple(one for one in campaign.verdicts if one.wave != verdict.wave)
    return replace(campaign, verdicts=(*others, verdict))


def reopened(campaign: Campaign) -> Campaign:
    """The gate of the wave that is over is passed, where it has spoken: an operator has seen what it found."""
    spoken = any(verdict.wave == campaign.wave for verdict in campaign.verdicts)
    return replace(campaign, opened=campaign.wave + 1) if spoken else campaign


def noted(campaign: Campaign, what: str, at: datetime, detail: str = "", *, by: str = "") -> Campaign:
    """The campaign with an event on its timeline."""
    event = Event(what=what, detail=detail, by=by, at=at)
    return replace(campaign, timeline=(*campaign.timeline, event)[-TIMELINE_REMEMBERED:], untold=True)
