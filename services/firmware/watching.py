"""Watching: after an update the station must be online without new faults, without interruption, for `healthy_for_s`."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.states.firmware import StationFirmware, StationUpdate
from services.firmware.updates import S, Step, move_to


def start_watch(state: StationFirmware, at: datetime) -> Step:
    """The station runs the new version: start to observe it, or succeed at once."""
    update = state.update
    assert update is not None
    if update.policy.healthy_for_s == 0:
        return move_to(state, S.SUCCEEDED, at)
    state = replace(state, update=replace(update, well_since=None if _ailment(state, update) else at))
    return move_to(state, S.OBSERVING, at, wake_at=at + _watch(update))


def update_watch(state: StationFirmware, at: datetime) -> StationFirmware:
    """Update since when the observed station has been healthy."""
    update = state.update
    if update is None or update.state is not S.OBSERVING:
        return state
    if _ailment(state, update):
        return replace(state, update=replace(update, well_since=None))
    return replace(state, update=replace(update, well_since=update.well_since or at))


def end_watch(state: StationFirmware, at: datetime) -> Step:
    """At the end of the watch: succeeded if healthy throughout, unhealthy if not now; else watch again, until the deadline."""
    update = state.update
    assert update is not None
    ailment = _ailment(state, update)
    if ailment:
        return move_to(state, S.UNHEALTHY, at, ailment)
    until = (update.well_since or at) + _watch(update)
    if until <= at:
        return move_to(state, S.SUCCEEDED, at)
    if until > update.deadline:
        return move_to(state, S.UNHEALTHY, at, "it comes and goes")
    return replace(state, update=replace(update, wake_at=until)), []


def _watch(update: StationUpdate) -> timedelta:
    return timedelta(seconds=update.policy.healthy_for_s)


def _ailment(state: StationFirmware, update: StationUpdate) -> str:
    """What is wrong with the station since the update; empty for nothing."""
    if not state.connected:
        return "it is offline"
    if state.faulted > update.faulted_before:
        return f"{state.faulted} connectors are faulted, {update.faulted_before} were before"
    return ""
