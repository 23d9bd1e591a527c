"""A station's charging profiles in the console: those it has, limits of others, the forms, the chart."""

import msgspec
import pytest
from httpx import AsyncClient
from msgspec import Raw

from schemas.chargingprofiles import REF_PROFILE_TEMPLATES, ProfileStatus, ProfileTemplateProvisioned  # noqa: F401
from schemas.commands import CommandRequested
from schemas.profilecommands import ClearChargingProfile, GetChargingProfiles, GetCompositeSchedule, SetChargingProfile
from services.api.chargingprofiles.rows import Limit, Needs, profile_of
from services.api.fakes import NOON, World
from services.api.sessions.views import session_of
from tests.services.api.builders import STATION, a_charging_profile, a_session, a_state, an_outcome

TAB = f"/stations/{STATION}/charging-profiles"
HTMX = {"HX-Request": "true"}
SCHEDULE = (
    b'{"status":"Accepted","schedule":{"evseId":1,"duration":7200,"scheduleStart":"2026-06-01T12:00:00Z","chargingRateUnit":"W",'
    b'"chargingSchedulePeriod":[{"startPeriod":0,"limit":7000.5},{"startPeriod":3600,"limit":0}]}}'
)


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    world.bus.settles = an_outcome(sent=True)


def hold(world: World, content: dict[str, object] | None = None, **override: object) -> None:
    record = a_charging_profile(content, **override)
    world.reads.profile_rows[record.charging_profile] = profile_of(record)


def command(world: World) -> object:
    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    return request.command


async def test_profiles_are_listed_and_those_that_stand_can_be_cleared(browser: AsyncClient, world: World) -> None:
    hold(world)
    hold(world, profile_id=8, status="replaced")
    hold(world, {"purpose": "ChargingStationExternalConstraints"}, profile_id=9, source="EMS")

    page = (await browser.get(TAB)).text

    assert f"{TAB}/7/clear" in page
    assert f"{TAB}/8/clear" not in page
    assert f"{TAB}/9/clear" not in page
    assert "11000.5" in page
    assert "of EMS" in page


async def test_limits_of_others_are_shown(browser: AsyncClient, world: World) -> None:
    world.reads.limit_rows = (
        Limit(
            station=STATION,
            evse=0,
            source="SO",
            local_generation=False,
            grid_critical=True,
            schedules=profile_of(a_charging_profile()).profile.schedules,
            received_at=NOON,
        ),
    )

    page = (await browser.get(TAB)).text

    assert "Limits of others" in page
    assert "critical for the grid" in page


async def test_what_evs_asked_for_is_shown_with_what_they_got(browser: AsyncClient, world: World) -> None:
    needs = msgspec.convert(
        {
            "id": "n1",
            "station": STATION,
            "evse": 1,
            "energy_transfer": "DC",
            "control_mode": "",
            "departure_at": NOON,
            "parameters": {},
            "der_controls": [],
            "islanding_detection": [],
            "inverter": {},
            "received_at": NOON,
            "answered": "Accepted",
            "plan": {
                "station": STATION,
                "needs": "n1",
                "policy": "level",
                "status": "Accepted",
                "reason": "the limits changed",
                "plans": 2,
                "transaction_id": "t",
                "profile_id": 4711,
                "command_id": "c",
                "changed_at": NOON,
                "energy_wh": 22_000,
                "outcome": "rejected",
                "ev_within": False,
                "planned_wh": 11_040,
                "departure_at": NOON,
            },
        },
        Needs,
    )
    world.reads.needs_rows = (needs, msgspec.structs.replace(needs, plan=None, answered=""))

    page = (await browser.get(TAB)).text

    for told in (
        "Needs of vehicles",
        "22.0 kWh",
        "11.0 kWh",
        "4711",
        "level",
        "planned 2 times",
        "the limits changed",
        "exceed it",
        "rejected",
    ):
        assert told in page


async def test_the_short_form_sets_one_limit(browser: AsyncClient, world: World) -> None:
    form = {
        "limit": "7000.5",
        "unit": "W",
        "evse": "1",
        "phases": "1",
        "purpose": "TxDefaultProfile",
        "stack_level": "2",
    }

    answer = await browser.post(TAB, data=form, headers=HTMX)

    sent = command(world)
    assert isinstance(sent, SetChargingProfile)
    assert (sent.evse, sent.profile.stack_level, sent.profile.kind) == (1, 2, "Absolute")
    (schedule,) = sent.profile.schedules
    assert (str(schedule.periods[0].limit), schedule.periods[0].phases, schedule.start_at) == ("7000.5", 1, NOON)
    assert "the command is accepted" in answer.text


async def test_for_one_session_it_is_a_profile_of_its_transaction(browser: AsyncClient, world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(session="s1", transaction_id="tx-9", evse=1))

    await browser.post(TAB, data={"limit": "16", "unit": "A", "session": "s1", "evse": "0"}, headers=HTMX)

    sent = command(world)
    assert isinstance(sent, SetChargingProfile)
    assert (sent.evse, sent.profile.purpose, sent.profile.transaction_id) == (1, "TxProfile", "tx-9")


async def test_the_full_form_sets_whatever_a_profile_may_be(browser: AsyncClient, world: World) -> None:
    place = "profile_schedules_0"
    form = {
        "form": "full",
        "evse": "1",
        "profile_purpose": "TxDefaultProfile",
        "profile_kind": "Recurring",
        "profile_recurrency": "Daily",
        f"{place}_unit": "W",
        f"{place}_periods_0_operation_mode": "LocalFrequency",
        f"{place}_periods_0_baseline": "0",
        f"{place}_periods_0_frequency_curve": "49.8 1000\n50.2 -1000",
        f"{place}_periods_1_start_s": "3600",
        f"{place}_periods_1_limit": "11000",
    }

    answer = await browser.post(TAB, data=form, headers=HTMX)

    assert answer.status_code == 200, answer.text
    sent = command(world)
    assert isinstance(sent, SetChargingProfile)
    first, second = sent.profile.schedules[0].periods
    assert [str(point.power) for point in first.frequency_curve] == ["1000", "-1000"]
    assert (second.start_s, str(second.limit)) == (3600, "11000")


async def test_a_form_without_a_limit_says_what_is_missing(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(TAB, data={"evse": "1"}, headers=HTMX)

    assert answer.status_code == 422
    assert "choose a template" in answer.text
    assert world.bus.published == []


async def test_a_profile_is_cleared_and_others_are_reported(browser: AsyncClient, world: World) -> None:
    hold(world)

    answer = await browser.post(f"{TAB}/7/clear", headers=HTMX)
    assert command(world) == ClearChargingProfile(profile_id=7)
    assert "is cleared" in answer.text

    world.bus.published.clear()
    answer = await browser.post(f"{TAB}/report", headers=HTMX)
    assert isinstance(command(world), GetChargingProfiles)
    assert "is reporting its profiles" in answer.text


async def test_the_composite_schedule_is_drawn(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(response=Raw(SCHEDULE))

    answer = await browser.post(f"{TAB}/composite", data={"evse": "1", "hours": "2"}, headers=HTMX)

    assert command(world) == GetCompositeSchedule(evse=1, duration_s=7200)
    assert "data-chart" in answer.text
    assert "at most 7.0005 kW" in answer.text


async def test_a_station_that_tells_none_is_said_to(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", detail="Rejected")

    answer = await browser.post(f"{TAB}/composite", data={"evse": "1", "hours": "2"}, headers=HTMX)

    assert "tells no schedule" in answer.text
