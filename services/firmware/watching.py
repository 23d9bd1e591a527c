"""The watch after an update: a station that runs the new version must be online without new faults, for a while without a break."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.firmware import StationFirmware, StationUpdate
from services.firmware.updates import S, Step, moved


def observed(state: StationFirmware, at: datetime) -> Step:
    """The station runs the new version: watch it for a while, or be content at once."""
    update = state.update
    assert update is not None
    if update.policy.healthy_for_s == 0:
        return moved(state, S.SUCCEEDED, at)
    state = replace(state, update=replace(update, well_since=None if _ailment(state, update) else at))
    return moved(state, S.OBSERVING, at, wake_at=at + _watch(update))


def watched(state: StationFirmware, at: datetime) -> StationFirmware:
    """The station after news of it: since when it has been well."""
    update = state.update
    if update is None or update.state is not S.OBSERVING:
        return state
    if _ailment(state, update):
        return replace(state, update=replace(update, well_since=None))
    return replace(state, update=replace(update, well_since=update.well_since or at))


def judged(state: StationFirmware, at: datetime) -> Step:
    """The end of the watch: well all the time, or not well now; who has recovered is watched on, within its deadline."""
    update = state.update
    assert update is not None
    ailment = _ailment(state, update)
    if ailment:
        return moved(state, S.UNHEALTHY, at, ailment)
    until = (update.well_since or at) + _watch(update)
    if until <= at:
        return moved(state, S.SUCCEEDED, at)
    if until > update.deadline:
        return moved(state, S.UNHEALTHY, at, "it comes and goes")
    return replace(state, update=replace(update, wake_at=until)), []


def _watch(update: StationUpdate) -> timedelta:
    return timedelta(seconds=update.policy.healthy_for_s)


def _ailment(state: StationFirmware, update: StationUpdate) -> str:
    """What is wrong with the station; empty where nothing is that was not before."""
    if not state.connected:
        return "it is offline"
    if state.faulted > update.faulted_before:
        return f"{state.faulted} connectors are faulted, {update.faulted_before} were before"
    return ""
