"""Rows of charging profiles and limits: times that columns hold, places that they hold, and a cleared limit that is a row."""

import datetime as dt
import json

from msgspec.structs import replace

from schemas.chargingneeds import ChargingLimitCleared, ChargingLimitReported, ChargingPlanChanged
from schemas.chargingprofiles import ChargingProfileChanged
from schemas.examples import example
from services.metering.cells import LATEST, MICROSECOND, us
from services.metering.declared import COLUMNS, FILLS


def row(record):
    ((name, fill),) = FILLS[type(record)]
    return dict(zip(COLUMNS[name], (column[0] for column in fill([record])), strict=True))


def test_a_profile_is_a_row_with_the_whole_of_it_as_json():
    changed = example(ChargingProfileChanged)
    told = row(changed)

    assert (told["purpose"], told["stack_level"]) == (changed.profile.purpose, changed.profile.stack_level)
    assert json.loads(told["profile"])["schedules"][0]["unit"] in ("W", "A")


def test_who_plans_until_the_end_of_time_plans_until_the_end_of_the_column():
    changed = example(ChargingProfileChanged)
    late = replace(changed, profile=replace(changed.profile, valid_to=dt.datetime(2200, 1, 1, tzinfo=dt.UTC)))

    assert row(late)["valid_to"] == us(LATEST - MICROSECOND)


def test_a_limit_of_the_whole_station_is_at_evse_0_and_an_impossible_one_keeps_its_row():
    limit = example(ChargingLimitReported)

    assert [row(replace(limit, evse=evse))["evse"] for evse in (None, 2, -1, 70_000)] == [0, 2, 65_535, 65_535]


def test_a_cleared_limit_is_a_row_of_its_own():
    told = row(example(ChargingLimitCleared))

    assert (told["cleared"], told["schedules"], told["local_generation"]) == (True, "", False)


def test_what_became_of_needs_is_a_row_also_where_nothing_is_known_of_the_energy():
    plan = replace(example(ChargingPlanChanged), energy_wh=None, planned_wh=None, departure_at=None, profile_id=None)
    told = row(plan)

    assert (told["needs"], told["policy"], told["energy_wh"], told["profile_id"]) == (
        plan.needs,
        plan.policy,
        None,
        None,
    )
