"""A station's update from state to state: each change has a revision and is told; what is over is remembered in short."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.commands import CommandCancelled
from schemas.firmware import (
    AT_WORK,
    FINAL,
    PastUpdate,
    StationFirmware,
    StationUpdate,
    UpdateChanged,
    UpdateOrdered,
    UpdateState,
    UpdateWithdrawn,
)

S = UpdateState

Step = tuple[StationFirmware, list[Record]]
"""The station after, and what is said about it."""

PAST_REMEMBERED: Final = 16
"""Updates of a station remembered after their end, so that their orders are known when they come again."""


def enrolled(state: StationFirmware, order: UpdateOrdered, known: PastUpdate | None) -> StationFirmware:
    """The station with the order's update, which goes on counting where an earlier round of it ended."""
    attempt = known.attempt if known is not None else 0
    update = StationUpdate(
        campaign=order.campaign,
        number=order.number,
        revision=order.turn,
        state=S.ORDERED,
        firmware=order.firmware,
        policy=order.policy,
        ordered_at=order.ordered_at,
        deadline=order.ordered_at + timedelta(seconds=order.policy.deadline_s),
        attempt=attempt,
        attempts_until=attempt + order.policy.attempts,
        from_version=state.version,
        faulted_before=known.faulted_before if known is not None else 0,
    )
    past = tuple(one for one in state.past if one.campaign != order.campaign)
    return replace(state, update=update, past=past)


def moved(
    state: StationFirmware, to: UpdateState, at: datetime, detail: str = "", *, wake_at: datetime | None = None
) -> Step:
    """The update in another state, told; a final one is over. `wake_at`: when the state ends by itself."""
    update = state.update
    assert update is not None
    update = replace(update, state=to, revision=update.revision + 1, wake_at=wake_at, listens_until=None)
    said: list[Record] = [_changed(state.station, update, at, detail)]
    if to in FINAL:
        over = PastUpdate(
            campaign=update.campaign,
            revision=update.revision,
            attempt=update.attempt,
            faulted_before=update.faulted_before,
        )
        return replace(_remembered(state, over), update=None), said
    return replace(state, update=update), said


def without_update(
    state: StationFirmware, order: UpdateOrdered | UpdateWithdrawn, ending: UpdateState, at: datetime
) -> Step:
    """The end of an update that never began here."""
    known = next((past for past in state.past if past.campaign == order.campaign), None)
    attempt, faulted_before = (known.attempt, known.faulted_before) if known is not None else (0, 0)
    over = PastUpdate(campaign=order.campaign, revision=order.turn + 1, attempt=attempt, faulted_before=faulted_before)
    said = UpdateChanged(
        id=_change_id(order.campaign, state.station, over.revision),
        campaign=order.campaign,
        station=state.station,
        number=order.number,
        revision=over.revision,
        state=ending,
        attempt=attempt,
        from_version=state.version,
        changed_at=at,
    )
    return _remembered(state, over), [said]


def withdrawn(state: StationFirmware, order: UpdateWithdrawn) -> Step:
    """The campaign is cancelled: what waits is over, what was asked for is taken back where it has not left."""
    update = state.update
    if update is None or update.campaign != order.campaign:
        known = next((past for past in state.past if past.campaign == order.campaign), None)
        if known is not None and known.revision != order.turn:
            return state, []  # it was over before, and the campaign will hear of it
        return without_update(state, order, S.CANCELLED, order.withdrawn_at)
    if update.withdrawn:
        return state, []
    if update.state not in AT_WORK and update.state is not S.OBSERVING:
        return moved(state, S.CANCELLED, order.withdrawn_at)
    state = replace(state, update=replace(update, withdrawn=True))
    if update.state is not S.SENT:
        return state, []
    return state, [
        CommandCancelled(
            id=derived_id(update.command_id, "withdrawn"),
            station=state.station,
            command_id=update.command_id,
            requested_at=order.withdrawn_at,
            requested_by=f"firmware campaign {order.campaign}",
        )
    ]


def _remembered(state: StationFirmware, over: PastUpdate) -> StationFirmware:
    others = tuple(past for past in state.past if past.campaign != over.campaign)
    return replace(state, past=(*others, over)[-PAST_REMEMBERED:])


def _change_id(campaign: str, station: str, revision: int) -> str:
    return derived_id(campaign, station, "update-changed", revision)


def _changed(station: str, update: StationUpdate, at: datetime, detail: str) -> UpdateChanged:
    return UpdateChanged(
        id=_change_id(update.campaign, station, update.revision),
        campaign=update.campaign,
        station=station,
        number=update.number,
        revision=update.revision,
        state=update.state,
        attempt=update.attempt,
        request_id=update.request_id,
        command_id=update.command_id,
        detail=detail,
        from_version=update.from_version,
        to_version=update.firmware.version,
        ordered_at=update.ordered_at,
        changed_at=at,
    )
