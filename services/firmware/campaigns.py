"""Campaigns, keyed by campaign: waves, gates between them, limits, windows, and whose turn it is.

A campaign knows its stations by number only, a letter and a revision each, so that tens of thousands fit into one state. Their
ids are in blocks under keys of their own (`services.firmware.lists`), which turn its numbers into orders. Who says what:

- the API freezes the list: one `CampaignTargetsFrozen` a block, then `CampaignRequested`; operators steer by `CampaignSteered`
- block -> campaign `CampaignBlockFrozen`; campaign -> block `StationsReleased`, `StationsWithdrawn`, `StationsExtended`
- block -> station `UpdateOrdered`, `UpdateWithdrawn`, `UpdateExtended`; station -> campaign `UpdateChanged`
- campaign -> everybody `CampaignChanged`

All of them may come twice. A change counts once, by its revision; a turn is given in the name of the revision it answers, so
that a station obeys it once; an intervention is known by its id; a list stands as it first came.

A wave is over when nobody of it waits, works or is watched; stations that are offline or busy do not hold it up: they catch
up later, within their deadline. Then its gate is judged (`services.firmware.gates` says how, and what holds of a wave of which
nobody could be tried). The campaign is over when every station has come to its final state.

Its list is frozen: more stations are another campaign, which leaves out those that this one has done or has still to do.
"""

from datetime import datetime
from typing import Final

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
from services.firmware import blocks as held
from services.firmware import lists
from services.firmware.gates import in_words, judged, judged_anew, noted, reopened, verdicts_with, waves_of
from services.firmware.telling import told
from services.firmware.windows import next_opening, open_until

Step = tuple[CampaignState, list[Record]]

STEERED_REMEMBERED: Final = 64
"""Interventions remembered, so that a repeat is known."""

UNENDED: Final = frozenset({"preparing", "scheduled", "running", "paused", "halted"})
"""Statuses of a campaign that may still give turns."""


def initial(key: str) -> CampaignState:
    """A campaign, or a block of one, that nobody has asked for."""
    return CampaignState(key=key)


def due(state: CampaignState) -> datetime | None:
    """When the campaign has something to do by itself: begin, go on in a window, tell how it stands."""
    return state.campaign.wake_at if state.campaign is not None else None


def step(state: CampaignState, record: Record) -> Step:  # noqa: PLR0911 a flat match over the records
    """Apply one record, and let the campaign go on."""
    match record:
        case CampaignTargetsFrozen():
            return lists.frozen(state, record)
        case StationsReleased():
            return lists.released(state, record)
        case StationsWithdrawn():
            return lists.withdrawn(state, record)
        case StationsExtended():
            return lists.extended(state, record)
        case CampaignRequested():
            return _advanced(state, _requested(state, record), record.requested_at)
        case CampaignBlockFrozen():
            return _advanced(state, _block_frozen(state, record), record.frozen_at)
        case UpdateChanged():
            return _advanced(state, _changed(state, record), record.changed_at)
        case CampaignSteered():
            after, outputs = _steered(state, record)
            after, more = _advanced(state, after, record.requested_at)
            return after, outputs + more
        case Due():
            return _advanced(state, state, max(record.at, record.sent_at or record.at))
    raise Poison(f"firmware campaigns have no use for a {type(record).__name__}")


# -- what is heard ----------------------------------------------------------------------------------------------------


def _requested(state: CampaignState, plan: CampaignRequested) -> CampaignState:
    if state.campaign is not None:
        return state
    campaign = Campaign(plan=plan, status="preparing", changed_at=plan.requested_at)
    return replace(state, campaign=noted(campaign, "requested", plan.requested_at, by=plan.requested_by))


def _block_frozen(state: CampaignState, record: CampaignBlockFrozen) -> CampaignState:
    if record.block in state.blocks:
        return state
    stations = len(record.sites)
    block = Block(
        states=held.LETTERS[UpdateState.PENDING] * stations,
        revisions=(0,) * stations,
        sites=record.sites,
        zones=record.zones,
    )
    return replace(state, blocks=state.blocks | {record.block: block})


def _changed(state: CampaignState, change: UpdateChanged) -> CampaignState:
    campaign = state.campaign
    if campaign is None or campaign.status == "preparing" or not 0 <= change.number < campaign.plan.stations:
        return state
    _, revision = held.state_of(state.blocks, change.number)
    if change.revision <= revision:
        return state
    after = held.with_state(state.blocks, change.number, change.state, change.revision)
    return replace(state, blocks=after, campaign=replace(campaign, untold=True))


