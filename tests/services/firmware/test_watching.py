"""After an update a station is watched until it has been healthy long enough."""

from typing import Any

from msgspec.structs import replace

from schemas.firmware import UpdateState
from schemas.states.firmware import StationFirmware
from services.firmware.updates import enroll
from services.firmware.watching import end_watch, start_watch, update_watch
from tests.services.firmware.records import POLICY, STATION, ordered
from tests.services.moments import at

S = UpdateState


def updated(**policy: Any) -> StationFirmware:
    order = ordered(0, policy=replace(POLICY, **policy))
    return enroll(StationFirmware(station=STATION, connected=True), order, None)


def state_of(outputs: list[Any]) -> UpdateState | None:
    return outputs[-1].state if outputs else None


def test_without_a_watch_the_update_has_succeeded_at_once() -> None:
    assert state_of(start_watch(updated(healthy_for_s=0), at(10))[1]) is S.SUCCEEDED


def test_a_station_that_was_healthy_throughout_has_succeeded() -> None:
    state, outputs = start_watch(updated(), at(10))

    assert state_of(outputs) is S.OBSERVING
    assert state_of(end_watch(state, at(10 + POLICY.healthy_for_s))[1]) is S.SUCCEEDED


def test_a_station_that_is_offline_at_the_end_is_unhealthy() -> None:
    state, _ = start_watch(updated(), at(10))
    state = update_watch(replace(state, connected=False), at(20))

    assert state_of(end_watch(state, at(130))[1]) is S.UNHEALTHY


def test_a_station_that_recovered_is_watched_again_within_its_deadline() -> None:
    state, _ = start_watch(updated(), at(10))
    state = update_watch(replace(state, connected=False), at(20))
    state = update_watch(replace(state, connected=True), at(100))
    again, outputs = end_watch(state, at(130))

    assert outputs == []
    assert again.update is not None
    assert again.update.wake_at == at(100 + POLICY.healthy_for_s)
    late, _ = start_watch(updated(deadline_s=140), at(10))
    late = replace(late, update=replace(late.update, well_since=at(100)))  # type: ignore[type-var]
    assert state_of(end_watch(late, at(130))[1]) is S.UNHEALTHY
