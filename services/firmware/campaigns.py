"""Campaigns, keyed by campaign: waves, gates between them, limits, windows, and turns of stations.

A campaign knows its stations by number only, a letter and a revision each, so that tens of thousands fit into one state. Their
ids are in blocks under keys of their own (`services.firmware.lists`), which turn its numbers into orders. The records:

- the API freezes the list: one `CampaignTargetsFrozen` a block, then `CampaignRequested`; operators steer by `CampaignSteered`
- block -> campaign `CampaignBlockFrozen`; campaign -> block `StationsReleased`, `StationsWithdrawn`, `StationsExtended`
- block -> station `UpdateOrdered`, `UpdateWithdrawn`, `UpdateExtended`; station -> campaign `UpdateChanged`
- campaign -> everybody `CampaignChanged`

All of them may arrive twice. A change counts once, by its revision; a turn names the revision of the update it is given for, so that a
station follows it once; an intervention is recognised by its id; of a list the first counts.

A wave is over when none of its stations waits, works or is observed; stations that are offline or busy do not delay it: they catch up
later, within their deadline. Then its gate is checked (`services.firmware.gates`, also for a wave of which no station could be
tried). The campaign is over when every station is in a final state.

Its list is frozen: further stations need another campaign, without those that this one has updated or will update.
"""

from datetime import datetime

from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.campaigns import (
    Block,
    Campaign,
    CampaignBlockFrozen,
    CampaignRequested,
    CampaignState,
    CampaignSteered,
    CampaignTargetsFrozen,
    StationsExtended,
    StationsReleased,
    StationsWithdrawn,
    Turn,
)
from schemas.firmware import FAILED, UpdateChanged, UpdateState
from services.firmware import blocks as block_states
from services.firmware import lists
from services.firmware.gates import judge, sentence, waves_of, with_event, with_verdict
from services.firmware.publishing import publish
from services.firmware.steering import steer
from services.firmware.windows import next_opening, open_until

Step = tuple[CampaignState, list[Record]]


def initial(key: str) -> CampaignState:
    """The state of a new campaign or block."""
    return CampaignState(key=key)


def due(state: CampaignState) -> datetime | None:
    """When the campaign has to act by itself: begin, continue in a window, publish a snapshot."""
    return state.campaign.wake_at if state.campaign is not None else None


def step(state: CampaignState, record: Record) -> Step:  # noqa: PLR0911 a flat match over the records
    """Apply one record, and advance the campaign."""
    match record:
        case CampaignTargetsFrozen():
            return lists.store(state, record)
        case StationsReleased():
            return lists.order(state, record)
        case StationsWithdrawn():
            return lists.withdraw(state, record)
        case StationsExtended():
            return lists.extend(state, record)
        case CampaignRequested():
            return _advance(state, _create(state, record), record.requested_at)
        case CampaignBlockFrozen():
            return _advance(state, _add_block(state, record), record.frozen_at)
        case UpdateChanged():
            return _advance(state, _apply_change(state, record), record.changed_at)
        case CampaignSteered():
            after, outputs = steer(state, record)
            after, more = _advance(state, after, record.requested_at)
            return after, outputs + more
        case Due():
            return _advance(state, state, max(record.at, record.sent_at or record.at))
    raise Poison(f"firmware campaigns have no use for a {type(record).__name__}")


# -- facts ------------------------------------------------------------------------------------------------------------


def _create(state: CampaignState, plan: CampaignRequested) -> CampaignState:
    if state.campaign is not None:
        return state
    campaign = Campaign(plan=plan, status="preparing", changed_at=plan.requested_at)
    return replace(state, campaign=with_event(campaign, "requested", plan.requested_at, by=plan.requested_by))


def _add_block(state: CampaignState, record: CampaignBlockFrozen) -> CampaignState:
    if record.block in state.blocks:
        return state
    stations = len(record.sites)
    block = Block(
        states=block_states.LETTERS[UpdateState.PENDING] * stations,
        revisions=(0,) * stations,
        sites=record.sites,
        zones=record.zones,
    )
    return replace(state, blocks=state.blocks | {record.block: block})


def _apply_change(state: CampaignState, change: UpdateChanged) -> CampaignState:
    campaign = state.campaign
    if campaign is None or campaign.status == "preparing" or not 0 <= change.number < campaign.plan.stations:
        return state
    _, revision = block_states.state_of(state.blocks, change.number)
    if change.revision <= revision:
        return state
    after = block_states.with_state(state.blocks, change.number, change.state, change.revision)
    return replace(state, blocks=after, campaign=replace(campaign, untold=True))


# -- advancing --------------------------------------------------------------------------------------------------------


def _advance(before: CampaignState, state: CampaignState, at: datetime) -> Step:
    """Begin, halt, pass gates, give turns and end, as far as possible now; then publish a snapshot."""
    campaign = state.campaign
    if campaign is None:
        return state, []
    campaign = _begin(state, campaign, at)
    campaign = _pass_gates(state, _halt(state, campaign, at), at)
    campaign = _end(state, campaign, at)
    state, outputs, opens_at = _give_turns(replace(state, campaign=campaign), campaign, at)
    state, snapshots = publish(before, state, at, wake_at=opens_at)
    return state, outputs + snapshots


