"""Targets: whom a campaign means, who is left out and why, and how its waves are cut."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.firmware import Firmware
from schemas.stations import StationProvisioned
from services.api.firmware.rows import StartCampaign, Targets, WaveSize
from services.api.firmware.targets import chosen, drafted, is_zone, wave_ends, zone_of
from services.api.web.problems import Problem
from tests.services.fleet import NOON, station_changed

FIRMWARE = Firmware(version="2.5.0", location="https://files.example/fw.bin", vendor="Example", models=("M1",))
BODY = StartCampaign(name="Spring", firmware=FIRMWARE, targets=Targets())


def fleet(**stations: dict[str, Any]) -> dict[str, Any]:
    members = {"firmware_version": "2.4.0"}
    return {name: station_changed(name, **members | changes) for name, changes in stations.items()}


def provisioned(station: str, **changes: Any) -> StationProvisioned:
    return StationProvisioned(station=station, provisioned_at=NOON, **changes)


def names(choice: Any) -> set[str]:
    return {station.station for station in choice.stations}


def test_everybody_is_meant_whom_the_filter_fits_by_what_was_provisioned_last() -> None:
    states = fleet(A={"site": "berlin"}, B={"site": "paris"}, C={"vendor": "Other"})
    body = replace(BODY, targets=Targets(vendor="Example", site="berlin"))

    choice = chosen(body, states, {"B": provisioned("B", site="berlin")}, in_campaigns={})

    assert names(choice) == {"A", "B"}
    assert choice.excluded == ()


def test_labels_must_all_be_there() -> None:
    there = {"A": provisioned("A", labels={"owner": "city", "ring": "1"}), "B": provisioned("B", labels={"ring": "1"})}
    body = replace(BODY, targets=Targets(labels={"owner": "city", "ring": "1"}))

    assert names(chosen(body, {}, there, in_campaigns={})) == {"A"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"removed": True}, "it was removed"),
        ({"firmware_version": "2.5.0"}, "it runs 2.5.0 already"),
        ({"vendor": "Other"}, "the firmware is made for Example, not for Other"),
        ({"model": "M9"}, "the firmware is not made for the model M9"),
    ],
)
def test_a_station_that_cannot_take_the_firmware_is_left_out_with_the_reason(
    changes: dict[str, Any], reason: str
) -> None:
    choice = chosen(BODY, fleet(A={}, B=changes), {}, in_campaigns={})

    assert names(choice) == {"A"}
    assert [(one.station, one.reason) for one in choice.excluded] == [("B", reason)]


def test_a_station_of_another_campaign_is_left_to_that_and_one_that_nobody_knows_to_nobody() -> None:
    body = replace(BODY, targets=Targets(stations=("A", "B", "Z")))

    choice = chosen(body, fleet(A={}, B={}), {}, in_campaigns={"B": "it waits in c7"})

    assert names(choice) == {"A"}
    assert {one.station: one.reason for one in choice.excluded} == {
        "B": "it waits in c7",
        "Z": "nobody has heard of it",
    }


def test_those_that_are_connected_come_first_and_the_order_is_the_same_each_time() -> None:
    states = fleet(**{f"S{number}": {"connected": number % 2 == 0} for number in range(8)})

    one, again = (chosen(BODY, states, {}, in_campaigns={}).stations for _ in range(2))

    assert one == again
    assert [station.connected for station in one] == [True] * 4 + [False] * 4


@pytest.mark.parametrize(
    ("waves", "ends"),
    [
        ((), (10,)),
        ((WaveSize(stations=2),), (2, 10)),
        ((WaveSize(percent=10), WaveSize(percent=50)), (1, 6, 10)),
        ((WaveSize(percent=1),), (1, 10)),
        ((WaveSize(stations=99), WaveSize(stations=1)), (10,)),
    ],
)
def test_waves_are_as_large_as_they_say_and_the_rest_is_a_last_one(
    waves: tuple[WaveSize, ...], ends: tuple[int, ...]
) -> None:
    assert wave_ends(waves, 10) == ends


@pytest.mark.parametrize("wave", [WaveSize(), WaveSize(stations=1, percent=1)])
def test_a_wave_has_one_size(wave: WaveSize) -> None:
    with pytest.raises(Problem) as refused:
        wave_ends((WaveSize(stations=1), wave), 10)

    assert [error.field for error in refused.value.errors] == ["waves[1]"]


def test_a_draft_says_who_is_in_which_wave_and_what_to_think_of_first() -> None:
    states = fleet(A={}, B={"connected": False}, C={"firmware_version": "2.5.0"}, D={"model": "M9"})
    body = replace(BODY, waves=(WaveSize(stations=1),), policy=replace(BODY.policy, busy="interrupt"))

    draft = drafted(body, chosen(body, states, {}, in_campaigns={}), campaign="c1")

    assert [(one.station, one.wave) for one in draft.included] == [("A", 1), ("B", 2)]
    warnings = " | ".join(draft.warnings)
    assert "1 left out: the firmware is not made for the model M9" in warnings
    assert "1 offline now" in warnings
    assert "sessions may be interrupted" in warnings
    assert "already" not in warnings, "that is nothing to be warned of"


def test_a_station_has_its_own_time_zone_where_it_has_one_that_there_is() -> None:
    there = {
        "A": provisioned("A", time_zone="Asia/Tokyo"),
        "B": provisioned("B"),
        "C": provisioned("C", time_zone="X/Y"),
    }

    assert [zone_of(name, there, "Europe/Berlin") for name in "ABCD"] == ["Asia/Tokyo", *["Europe/Berlin"] * 3]
    assert (is_zone("Europe/Berlin"), is_zone("Europe/Atlantis"), is_zone("../etc/passwd")) == (True, False, False)
