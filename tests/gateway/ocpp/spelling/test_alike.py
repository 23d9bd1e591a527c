"""Commands in the wire's own words, spelled by their members."""

import datetime as dt
from decimal import Decimal

import msgspec
from msgspec import Struct

from gateway.ocpp.rows import Draft
from gateway.ocpp.spelling.alike import alike
from schemas.command import StationCommand


class Period(Struct, frozen=True, kw_only=True):
    start_period: int
    limit: Decimal


class Planned(StationCommand, frozen=True, kw_only=True):
    evse_id: int
    charging_profile_periods: tuple[Period, ...] = ()
    valid_from: dt.datetime | None = None
    note: str = ""


def spelled(command: Planned) -> bytes:
    draft = alike("SetChargingProfile")(command, "c0ffee")
    assert isinstance(draft, Draft)
    return msgspec.json.encode(draft.members)


def test_members_are_the_wires_in_snake_case_also_within_lists() -> None:
    periods = (Period(start_period=0, limit=Decimal("11.50")),)

    assert spelled(Planned(evse_id=1, charging_profile_periods=periods)) == (
        b'{"evseId":1,"chargingProfilePeriods":[{"startPeriod":0,"limit":11.50}]}'
    )


def test_a_time_is_utc_with_milliseconds() -> None:
    at = dt.datetime(2026, 3, 29, 2, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))

    assert spelled(Planned(evse_id=1, valid_from=at)) == b'{"evseId":1,"validFrom":"2026-03-29T00:00:00.000Z"}'


def test_what_is_empty_is_left_out_and_zero_and_false_are_not() -> None:
    assert spelled(Planned(evse_id=0, note="")) == b'{"evseId":0}'
