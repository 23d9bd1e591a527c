"""Publishing: publishes the snapshot of a campaign: at once where its course changes, else at most once a second. PURE."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.campaigns import Campaign, CampaignChanged, CampaignState, WaveProgress
from services.firmware import blocks as block_states
from services.firmware.gates import waves_of

PUBLISH_EVERY: Final = timedelta(seconds=1)
"""Snapshots with only other counts are published at most this often, as thousands of stations may change in a second."""


def publish(
    before: CampaignState, state: CampaignState, at: datetime, *, wake_at: datetime | None
) -> tuple[CampaignState, list[Record]]:
    """Set the campaign's next due time, and publish its snapshot where it changed."""
    campaign = state.campaign
    assert campaign is not None
    if before.campaign is not None and not campaign.untold and wake_at == campaign.wake_at:
        return state, []
    moments = [wake_at, campaign.plan.start_at if campaign.status == "scheduled" else None]
    urgent = _course(before.campaign) != _course(campaign)
    if campaign.untold and (urgent or campaign.told_at is None or at >= campaign.told_at + PUBLISH_EVERY):
        campaign = replace(
            campaign, untold=False, told_at=at, revision=campaign.revision + 1, changed_at=max(at, campaign.changed_at)
        )
        outputs: list[Record] = [_snapshot(state, campaign)]
    else:
        outputs = []
        if campaign.untold and campaign.told_at is not None:
            moments.append(campaign.told_at + PUBLISH_EVERY)
    wake = min((moment for moment in moments if moment is not None), default=None)
    return replace(state, campaign=replace(campaign, wake_at=wake)), outputs


def _course(campaign: Campaign | None) -> tuple[object, ...]:
    if campaign is None:
        return ()
    return campaign.status, campaign.reason, campaign.wave, campaign.verdicts, campaign.timeline


def _snapshot(state: CampaignState, campaign: Campaign) -> CampaignChanged:
    plan = campaign.plan
    whole = len(state.blocks) == plan.blocks
    waves = tuple(
        WaveProgress(first=first, end=end, counts=block_states.counts(state.blocks, first, end) if whole else {})
        for first, end in waves_of(plan)
    )
    return CampaignChanged(
        id=derived_id(plan.key, "campaign-changed", campaign.revision),
        campaign=plan.key,
        revision=campaign.revision,
        name=plan.name,
        status=campaign.status,
        reason=campaign.reason,
        firmware=plan.firmware,
        policy=plan.policy,
        gate=plan.gate,
        limits=plan.limits,
        windows=plan.windows,
        stations=plan.stations,
        wave=campaign.wave,
        waves=waves,
        counts=block_states.counts(state.blocks, 0, plan.stations) if whole else {},
        verdicts=campaign.verdicts,
        timeline=campaign.timeline,
        steered=state.steered,
        start_at=plan.start_at,
        requested_at=plan.requested_at,
        requested_by=plan.requested_by,
        started_at=campaign.started_at,
        ended_at=campaign.ended_at,
        changed_at=campaign.changed_at,
        tenant=plan.tenant,
    )
