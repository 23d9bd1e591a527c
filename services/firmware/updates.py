"""Updates: moves a station's update from state to state; publishes each change, and keeps ended updates in short."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.commands import CommandCancelled
from schemas.firmware import AT_WORK, FINAL, UpdateChanged, UpdateOrdered, UpdateState, UpdateWithdrawn
from schemas.states.firmware import PastUpdate, StationFirmware, StationUpdate

S = UpdateState

Step = tuple[StationFirmware, list[Record]]
"""The new state, and the records to send."""

PAST_REMEMBERED: Final = 16
"""Ended updates kept of one station, to recognise repeated orders."""


def enroll(state: StationFirmware, order: UpdateOrdered, past_update: PastUpdate | None) -> StationFirmware:
    """Begin the update of an order; it continues the attempts of an earlier round."""
    attempt = past_update.attempt if past_update is not None else 0
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
        faulted_before=past_update.faulted_before if past_update is not None else 0,
    )
    past = tuple(one for one in state.past if one.campaign != order.campaign)
    return replace(state, update=update, past=past)


def move_to(
    state: StationFirmware, to: UpdateState, at: datetime, detail: str = "", *, wake_at: datetime | None = None
) -> Step:
    """Move the update to another state and publish that; a final state ends it. `wake_at`: when the state times out."""
    update = state.update
    assert update is not None
    update = replace(update, state=to, revision=update.revision + 1, wake_at=wake_at, listens_until=None)
    outputs: list[Record] = [_change_record(state.station, update, at, detail)]
    if to in FINAL:
        over = PastUpdate(
            campaign=update.campaign,
            revision=update.revision,
            attempt=update.attempt,
            faulted_before=update.faulted_before,
        )
        return replace(_remember(state, over), update=None), outputs
    return replace(state, update=update), outputs


def end_without_update(
    state: StationFirmware, order: UpdateOrdered | UpdateWithdrawn, ending: UpdateState, at: datetime
) -> Step:
    """End an update that never began at this station."""
    past_update = next((past for past in state.past if past.campaign == order.campaign), None)
    attempt, faulted_before = (past_update.attempt, past_update.faulted_before) if past_update is not None else (0, 0)
    over = PastUpdate(campaign=order.campaign, revision=order.turn + 1, attempt=attempt, faulted_before=faulted_before)
    outputs = UpdateChanged(
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
    return _remember(state, over), [outputs]


def withdraw(state: StationFirmware, order: UpdateWithdrawn) -> Step:
    """The campaign is cancelled: end a waiting update, and cancel a command that was not sent yet."""
    update = state.update
    if update is None or update.campaign != order.campaign:
        past_update = next((past for past in state.past if past.campaign == order.campaign), None)
        if past_update is not None and past_update.revision != order.turn:
            return state, []  # it had ended before, and the campaign will read that
        return end_without_update(state, order, S.CANCELLED, order.withdrawn_at)
    if update.withdrawn:
        return state, []
    if update.state not in AT_WORK and update.state is not S.OBSERVING:
        return move_to(state, S.CANCELLED, order.withdrawn_at)
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


def _remember(state: StationFirmware, over: PastUpdate) -> StationFirmware:
    others = tuple(past for past in state.past if past.campaign != over.campaign)
    return replace(state, past=(*others, over)[-PAST_REMEMBERED:])


def _change_id(campaign: str, station: str, revision: int) -> str:
    return derived_id(campaign, station, "update-changed", revision)


def _change_record(station: str, update: StationUpdate, at: datetime, detail: str) -> UpdateChanged:
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
