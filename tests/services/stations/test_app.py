"""The wiring of `stations`: reference data is read first, and the settings are the policy."""

from typing import Any

import pytest

from schemas.stations import REF_STATIONS, BootDecided
from services.stations.app import service
from services.stations.settings import StationsSettings
from tests.services.stations.records import STATION, booted, connected


@pytest.mark.parametrize(
    ("unknown", "answer"), [("accept", ("Accepted", 300)), ("park", ("Pending", 60)), ("refuse", ("Rejected", 60))]
)
def test_a_station_that_nobody_provisioned_is_answered_by_the_settings(unknown: Any, answer: tuple[str, int]) -> None:
    built = service(StationsSettings(stations_unknown=unknown, heartbeat_interval_s=300, boot_retry_interval_s=60))
    state, _ = built.step(built.initial(STATION), connected())

    _, outputs = built.step(state, booted())

    assert [(each.status, each.interval_s) for each in outputs if isinstance(each, BootDecided)] == [answer]


def test_what_was_provisioned_before_a_boot_is_read_before_it() -> None:
    assert REF_STATIONS in service(StationsSettings()).inputs_first