def _begin(state: CampaignState, campaign: Campaign, at: datetime) -> Campaign:
    plan = campaign.plan
    if campaign.status == "preparing" and len(state.blocks) == plan.blocks:
        campaign = replace(campaign, status="scheduled", untold=True)
    if campaign.status == "scheduled" and (plan.start_at is None or at >= plan.start_at):
        campaign = with_event(replace(campaign, status="running", started_at=at), "wave began", at, "wave 1")
    return campaign


def _halt(state: CampaignState, campaign: Campaign, at: datetime) -> Campaign:
    """Halt on more failures than are allowed."""
    most = campaign.plan.limits.max_failures
    if campaign.status != "running" or most is None:
        return campaign
    failures = block_states.count(state.blocks, FAILED, 0, campaign.plan.stations) - campaign.forgiven
    if failures <= most:
        return campaign
    reason = f"{failures} failed, {most} may"
    return with_event(replace(campaign, status="halted", reason=reason), "halted", at, reason)


def _pass_gates(state: CampaignState, campaign: Campaign, at: datetime) -> Campaign:
    waves = waves_of(campaign.plan)
    while campaign.status == "running" and block_states.is_settled(state.blocks, *waves[campaign.wave]):
        verdict = judge(state.blocks, campaign, at)
        if verdict is None:
            return campaign  # all stations are away, and there is no evidence yet
        if campaign.wave == len(waves) - 1:
            return campaign
        if campaign.opened <= campaign.wave:
            campaign = with_verdict(campaign, verdict)
            if not verdict.passed:
                return with_event(
                    replace(campaign, status="halted", reason=verdict.reason), "halted", at, verdict.reason
                )
            campaign = with_event(campaign, "gate passed", at, sentence(verdict))
            if campaign.plan.gate.approval == "operator":
                return replace(campaign, status="paused", reason=f"wave {campaign.wave + 1} is over: resume to go on")
        campaign = replace(campaign, wave=campaign.wave + 1)
        campaign = with_event(campaign, "wave began", at, f"wave {campaign.wave + 1}")
    return campaign


def _end(state: CampaignState, campaign: Campaign, at: datetime) -> Campaign:
    if campaign.status not in ("running", "cancelling") or not block_states.all_ended(
        state.blocks, campaign.plan.stations
    ):
        return campaign
    if campaign.status == "cancelling":
        return replace(campaign, status="cancelled", ended_at=at, untold=True)
    verdict = judge(state.blocks, campaign, at)
    if verdict is not None:
        campaign = with_verdict(campaign, verdict)
    return with_event(replace(campaign, status="finished", ended_at=at), "finished", at)


def _give_turns(
    state: CampaignState, campaign: Campaign, at: datetime
) -> tuple[CampaignState, list[Record], datetime | None]:
    """Give free places to stations of this wave and those before, within windows; also returns when a window next opens."""
    plan = campaign.plan
    free = plan.limits.max_at_once - block_states.in_flight(state.blocks) if campaign.status == "running" else 0
    if free <= 0:
        return state, [], None
    closes = (
        {number: open_until(plan.windows, zone, at) for number, zone in enumerate(plan.zones)} if plan.windows else {}
    )
    shut = {number for number, until in closes.items() if until is None}
    chosen, passed_over = _choose(state, campaign, free, shut)
    blocks, turns = state.blocks, []
    for number in chosen:
        turns.append(
            Turn(number, block_states.state_of(blocks, number)[1], closes.get(block_states.place_of(blocks, number)[1]))
        )
        blocks = block_states.with_state(blocks, number, UpdateState.ORDERED)
    outputs: list[Record] = [
        StationsReleased(
            id=derived_id(plan.key, "released", block, *(f"{turn.number}.{turn.turn}" for turn in some)),
            key=lists.block_key(plan.key, block),
            turns=some,
            at=at,
        )
        for block, some in lists.by_block(turns).items()
    ]
    openings = [next_opening(plan.windows, plan.zones[zone], at) for zone in shut] if passed_over else []
    if chosen:
        campaign = replace(campaign, untold=True)
    return (
        replace(state, blocks=blocks, campaign=campaign),
        outputs,
        min((one for one in openings if one is not None), default=None),
    )


def _choose(state: CampaignState, campaign: Campaign, free: int, shut: set[int]) -> tuple[list[int], bool]:
    """Choose the next stations; also whether any was skipped because its window is closed."""
    most = campaign.plan.limits.max_at_once_per_site
    taken = block_states.in_flight_by_site(state.blocks) if most is not None else None
    chosen: list[int] = []
    passed_over = False
    for number in block_states.waiting(state.blocks, campaign.plan.wave_ends[campaign.wave]):
        site, zone = block_states.place_of(state.blocks, number)
        if zone in shut:
            passed_over = True
            if len(shut) == len(campaign.plan.zones):
                break
            continue
        if most is not None and taken is not None:
            if taken[site] >= most:
                continue
            taken[site] += 1
        chosen.append(number)
        if len(chosen) == free:
            break
    return chosen, passed_over
