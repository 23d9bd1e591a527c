"""Charging profiles: numbers that come from commands, parts without numbers, and where each record goes."""

from schemas.chargingprofiles import ChargingProfilesReported, profile_id_of
from schemas.examples import example
from schemas.reports import UNNUMBERED
from schemas.routing import route


def test_the_number_of_a_profile_is_that_of_its_command_and_fits_an_ocpp_integer() -> None:
    numbers = [profile_id_of(f"command-{n}") for n in range(1_000)]

    assert numbers == [profile_id_of(f"command-{n}") for n in range(1_000)]
    assert len(set(numbers)) == 1_000
    assert all(0 < number < 2**31 for number in numbers)


def test_a_part_of_a_report_counts_its_profiles_and_has_no_number_of_its_own() -> None:
    part = example(ChargingProfilesReported)

    assert part.size == 1
    assert ChargingProfilesReported.message == "ReportChargingProfiles"
    assert ChargingProfilesReported.__struct_defaults__[0] in (UNNUMBERED, ())
    assert route(part).topic == "csms.energy"
