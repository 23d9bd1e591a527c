"""Firmware in ClickHouse: each station of a campaign has its row before its turn, and each change of it a row of its history."""

from msgspec.structs import replace

from schemas.campaigns import BLOCK_STATIONS, CampaignChanged, CampaignTargetsFrozen
from schemas.examples import example
from schemas.firmware import UpdateChanged, UpdateState
from tests.services.metering.rowsof import row_of, table_of


def test_the_stations_of_a_block_are_numbered_through_the_campaign_and_pending() -> None:
    block = example(CampaignTargetsFrozen)
    (target, *_) = block.targets
    targets = tuple(replace(target, station=name) for name in ("A", "B"))

    rows = table_of("firmware_updates", replace(block, block=2, targets=targets))

    first = 2 * BLOCK_STATIONS
    assert [(row["station"], row["number"], row["state"], row["revision"]) for row in rows] == [
        ("A", first, "pending", 0),
        ("B", first + 1, "pending", 0),
    ]
    assert {row["to_version"] for row in rows} == {block.firmware.version}


def test_a_block_without_stations_has_no_rows() -> None:
    assert table_of("firmware_updates", replace(example(CampaignTargetsFrozen), targets=())) == []


def test_a_change_of_an_update_is_its_row_and_one_of_its_history() -> None:
    changed = replace(example(UpdateChanged), state=UpdateState.SUCCEEDED, revision=7)

    for table in ("firmware_updates", "firmware_history"):
        row = row_of(changed, table)
        assert (row["state"], row["revision"]) == (str(UpdateState.SUCCEEDED), 7)


def test_a_campaign_counts_its_stations_by_state() -> None:
    row = row_of(replace(example(CampaignChanged), counts={"succeeded": 3, "pending": 1}), "firmware_campaigns")

    assert row["counts"] == {"succeeded": 3, "pending": 1}
    assert row["version"] == example(CampaignChanged).firmware.version