# -- interventions ----------------------------------------------------------------------------------------------------


def _steered(state: CampaignState, record: CampaignSteered) -> Step:
    campaign = state.campaign
    if campaign is None or record.id in state.steered:
        return state, []
    state = replace(state, steered=(*state.steered, record.id)[-STEERED_REMEMBERED:])
    at, by, status = record.requested_at, record.requested_by, campaign.status
    match record.action:
        case "pause" if status in ("scheduled", "running"):
            campaign = noted(replace(campaign, status="paused", reason=""), "paused", at, by=by)
        case "resume" if status in ("paused", "halted"):
            campaign = noted(_resumed(state, campaign), "resumed", at, by=by)
        case "cancel" if status in UNENDED:
            return _cancelled(state, campaign, record)
        case "retry" if status in (UNENDED - {"preparing"}) | {"finished"}:
            return _retried(state, campaign, record), []
        case "extend" if status in UNENDED | {"finished"}:
            return _extended(state, campaign, record)
    return replace(state, campaign=replace(campaign, untold=True)), []


def _resumed(state: CampaignState, campaign: Campaign) -> Campaign:
    """What has failed so far is forgiven, and a gate that did not open is passed."""
    failures = held.count(state.blocks, FAILED, 0, campaign.plan.stations)
    status = "running" if campaign.started_at is not None else "scheduled"
    return replace(reopened(campaign), status=status, reason="", forgiven=failures)


def _cancelled(state: CampaignState, campaign: Campaign, record: CampaignSteered) -> Step:
    at, plan = record.requested_at, campaign.plan
    if campaign.status == "preparing":
        campaign = replace(campaign, status="cancelled", reason="", ended_at=at)
        return replace(state, campaign=noted(campaign, "cancelled", at, by=record.requested_by)), []
    campaign = noted(replace(campaign, status="cancelling", reason=""), "cancelled", at, by=record.requested_by)
    turns = [
        Turn(number, held.state_of(state.blocks, number)[1]) for number in held.unended(state.blocks, plan.stations)
    ]
    outputs: list[Record] = [
        StationsWithdrawn(
            id=derived_id(record.id, block), key=lists.block_key(plan.key, block), turns=some, at=record.requested_at
        )
        for block, some in lists.by_block(turns).items()
    ]
    return replace(state, campaign=campaign), outputs


def _retried(state: CampaignState, campaign: Campaign, record: CampaignSteered) -> CampaignState:
    """All that failed or were missed wait for a turn again; a campaign that they had halted runs, and its gate judges anew."""
    blocks, numbers = state.blocks, list(held.to_retry(state.blocks, campaign.plan.stations))
    for number in numbers:
        blocks = held.with_state(blocks, number, UpdateState.READY)
    if numbers and campaign.status == "finished":
        campaign = replace(campaign, status="running", ended_at=None)
    if numbers and campaign.status == "halted":
        campaign = replace(judged_anew(campaign), status="running", reason="")
    campaign = replace(campaign, forgiven=0, untold=True)
    if numbers:
        campaign = noted(campaign, "retried", record.requested_at, f"{len(numbers)} stations", by=record.requested_by)
    return replace(state, blocks=blocks, campaign=campaign)


def _extended(state: CampaignState, campaign: Campaign, record: CampaignSteered) -> Step:
    plan, outputs, told = campaign.plan, [], []
    limits = plan.limits
    if record.max_at_once is not None:
        limits = replace(limits, max_at_once=record.max_at_once)
        told.append(f"{record.max_at_once} at once")
    if record.max_at_once_per_site is not None:
        limits = replace(limits, max_at_once_per_site=record.max_at_once_per_site)
        told.append(f"{record.max_at_once_per_site} at once at a site")
    if record.max_failures is not None:
        limits = replace(limits, max_failures=record.max_failures)
        told.append(f"{record.max_failures} failures at most")
    if record.deadline_s is not None:
        plan = replace(plan, policy=replace(plan.policy, deadline_s=record.deadline_s))
        told.append(f"{record.deadline_s} s for each station")
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
    campaign = noted(campaign, "extended", record.requested_at, ", ".join(told), by=record.requested_by)
    return replace(state, campaign=campaign), list(outputs)


# -- going on ---------------------------------------------------------------------------------------------------------


