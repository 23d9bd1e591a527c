"""The wiring of `stations`: reference data is read first, and the settings are the policy."""

from typing import Any

import pytest
from msgspec.structs import replace

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


@pytest.mark.parametrize(("profile", "answer"), [(3, "Accepted"), (2, "Rejected"), (0, "Rejected"), (None, "Rejected")])
def test_one_with_a_client_certificate_may_have_a_policy_of_its_own(profile: Any, answer: str) -> None:
    built = service(StationsSettings(stations_unknown="refuse", stations_unknown_certified="accept"))
    state, _ = built.step(built.initial(STATION), replace(connected(), security_profile=profile))

    _, outputs = built.step(state, booted())

    assert [each.status for each in outputs if isinstance(each, BootDecided)] == [answer]


def test_a_certificate_of_an_earlier_connection_proves_nothing() -> None:
    """A boot on a connection whose beginning was not heard of: nobody knows what it proved."""
    built = service(StationsSettings(stations_unknown="refuse", stations_unknown_certified="accept"))
    state, _ = built.step(built.initial(STATION), replace(connected(), security_profile=3))
    before = booted(seconds=100)
    later = replace(before, reply_to=replace(before.reply_to, epoch=before.reply_to.epoch + 1))

    _, outputs = built.step(state, later)

    assert [each.status for each in outputs if isinstance(each, BootDecided)] == ["Rejected"]


def test_what_was_provisioned_before_a_boot_is_read_before_it() -> None:
    assert REF_STATIONS in service(StationsSettings()).inputs_first
