"""Admissions: what gateways are told of a station, once for each change of it."""

from schemas.base import Record
from schemas.stations import AdmissionChanged
from tests.services.stations.records import Station, booted, connected, disconnected, provisioned, removed, status


def told(records: list[Record]) -> list[AdmissionChanged]:
    return [record for record in records if isinstance(record, AdmissionChanged)]


def test_a_boot_tells_registration_and_make() -> None:
    (_, said) = told(Station(connected(), booted(firmware_version="2.1"), unknown="park").said)

    assert (said.registration, said.provisioned) == ("Pending", False)
    assert (said.vendor, said.model, said.firmware_version) == ("Example", "One", "2.1")


def test_what_gateways_need_not_know_is_not_told_to_them() -> None:
    station = Station(connected(), booted())

    assert told(station.feed(status("Available"), status("Occupied", seconds=3), disconnected(), connected(2))) == []


def test_the_same_boot_again_tells_nothing_and_a_new_firmware_is_told() -> None:
    station = Station(connected(), booted())

    assert told(station.feed(booted("m2", seconds=5))) == []
    assert [each.firmware_version for each in told(station.feed(booted("m3", seconds=9, firmware_version="9")))] == [
        "9"
    ]


def test_a_registration_is_told_as_soon_as_the_operator_says_it() -> None:
    station = Station(connected(), booted())

    (said,) = told(station.feed(provisioned(seconds=20, registration="Rejected")))

    assert (said.registration, said.provisioned) == ("Rejected", True)


def test_the_removal_is_told() -> None:
    station = Station(provisioned(), connected(), booted())

    (said,) = told(station.feed(removed(seconds=100)))

    assert said.removed
