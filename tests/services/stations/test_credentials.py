"""Credentials: which passwords open, after operators, commands and the station itself have had their say."""

from typing import Any, Literal

import pytest
from msgspec.structs import replace

from schemas.commands import CredentialReported
from schemas.credentials import credential_id
from schemas.stations import AdmissionChanged, StationConnected
from tests.services.stations.records import STATION, Station, at, booted, connected, provisioned, removed

Status = Literal["asked", "changed", "unchanged", "unknown"]
_epochs = iter(range(10, 10_000))


def says(status: Status, password_hash: str = "new", *, command: str = "c1", seconds: float = 30) -> CredentialReported:
    return CredentialReported(
        id=f"{command}-{status}",
        station=STATION,
        command_id=command,
        password_hash=password_hash,
        status=status,
        at=at(seconds),
    )


def came_by(password_hash: str) -> StationConnected:
    return replace(connected(next(_epochs), seconds=40), credential=credential_id(password_hash))


def told(station: Station) -> AdmissionChanged:
    """What gateways were told last."""
    return [record for record in station.said if isinstance(record, AdmissionChanged)][-1]


def opens(*records: Any, word: str = "old") -> tuple[str, ...]:
    station = Station(provisioned(password_hash=word), connected(), booted(), *records)
    return told(station).password_hashes


def test_without_a_command_the_operators_word_is_all_there_is() -> None:
    assert opens() == ()


def test_while_a_command_is_under_way_both_open() -> None:
    assert opens(says("asked")) == ("old", "new")


def test_a_password_that_the_station_accepted_voids_the_old_one() -> None:
    assert opens(says("asked"), says("changed")) == ("new",)


def test_a_password_that_the_station_rejected_is_none() -> None:
    assert opens(says("asked"), says("unchanged")) == ()


@pytest.mark.parametrize(("used", "left"), [("new", ("new",)), ("old", ())])
def test_without_an_answer_both_open_until_one_was_used(used: str, left: tuple[str, ...]) -> None:
    assert opens(says("asked"), says("unknown")) == ("old", "new")
    assert opens(says("asked"), says("unknown"), came_by(used)) == left


def test_the_old_one_used_while_the_command_is_under_way_proves_nothing() -> None:
    assert opens(says("asked"), came_by("old")) == ("old", "new")


def test_the_new_one_used_before_the_outcome_is_known_is_the_password() -> None:
    assert opens(says("asked"), came_by("new")) == ("new",)
    assert opens(says("asked"), came_by("new"), says("unknown"), came_by("new")) == ("new",)


def test_a_second_password_after_the_first_takes_its_place() -> None:
    first = (says("asked"), says("changed"))

    assert opens(*first, says("asked", "newer", command="c2")) == ("new", "newer")
    assert opens(*first, says("asked", "newer", command="c2"), says("changed", "newer", command="c2")) == ("newer",)


def test_a_station_that_was_asked_for_none_is_asked_for_it_only_once_it_has_used_it() -> None:
    given = (says("asked"), says("changed"))

    assert opens(*given, word="") == ("", "new")
    assert opens(*given, connected(7, seconds=50), word="") == ("", "new")
    assert opens(*given, came_by("new"), word="") == ("new",)


def test_the_operators_next_word_voids_what_was_given() -> None:
    given = (says("asked"), says("changed"))

    assert opens(*given, provisioned(seconds=60, password_hash="newest")) == ()
    assert opens(*given, removed(seconds=60)) == ()
    assert opens(*given, provisioned(seconds=60, password_hash="old", site="elsewhere")) == ("new",)


def test_gateways_are_told_on_which_word_of_the_operator_it_rests() -> None:
    station = Station(provisioned(password_hash="old"), connected(), says("asked"), says("changed"))

    assert told(station).replaces == "old"


def test_the_same_reports_again_change_nothing() -> None:
    station = Station(provisioned(password_hash="old"), connected(), says("asked"), says("changed"))
    before = station.state

    station.feed(says("asked"), says("changed"))

    assert station.state.credentials == before.credentials


def test_passwords_that_are_never_answered_do_not_pile_up() -> None:
    asked = [says("asked", f"new-{n}", command=f"c{n}") for n in range(100)]

    assert len(opens(*asked)) == 5


def test_a_station_tells_since_when_its_password_counts() -> None:
    station = Station(provisioned(password_hash="old"), connected(), booted())
    assert station.state.now.credential_since == provisioned().provisioned_at

    station = Station(provisioned(password_hash="old"), connected(), booted(), says("asked"), says("changed"))
    assert station.state.now.credential_since == at(30)


def test_a_password_without_an_answer_counts_since_its_first_use() -> None:
    used = came_by("new")
    station = Station(provisioned(password_hash="old"), connected(), booted(), says("asked"), says("unknown"), used)

    assert station.state.now.credential_since == used.at
    assert station.state.now.credential == used.credential


def test_a_station_without_a_password_has_none_since_ever() -> None:
    assert Station(provisioned(), connected(), booted()).state.now.credential_since is None


def test_a_station_tells_the_security_profile_of_its_latest_connection() -> None:
    station = Station(replace(connected(1), security_profile=2), replace(connected(2, seconds=9), security_profile=3))

    assert station.state.now.security_profile == 3
