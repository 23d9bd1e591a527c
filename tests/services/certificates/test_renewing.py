"""Renewing: stations are asked for a successor in time, each at a moment of its own, once a day until there is one (A02, A03)."""

import datetime as dt

import pytest
from msgspec.structs import replace

from schemas.stationcommands import TriggerMessage
from services.certificates.checking import Policy
from services.certificates.renewing import renewal_at
from services.certificates.reporting import INVALID
from tests.services.certificates.asking import DAY_S, PLAIN, Asker, asked, event, issued, settled
from tests.services.moments import at


def triggers(station: Asker) -> list[str]:
    return [one.command.requested_message for one in station.commands if isinstance(one.command, TriggerMessage)]


def test_a_station_is_asked_for_a_successor_before_its_certificate_expires() -> None:
    station = Asker()
    station.takes(days=90)
    station.comes_to(59 * DAY_S)
    assert triggers(station) == []

    station.comes_to(71 * DAY_S)

    assert triggers(station)[0] == "SignChargingStationCertificate"
    (one,) = station.certificates.values()
    assert at(60 * DAY_S) < one.renewal_asked_at < at(71 * DAY_S)


def test_a_fleet_is_spread_over_the_days() -> None:
    one = replace(Asker(asked()).state.wanted[0], issued=issued("o", days=90))
    moments = [renewal_at(f"S-{n}", one, PLAIN) for n in range(500)]

    assert min(moments) >= at(60 * DAY_S)
    assert max(moments) <= at(70 * DAY_S + 1)
    in_each_day = [sum(at(d * DAY_S) <= moment < at((d + 1) * DAY_S) for moment in moments) for d in range(60, 70)]
    assert min(in_each_day) > 20


def test_a_short_certificate_is_renewed_in_its_last_third() -> None:
    one = replace(Asker(asked()).state.wanted[0], issued=issued("o", seconds=0, days=3))

    moment = renewal_at("S", one, PLAIN)

    assert at(2 * DAY_S) <= moment <= at(2.5 * DAY_S)


def test_a_station_that_does_not_renew_is_asked_once_a_day_until_it_does() -> None:
    station = Asker()
    station.takes(days=90)
    station.comes_to(73 * DAY_S)
    before = len(triggers(station))
    assert 3 <= before <= 13

    station.takes(number=1, seconds=73 * DAY_S + 100, serial="2f")
    station.comes_to(80 * DAY_S)

    assert len(triggers(station)) == before
    assert station.statuses == ["superseded", "installed"]


def test_why_a_station_does_not_renew_is_shown_until_it_does() -> None:
    station = Asker()
    station.takes(days=90)
    station.comes_to(71 * DAY_S)
    station.reads(settled(station.commands[-1], "rejected", seconds=71 * DAY_S + 1))

    (one,) = station.certificates.values()
    assert one.status == "installed"
    assert "rejected" in one.detail


def test_a_certificate_for_everything_is_asked_for_in_both_words_in_turn() -> None:
    station = Asker(asked(use=None))
    station.reads(issued(station.orders[0].id, days=90))
    station.reads(settled(station.commands[-1]))
    station.comes_to(75 * DAY_S)

    assert triggers(station)[:2] == ["SignCombinedCertificate", "SignChargingStationCertificate"]


def test_renewal_can_be_left_to_the_stations() -> None:
    """A03: they ask by themselves."""
    station = Asker(policy=Policy(organization="Elbtal", renewal_days=0))
    station.takes(days=90)
    station.comes_to(89 * DAY_S)

    assert triggers(station) == []
    assert station.due == at(1) + dt.timedelta(days=90)


@pytest.mark.usecase("A00.FR.429", "A00.FR.807", "A02")
def test_a_station_that_comes_with_an_expired_certificate_is_asked_for_a_request_at_once() -> None:
    station = Asker()

    station.reads(event(INVALID, renews=True))
    assert triggers(station) == ["SignChargingStationCertificate"]

    station.reads(event(INVALID, renews=True))
    assert len({one.id for one in station.commands}) == 1  # the same event again is the same command
    station.reads(event(INVALID, seconds=9))
    assert len({one.id for one in station.commands}) == 1