def _advanced(before: CampaignState, state: CampaignState, at: datetime) -> Step:
    """Begin, halt, pass gates, give turns, end: as far as it goes now. Then tell how it stands."""
    campaign = state.campaign
    if campaign is None:
        return state, []
    campaign = _begun(state, campaign, at)
    campaign = _through_gates(state, _halted(state, campaign, at), at)
    campaign = _ended(state, campaign, at)
    state, outputs, opens_at = _turns(replace(state, campaign=campaign), campaign, at)
    state, said = told(before, state, at, wake_at=opens_at)
    return state, outputs + said


def _begun(state: CampaignState, campaign: Campaign, at: datetime) -> Campaign:
    plan = campaign.plan
    if campaign.status == "preparing" and len(state.blocks) == plan.blocks:
        campaign = replace(campaign, status="scheduled", untold=True)
    if campaign.status == "scheduled" and (plan.start_at is None or at >= plan.start_at):
        campaign = noted(replace(campaign, status="running", started_at=at), "wave began", at, "wave 1")
    return campaign


def _halted(state: CampaignState, campaign: Campaign, at: datetime) -> Campaign:
    """More failures than are allowed: stop by itself."""
    most = campaign.plan.limits.max_failures
    if campaign.status != "running" or most is None:
        return campaign
    failures = held.count(state.blocks, FAILED, 0, campaign.plan.stations) - campaign.forgiven
    if failures <= most:
        return campaign
    reason = f"{failures} failed, {most} may"
    return noted(replace(campaign, status="halted", reason=reason), "halted", at, reason)


def _through_gates(state: CampaignState, campaign: Campaign, at: datetime) -> Campaign:
    waves = waves_of(campaign.plan)
    while campaign.status == "running" and held.settled(state.blocks, *waves[campaign.wave]):
        verdict = judged(state.blocks, campaign, at)
        if verdict is None:
            return campaign  # everybody is away, and nobody was there before: nothing can be said yet
        if campaign.wave == len(waves) - 1:
            return campaign
        if campaign.opened <= campaign.wave:
            campaign = verdicts_with(campaign, verdict)
            if not verdict.passed:
                return noted(replace(campaign, status="halted", reason=verdict.reason), "halted", at, verdict.reason)
            campaign = noted(campaign, "gate passed", at, in_words(verdict))
            if campaign.plan.gate.approval == "operator":
                return replace(campaign, status="paused", reason=f"wave {campaign.wave + 1} is over: resume to go on")
        campaign = replace(campaign, wave=campaign.wave + 1)
        campaign = noted(campaign, "wave began", at, f"wave {campaign.wave + 1}")
    return campaign


def _ended(state: CampaignState, campaign: Campaign, at: datetime) -> Campaign:
    if campaign.status not in ("running", "cancelling") or not held.ended(state.blocks, campaign.plan.stations):
        return campaign
    if campaign.status == "cancelling":
        return replace(campaign, status="cancelled", ended_at=at, untold=True)
    verdict = judged(state.blocks, campaign, at)
    if verdict is not None:
        campaign = verdicts_with(campaign, verdict)
    return noted(replace(campaign, status="finished", ended_at=at), "finished", at)


def _turns(
    state: CampaignState, campaign: Campaign, at: datetime
) -> tuple[CampaignState, list[Record], datetime | None]:
    """Give places that are free to stations of this wave and those before, in windows only; else when a window next opens."""
    plan = campaign.plan
    free = plan.limits.max_at_once - held.in_flight(state.blocks) if campaign.status == "running" else 0
    if free <= 0:
        return state, [], None
    closes = (
        {number: open_until(plan.windows, zone, at) for number, zone in enumerate(plan.zones)} if plan.windows else {}
    )
    shut = {number for number, until in closes.items() if until is None}
    chosen, passed_over = _chosen(state, campaign, free, shut)
    blocks, turns = state.blocks, []
    for number in chosen:
        turns.append(Turn(number, held.state_of(blocks, number)[1], closes.get(held.place_of(blocks, number)[1])))
        blocks = held.with_state(blocks, number, UpdateState.ORDERED)
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


def _chosen(state: CampaignState, campaign: Campaign, free: int, shut: set[int]) -> tuple[list[int], bool]:
    """The next stations, and whether any had to be passed over because its window is shut."""
    most = campaign.plan.limits.max_at_once_per_site
    taken = held.taken_by_site(state.blocks) if most is not None else None
    chosen: list[int] = []
    passed_over = False
    for number in held.waiting(state.blocks, campaign.plan.wave_ends[campaign.wave]):
        site, zone = held.place_of(state.blocks, number)
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
