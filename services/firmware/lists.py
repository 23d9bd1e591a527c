"""A block of a campaign's frozen list: turns the campaign's numbers into orders to stations. PURE."""

from collections.abc import Iterable

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.campaigns import (
    BLOCK_STATIONS,
    CampaignBlockFrozen,
    CampaignState,
    CampaignTargetsFrozen,
    StationsExtended,
    StationsReleased,
    StationsWithdrawn,
    Turn,
)
from schemas.firmware import UpdateExtended, UpdateOrdered, UpdateWithdrawn

Step = tuple[CampaignState, list[Record]]


def block_key(campaign: str, block: int) -> str:
    """The key of a block's list."""
    return f"{campaign}/{block}"


def store(state: CampaignState, frozen: CampaignTargetsFrozen) -> Step:
    """Store the list and report that to the campaign; of several the first counts."""
    targets = state.targets or frozen
    stored = CampaignBlockFrozen(
        id=derived_id(targets.key, "frozen"),
        key=targets.campaign,
        block=targets.block,
        sites=tuple(target.site for target in targets.targets),
        zones=tuple(target.zone for target in targets.targets),
        frozen_at=targets.frozen_at,
    )
    return replace(state, targets=targets), [stored]


def order(state: CampaignState, record: StationsReleased) -> Step:
    """Send an order to each of these stations."""
    targets = state.targets
    if targets is None:
        return state, []
    return state, [
        UpdateOrdered(
            id=derived_id(targets.campaign, turn.number, "ordered", turn.turn),
            station=_station(targets, turn.number),
            campaign=targets.campaign,
            number=turn.number,
            turn=turn.turn,
            firmware=targets.firmware,
            policy=targets.policy,
            send_until=turn.send_until,
            ordered_at=record.at,
        )
        for turn in record.turns
    ]


def withdraw(state: CampaignState, record: StationsWithdrawn) -> Step:
    """Withdraw the update of each of these stations."""
    targets = state.targets
    if targets is None:
        return state, []
    return state, [
        UpdateWithdrawn(
            id=derived_id(targets.campaign, turn.number, "withdrawn", turn.turn),
            station=_station(targets, turn.number),
            campaign=targets.campaign,
            number=turn.number,
            turn=turn.turn,
            withdrawn_at=record.at,
        )
        for turn in record.turns
    ]


def extend(state: CampaignState, record: StationsExtended) -> Step:
    """Set the deadline of all stations of the block, before and after their turn."""
    targets = state.targets
    if targets is None:
        return state, []
    targets = replace(targets, policy=replace(targets.policy, deadline_s=record.deadline_s))
    first = targets.block * BLOCK_STATIONS
    return replace(state, targets=targets), [
        UpdateExtended(
            id=derived_id(record.id, number),
            station=target.station,
            campaign=targets.campaign,
            number=number,
            deadline_s=record.deadline_s,
            extended_at=record.at,
        )
        for number, target in enumerate(targets.targets, first)
    ]


def by_block(turns: Iterable[Turn]) -> dict[int, tuple[Turn, ...]]:
    """Turns by the block of their stations."""
    grouped: dict[int, list[Turn]] = {}
    for turn in turns:
        grouped.setdefault(turn.number // BLOCK_STATIONS, []).append(turn)
    return {block: tuple(found) for block, found in grouped.items()}


def _station(targets: CampaignTargetsFrozen, number: int) -> str:
    return targets.targets[number - targets.block * BLOCK_STATIONS].station
