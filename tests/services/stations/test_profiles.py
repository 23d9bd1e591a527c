"""Security profiles of stations: the highest counts, until the operator allows a lower one."""

import datetime as dt

import pytest

from schemas.base import Record, SecurityProfile
from schemas.stations import AdmissionChanged, StationConnected, StationProvisioned, StationRemoved
from services.stations.core import Policy, initial, step
from services.stations.profiles import allowed, raised

NOON = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("highest", "now", "after"), [(0, None, 0), (0, 1, 0), (0, 2, 2), (2, 1, 2), (2, 3, 3), (3, 2, 3)]
)
def test_an_encrypted_profile_stays(highest: SecurityProfile, now: SecurityProfile | None, after: int) -> None:
    assert raised(highest, now) == after


@pytest.mark.parametrize(
    ("highest", "least", "after"), [(3, None, 3), (3, 3, 3), (2, 3, 2), (3, 2, 2), (3, 1, 0), (2, 0, 0), (0, 0, 0)]
)
def test_the_operator_allows_a_lower_one(highest: SecurityProfile, least: SecurityProfile | None, after: int) -> None:
    assert allowed(highest, least) == after


def connected(epoch: int, profile: SecurityProfile | None) -> StationConnected:
    return StationConnected(
        id=f"c{epoch}", station="CP-1", gateway="gw-0", epoch=epoch, version="2.0.1", security_profile=profile,
        at=NOON + dt.timedelta(minutes=epoch),
    )  # fmt: skip


def provisioned(minute: int, least: SecurityProfile | None) -> StationProvisioned:
    at = NOON + dt.timedelta(minutes=minute)
    return StationProvisioned(station="CP-1", min_security_profile=least, provisioned_at=at)


def admissions(*records: Record) -> list[int]:
    """The profile of each admission that gateways are told."""
    state, told = initial("CP-1"), []
    for record in records:
        state, outputs = step(state, record, Policy())
        told += [output.security_profile for output in outputs if isinstance(output, AdmissionChanged)]
    return told


@pytest.mark.usecase("A00", "A00.FR.005")
def test_gateways_are_told_the_highest_until_the_operator_allows_a_lower_one() -> None:
    assert admissions(connected(1, 1), connected(2, 2), connected(3, 1), provisioned(4, 1))[-2:] == [2, 0]
    assert admissions(connected(1, 3), connected(2, 2), connected(3, None))[-1] == 3


def test_a_station_that_is_removed_begins_anew() -> None:
    removed = StationRemoved(station="CP-1", removed_at=NOON + dt.timedelta(minutes=3))
    assert admissions(provisioned(0, None), connected(1, 3), removed)[-1] == 0


def test_an_older_connection_changes_nothing() -> None:
    assert admissions(connected(5, 2), connected(4, 3))[-1] == 2
