"""Where a station is: keeps its newest connection, supersedes others, and limits the wait for commands sent on them. PURE."""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.commands import ConnectionSuperseded, StationLocated
from schemas.states.commands import CommandQueue, KnownLocation
from services.commands.queue import Step

GRACE: Final = timedelta(seconds=5)
"""How long to wait for the report on a command whose connection ended; then its outcome is `disconnected`."""

EPOCHS_REMEMBERED: Final = 16
"""Replaced connections kept for one station."""


def apply_location(state: CommandQueue, report: StationLocated) -> Step:
    """Apply the record that a connection of the station began or ended."""
    current = state.location
    if current is None or report.epoch > current.epoch:
        return _move(state, report)
    if report.epoch < current.epoch:
        return _late(state, current, report)
    if not report.connected:
        state = replace(state, location=replace(current, connected=False))
        return _connection_lost(state, report.at), []
    return state, []


def _move(state: CommandQueue, located: StationLocated) -> Step:
    """Move to the newest connection; supersede the one before where it is on another gateway."""
    current = state.location
    outputs: list[Record] = []
    if current is not None:
        if current.connected and current.gateway != located.gateway:
            outputs = [_supersede(located, current.gateway, epochs=(current.epoch, located.epoch))]
        state = _remember_epoch(state, current.epoch)
    location = KnownLocation(gateway=located.gateway, epoch=located.epoch, connected=located.connected)
    state = replace(state, location=location, resume_at=None)
    return _connection_lost(state, located.at), outputs


def _late(state: CommandQueue, current: KnownLocation, located: StationLocated) -> Step:
    """Supersede an unknown older connection on another gateway.

    It may be the newest one where that gateway's clock is behind: the station then reconnects, with a greater epoch.
    """
    if located.epoch in state.past_epochs:
        return state, []
    stands_elsewhere = located.connected and located.gateway != current.gateway
    epochs = located.epoch, current.epoch
    outputs: list[Record] = [_supersede(located, located.gateway, epochs=epochs)] if stands_elsewhere else []
    return _remember_epoch(state, located.epoch), outputs


def _supersede(cause: StationLocated, gateway: str, *, epochs: tuple[int, int]) -> ConnectionSuperseded:
    """The record for the gateway of the older connection: `epochs` are its own, and that of the newer one."""
    epoch, by_epoch = epochs
    return ConnectionSuperseded(
        id=derived_id(cause.station, "superseded", gateway, epoch),
        station=cause.station,
        gateway=gateway,
        epoch=epoch,
        by_epoch=by_epoch,
        at=cause.at,
    )


def _remember_epoch(state: CommandQueue, epoch: int) -> CommandQueue:
    return replace(state, past_epochs=(*state.past_epochs, epoch)[-EPOCHS_REMEMBERED:])


def _connection_lost(state: CommandQueue, at: datetime) -> CommandQueue:
    """Shorten the deadline of a command on an ended connection: it is never sent again, and its gateway should report soon."""
    sent, location = state.outstanding, state.location
    if sent is None or sent.connection_lost or location is None:
        return state
    if sent.epoch == location.epoch and location.connected:
        return state
    lost = replace(sent, connection_lost=True, deadline=min(sent.deadline, at + GRACE))
    return replace(state, outstanding=lost)
