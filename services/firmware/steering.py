"""Steering: applies operators' interventions to a campaign: pause, resume, cancel, retry, extend. PURE."""

from typing import Final

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.campaigns import (
    Campaign,
    CampaignState,
    CampaignSteered,
    StationsExtended,
    StationsWithdrawn,
    Turn,
)
from schemas.firmware import FAILED, UpdateState
from services.firmware import blocks as block_states
from services.firmware import lists
from services.firmware.gates import drop_verdict, open_gate, with_event

Step = tuple[CampaignState, list[Record]]

STEERED_REMEMBERED: Final = 64
"""Interventions kept, to recognise repeats."""

UNENDED: Final = frozenset({"preparing", "scheduled", "running", "paused", "halted"})
"""Statuses of a campaign that can still give turns."""


def steer(state: CampaignState, record: CampaignSteered) -> Step:
    """Apply an intervention once; one that does not fit the status of the campaign changes nothing."""
    campaign = state.campaign
    if campaign is None or record.id in state.steered:
        return state, []
    state = replace(state, steered=(*state.steered, record.id)[-STEERED_REMEMBERED:])
    at, by, status = record.requested_at, record.requested_by, campaign.status
    match record.action:
        case "pause" if status in ("scheduled", "running"):
            campaign = with_event(replace(campaign, status="paused", reason=""), "paused", at, by=by)
        case "resume" if status in ("paused", "halted"):
            campaign = with_event(_resume(state, campaign), "resumed", at, by=by)
        case "cancel" if status in UNENDED:
            return _cancel(state, campaign, record)
        case "retry" if status in (UNENDED - {"preparing"}) | {"finished"}:
            return _retry(state, campaign, record), []
        case "extend" if status in UNENDED | {"finished"}:
            return _extend(state, campaign, record)
    return replace(state, campaign=replace(campaign, untold=True)), []


def _resume(state: CampaignState, campaign: Campaign) -> Campaign:
    """Failures so far no longer count, and a gate that did not pass is opened."""
    failures = block_states.count(state.blocks, FAILED, 0, campaign.plan.stations)
    status = "running" if campaign.started_at is not None else "scheduled"
    return replace(open_gate(campaign), status=status, reason="", forgiven=failures)


def _cancel(state: CampaignState, campaign: Campaign, record: CampaignSteered) -> Step:
    at, plan = record.requested_at, campaign.plan
    if campaign.status == "preparing":
        campaign = replace(campaign, status="cancelled", reason="", ended_at=at)
        return replace(state, campaign=with_event(campaign, "cancelled", at, by=record.requested_by)), []
    campaign = with_event(replace(campaign, status="cancelling", reason=""), "cancelled", at, by=record.requested_by)
    turns = [
        Turn(number, block_states.state_of(state.blocks, number)[1])
        for number in block_states.unended(state.blocks, plan.stations)
    ]
    outputs: list[Record] = [
        StationsWithdrawn(
            id=derived_id(record.id, block), key=lists.block_key(plan.key, block), turns=some, at=record.requested_at
        )
        for block, some in lists.by_block(turns).items()
    ]
    return replace(state, campaign=campaign), outputs


def _retry(state: CampaignState, campaign: Campaign, record: CampaignSteered) -> CampaignState:
    """Failed and missed stations wait for a turn again; a halted campaign runs again, and its gate is checked again."""
    blocks, numbers = state.blocks, list(block_states.to_retry(state.blocks, campaign.plan.stations))
    for number in numbers:
        blocks = block_states.with_state(blocks, number, UpdateState.READY)
    if numbers and campaign.status == "finished":
        campaign = replace(campaign, status="running", ended_at=None)
    if numbers and campaign.status == "halted":
        campaign = replace(drop_verdict(campaign), status="running", reason="")
    campaign = replace(campaign, forgiven=0, untold=True)
    if numbers:
        campaign = with_event(
            campaign, "retried", record.requested_at, f"{len(numbers)} stations", by=record.requested_by
        )
    return replace(state, blocks=blocks, campaign=campaign)


def _extend(state: CampaignState, campaign: Campaign, record: CampaignSteered) -> Step:
    plan, outputs, details = campaign.plan, [], []
    limits = plan.limits
    if record.max_at_once is not None:
        limits = replace(limits, max_at_once=record.max_at_once)
        details.append(f"{record.max_at_once} at once")
    if record.max_at_once_per_site is not None:
        limits = replace(limits, max_at_once_per_site=record.max_at_once_per_site)
        details.append(f"{record.max_at_once_per_site} at once at a site")
    if record.max_failures is not None:
        limits = replace(limits, max_failures=record.max_failures)
        details.append(f"{record.max_failures} failures at most")
    if record.deadline_s is not None:
        plan = replace(plan, policy=replace(plan.policy, deadline_s=record.deadline_s))
        details.append(f"{record.deadline_s} s for each station")
        outputs = [
            StationsExtended(
                id=derived_id(record.id, block),
                key=lists.block_key(plan.key, block),
                deadline_s=record.deadline_s,
                at=record.requested_at,
            )
            for block in range(plan.blocks)
        ]
    campaign = replace(campaign, plan=replace(plan, limits=limits))
    campaign = with_event(campaign, "extended", record.requested_at, ", ".join(details), by=record.requested_by)
    return replace(state, campaign=campaign), list(outputs)
