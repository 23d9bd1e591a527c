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
    """What the gate finds of the wave that is over; None while there is nothing to judge by.

    Where no station of the wave could be tried, the waves before speak for it: were stations updated there, the campaign goes
    on and says so. Else it waits for those that are away, and halts once their time is over: nothing speaks for going on.
    """
    gate = campaign.plan.gate
    first, end = waves_of(campaign.plan)[campaign.wave]
    succeeded = held.count(blocks, frozenset({UpdateState.SUCCEEDED}), first, end)
    failed = held.count(blocks, FAILED, first, end)
    unhealthy = held.count(blocks, frozenset({UpdateState.UNHEALTHY}), first, end)
    untried = not succeeded + failed and held.count(blocks, DEFERRED | MISSED, first, end) > 0
    before = held.count(blocks, frozenset({UpdateState.SUCCEEDED}), 0, first)
    if untried and not before and held.count(blocks, DEFERRED, first, end):
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


def in_words(verdict: GateVerdict) -> str:
    """A verdict for people."""
    tried = verdict.succeeded + verdict.failed
    return verdict.reason or f"wave {verdict.wave + 1}: {verdict.succeeded} of {tried} succeeded"


def verdicts_with(campaign: Campaign, verdict: GateVerdict) -> Campaign:
    """The campaign with the wave's verdict, the newest."""
    others = tuple(one for one in campaign.verdicts if one.wave != verdict.wave)
    return replace(campaign, verdicts=(*others, verdict))


def judged_anew(campaign: Campaign) -> Campaign:
    """The gate of this wave has not spoken."""
    others = tuple(verdict for verdict in campaign.verdicts if verdict.wave != campaign.wave)
    return replace(campaign, verdicts=others)


def reopened(campaign: Campaign) -> Campaign:
    """The gate of the wave that is over is passed, where it has spoken: an operator has seen what it found."""
    spoken = any(verdict.wave == campaign.wave for verdict in campaign.verdicts)
    return replace(campaign, opened=campaign.wave + 1) if spoken else campaign


def noted(campaign: Campaign, what: str, at: datetime, detail: str = "", *, by: str = "") -> Campaign:
    """The campaign with an event on its timeline."""
    event = Event(what=what, detail=detail, by=by, at=at)
    return replace(campaign, timeline=(*campaign.timeline, event)[-TIMELINE_REMEMBERED:], untold=True)
