"""The gate: how many handshakes come in, of whom. Its clock is moved by hand."""

import base64
import datetime as dt
from typing import Any

import pytest

from gateway.admission import Admitted, Refused, Request
from gateway.gate import WRONG_AT_ONCE, Gate
from gateway.references import References
from gateway.settings import Settings
from schemas.base import Record
from schemas.codec import encode
from schemas.credentials import hash_password
from schemas.routing import route
from schemas.stations import AdmissionChanged, StationProvisioned

AT = dt.datetime(2026, 3, 29, tzinfo=dt.UTC)
RIGHT = "the-right-password"


class Entrance:
    """A gate, what it knows, and who comes to it."""

    def __init__(self, *records: Record, **settings: Any) -> None:
        self.references = References()
        self.gate = Gate(Settings(**settings), self.references, lambda _: None)
        self.now = 1_000.0
        self.knows(*records)

    def knows(self, *records: Record) -> None:
        for record in records:
            routed = route(record)
            self.references.apply(routed.topic, routed.key, encode(record))

    def comes(self, station: str, password: str | None = None, *, address: str = "192.0.2.1") -> Admitted | Refused:
        said = None if password is None else "Basic " + base64.b64encode(f"{station}:{password}".encode()).decode()
        request = Request(path=f"/ocpp/{station}", subprotocols=("ocpp1.6",), authorization=said)
        return self.gate.decide(request, address, self.now)

    def status(self, *coming: Any, **more: Any) -> int:
        verdict = self.comes(*coming, **more)
        return verdict.status if isinstance(verdict, Refused) else 101


def secured(station: str = "CP-1") -> StationProvisioned:
    return StationProvisioned(station=station, password_hash=hash_password(RIGHT, b"s"), provisioned_at=AT)


def heard(station: str) -> AdmissionChanged:
    return AdmissionChanged(id="x", station=station, registration="Pending", changed_at=AT)


# -- identities that nobody provisioned -------------------------------------------------------------------------------


def test_new_identities_are_parked_only_so_fast() -> None:
    entrance = Entrance(stations_unknown="park", parked_stations_per_minute=3)

    assert [entrance.status(f"NEW-{n}") for n in range(5)] == [101, 101, 101, 503, 503]
    entrance.now += 20
    assert [entrance.status(f"NEWER-{n}") for n in range(2)] == [101, 503]


def test_no_more_identities_are_parked_than_may_be_and_those_that_are_come_back() -> None:
    entrance = Entrance(heard("P-1"), heard("P-2"), stations_unknown="park", parked_stations=2)

    refused = entrance.comes("P-3")

    assert isinstance(refused, Refused)
    assert (refused.status, refused.retry_after_s > 0) == (503, True)
    assert entrance.status("P-1") == 101


def test_a_parked_station_that_is_provisioned_or_removed_makes_room() -> None:
    entrance = Entrance(heard("P-1"), heard("P-2"), stations_unknown="park", parked_stations=2)

    entrance.knows(StationProvisioned(station="P-1", provisioned_at=AT))

    assert entrance.status("P-3") == 101
    assert entrance.status("P-1") == 101


def test_provisioned_stations_come_however_many_are_parked() -> None:
    entrance = Entrance(secured(), stations_unknown="park", parked_stations=0)

    assert entrance.status("CP-1", RIGHT) == 101


def test_where_unknown_stations_are_accepted_thousands_come_at_once() -> None:
    entrance = Entrance(stations_unknown="accept", parked_stations=0, parked_stations_per_minute=1)

    assert {entrance.status(f"LOAD-{n}") for n in range(5_000)} == {101}


def test_there_is_an_end_to_them_too() -> None:
    entrance = Entrance(heard("P-1"), stations_unknown="accept", accepted_stations=1)

    assert (entrance.status("P-1"), entrance.status("P-2")) == (101, 503)


# -- connections that replace each other ------------------------------------------------------------------------------


def test_connections_that_replace_each_other_every_second_are_slowed_and_the_newest_wins_in_the_end() -> None:
    entrance = Entrance(stations_unknown="accept", replacements=5, replacement_s=5.0)
    came = 0
    for _ in range(60):
        entrance.now += 1
        if entrance.status("FIGHT") == 101:
            entrance.gate.note_replacement("FIGHT", entrance.now)
            came += 1

    assert 15 <= came <= 17
    assert entrance.status("OTHER") == 101


def test_how_many_were_held_off_is_told_with_the_next_that_comes() -> None:
    entrance = Entrance(stations_unknown="accept", replacements=1, replacement_s=5.0)
    assert entrance.gate.note_replacement("FIGHT", entrance.now) == 0
    for _ in range(3):
        assert entrance.status("FIGHT") == 503
    entrance.now += 5

    assert entrance.status("FIGHT") == 101
    assert entrance.gate.note_replacement("fight", entrance.now) == 3
    assert entrance.gate.note_replacement("FIGHT", entrance.now) == 0


def test_a_station_that_waits_is_told_how_long() -> None:
    entrance = Entrance(stations_unknown="accept", replacements=1, replacement_s=5.0)
    entrance.gate.note_replacement("FIGHT", entrance.now)

    refused = entrance.comes("fight")

    assert isinstance(refused, Refused)
    assert (refused.status, refused.retry_after_s) == (503, 5.0)


# -- wrong passwords --------------------------------------------------------------------------------------------------


@pytest.fixture
def attacked() -> Entrance:
    """An entrance at which one address has tried many passwords, after the station itself was here."""
    entrance = Entrance(secured(), secured("CP-2"), wrong_passwords_per_s=1)
    assert entrance.status("CP-1", RIGHT) == 101
    tried = [entrance.status("CP-1", f"a-wrong-password-{n}", address="203.0.113.9") for n in range(20)]
    assert tried == [401] * WRONG_AT_ONCE + [503] * (20 - WRONG_AT_ONCE)
    return entrance


def test_wrong_passwords_of_one_address_are_looked_at_only_so_fast(attacked: Entrance) -> None:
    attacked.now += 1

    assert attacked.status("CP-1", "yet-another-password", address="203.0.113.9") == 401
    assert attacked.status("CP-1", "one-more-of-the-same", address="203.0.113.9") == 503


def test_they_lock_the_station_itself_not_out(attacked: Entrance) -> None:
    assert attacked.status("CP-1", RIGHT) == 101
    assert attacked.status("CP-2", RIGHT) == 101


def test_a_station_behind_the_same_address_that_was_here_before_comes_in(attacked: Entrance) -> None:
    assert attacked.status("CP-1", RIGHT, address="203.0.113.9") == 101
