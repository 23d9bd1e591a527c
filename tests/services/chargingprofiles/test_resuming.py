"""A transaction that goes on after a boot gets its profiles again, and nothing else does."""

import pytest

from schemas.commands import CommandRequested
from schemas.energy import limit_number
from schemas.profilecommands import SetChargingProfile
from tests.services.chargingprofiles.records import (
    HOUR,
    STATION,
    Station,
    asked,
    cleared,
    profile,
    session,
    settled,
    start,
    tx_profile,
)
from tests.services.moments import at


def again(station: Station, record: object) -> list[CommandRequested]:
    return [said for said in station.reads(record) if isinstance(said, CommandRequested)]


def resumed(seconds: float = HOUR, **changes: object) -> object:
    return session(resumed_at=at(seconds), changed_at=at(seconds + 1), **changes)


@pytest.mark.usecase("E17", "E17.FR.15")
def test_its_profile_is_set_again_under_its_number() -> None:
    station = Station(session(), asked(profile=tx_profile(), seconds=130), settled(seconds=131))

    (command,) = again(station, resumed())

    assert command.command == SetChargingProfile(evse=1, profile=tx_profile())
    assert (command.requested_at, command.requested_by) == (at(HOUR + 1), "chargingprofiles")


def test_a_profile_that_came_with_a_remote_start_names_the_transaction_now() -> None:
    station = Station(start(), settled("go", command="RemoteStart"), session(remote_start_id=5))

    (command,) = again(station, resumed(remote_start_id=5))

    assert command.command.profile == profile(purpose="TxProfile", transaction_id="tx-s1")


def test_once_for_each_resumption_whatever_is_read_again() -> None:
    station = Station(session(), asked(profile=tx_profile(), seconds=130), settled(seconds=131))
    first = again(station, resumed())

    assert again(station, resumed()) == []
    second = again(station, resumed(2 * HOUR))
    assert len({command.id for command in (*first, *second)}) == 2


@pytest.mark.parametrize(
    "records",
    [
        [asked(seconds=130), settled(seconds=131)],  # no profile of the transaction
        [asked(profile=tx_profile("tx-other"), seconds=130), settled(seconds=131)],
        [asked(profile=tx_profile(), seconds=130), settled("p1", "rejected", seconds=131)],
        [
            asked(profile=tx_profile(), seconds=130),
            settled(seconds=131),
            cleared(seconds=140),
            settled("c1", seconds=141, command="ClearChargingProfile"),
        ],
    ],
)
def test_what_is_not_there_is_not_set_again(records: list[object]) -> None:
    assert again(Station(session(), *records), resumed()) == []


def test_a_session_that_is_over_gets_nothing() -> None:
    station = Station(session(), asked(profile=tx_profile(), seconds=130), settled(seconds=131))

    assert again(station, session(seconds=120, ended=HOUR, resumed_at=at(HOUR - 5))) == []


def test_the_limit_of_a_site_is_left_to_its_service() -> None:
    told = tx_profile(profile_id=limit_number(STATION, 1, "limit"))
    station = Station(session(), asked(profile=told, seconds=130), settled(seconds=131))

    assert again(station, resumed()) == []
