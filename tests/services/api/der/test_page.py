"""A station's DER control in the console: controls, alarms, starts and ends, and the buttons."""

from decimal import Decimal
from typing import get_args

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.der import ClearDERControl, DERControlStatus, GetDERControl, SetDERControl
from schemas.dersettings import (
    CONTROL_TYPES,
    DEFAULT_ONLY,
    SETTING_OF,
    Curve,
    CurvePoint,
    DERSettings,
    FixedPF,
    Gradient,
    LimitMaxDischarge,
)
from services.api.console.formats import TONES
from services.api.fakes import NOON, World
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.der.test_routes import hold
from tests.services.api.der.worlds import a_turn_row, an_alarm_row
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/der"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


async def test_controls_are_shown_and_those_that_are_there_can_be_cleared(browser: AsyncClient, world: World) -> None:
    hold(world, content={"is_superseded": True}, running=True, running_since=NOON)
    hold(world, der_control="d2", status="expired", requested_at=None)

    page = (await browser.get(TAB)).text

    assert "superseded" in page
    assert "running since" in page
    assert "by another system" in page
    assert "/der-controls/d1/clear" in page
    assert "/der-controls/d2/clear" not in page


async def test_alarms_and_turns_are_shown(browser: AsyncClient, world: World) -> None:
    world.reads.der_alarm_rows = [an_alarm_row(ended=True, extra_info="50.4 Hz")]
    world.reads.der_turn_rows = [a_turn_row(superseded_ids=("b",))]

    page = (await browser.get(TAB)).text

    assert "OverFrequency" in page
    assert "50.4 Hz" in page
    assert "in place of b" in page


async def test_nothing_yet_says_what_to_do(browser: AsyncClient) -> None:
    page = (await browser.get(TAB)).text

    assert "No DER control is known." in page
    assert "No scheduled control has started." in page


@pytest.mark.parametrize(("word", "told"), [("", "is reporting"), ("NotFound", "has no controls")])
async def test_the_buttons_read_and_clear(browser: AsyncClient, world: World, word: str, told: str) -> None:
    hold(world)
    world.bus.settles = an_outcome(sent=True, detail=word)

    read = await browser.post(f"{TAB}/read", headers=HTMX)
    cleared = await browser.post("/der-controls/d1/clear", headers=HTMX)

    commands = [record.command for record in world.bus.published if isinstance(record, CommandRequested)]
    assert commands == [GetDERControl(), ClearDERControl(is_default=True, control_id="a")]
    assert told in read.text
    assert "Clearing the control" in cleared.text


CURVE = {
    "settings_curve_priority": "1",
    "settings_curve_y_unit": "PctMaxW",
    "settings_curve_curve_data": "50.2 100\n51.5 0",
}


@pytest.mark.usecase("R04", "R04.FR.16")
@pytest.mark.parametrize("control_type", CONTROL_TYPES)
async def test_each_type_has_the_form_of_its_setting(browser: AsyncClient, control_type: str) -> None:
    page = (await browser.get(f"{TAB}?type={control_type}")).text

    shown = {name for name in DERSettings.__struct_fields__ if f'name="settings_{name}_priority"' in page}
    assert shown == {SETTING_OF[control_type]}
    assert ('name="is_default"' in page) is (control_type not in DEFAULT_ONLY)
    assert "JSON" not in page


@pytest.mark.usecase("R04", "R04.FR.12", "R04.FR.14")
@pytest.mark.parametrize(
    ("given", "settings", "is_default"),
    [
        (
            {"control_type": "FreqWatt", "is_default": "yes", **CURVE},
            DERSettings(
                curve=Curve(
                    priority=1,
                    y_unit="PctMaxW",
                    curve_data=(
                        CurvePoint(x=Decimal("50.2"), y=Decimal(100)),
                        CurvePoint(x=Decimal("51.5"), y=Decimal(0)),
                    ),
                )
            ),
            True,
        ),
        (
            {
                "control_type": "LimitMaxDischarge",
                "is_default": "no",
                "settings_limit_max_discharge_priority": "2",
                "settings_limit_max_discharge_pct_max_discharge_power": "50.5",
                "settings_limit_max_discharge_starts_at": "2026-06-01T12:00",
                "settings_limit_max_discharge_duration_s": "3600",
            },
            DERSettings(
                limit_max_discharge=LimitMaxDischarge(
                    priority=2, pct_max_discharge_power=Decimal("50.5"), starts_at=NOON, duration_s=Decimal(3600)
                )
            ),
            False,
        ),
        (
            {
                "control_type": "Gradients",
                "settings_gradient_priority": "0",
                "settings_gradient_gradient": "10",
                "settings_gradient_soft_gradient": "5",
            },
            DERSettings(gradient=Gradient(priority=0, gradient=Decimal(10), soft_gradient=Decimal(5))),
            True,
        ),
        (
            {
                "control_type": "FixedPFInject",
                "is_default": "yes",
                "settings_fixed_pf_priority": "1",
                "settings_fixed_pf_displacement": "0.95",
                "settings_fixed_pf_excitation": "no",
            },
            DERSettings(fixed_pf=FixedPF(priority=1, displacement=Decimal("0.95"), excitation=False)),
            True,
        ),
    ],
)
async def test_the_form_sets_a_control(
    browser: AsyncClient, world: World, given: dict[str, str], settings: DERSettings, is_default: bool
) -> None:
    world.bus.settles = an_outcome(sent=True)

    answer = await browser.post(TAB, data=given, headers=HTMX)

    (record,) = world.bus.published
    assert isinstance(record, CommandRequested)
    sent = SetDERControl(control_type=given["control_type"], is_default=is_default, settings=settings)  # type: ignore[arg-type]
    assert record.command == sent
    assert f"{given['control_type']} at {STATION}" in answer.text


@pytest.mark.parametrize(
    "given",
    [
        {"control_type": "FreqWatt", "is_default": "yes"},
        {"control_type": "EnterService", **CURVE},
        {"control_type": "FreqWatt", **CURVE},
        {"control_type": "FreqWatt", "is_default": "yes", **CURVE, "settings_curve_duration_s": "60"},
    ],
)
async def test_what_no_station_may_get_is_refused(browser: AsyncClient, world: World, given: dict[str, str]) -> None:
    assert (await browser.post(TAB, data=given, headers=HTMX)).status_code == 422
    assert world.bus.published == []


@pytest.mark.parametrize(
    ("given", "command", "told"),
    [
        (
            {"do": "read", "kind": "default", "of_type": ""},
            GetDERControl(is_default=True),
            "Reading default controls of all types",
        ),
        (
            {"do": "clear", "kind": "scheduled", "of_type": "VoltVar"},
            ClearDERControl(is_default=False, control_type="VoltVar"),
            "Clearing scheduled VoltVar",
        ),
    ],
)
async def test_controls_are_read_and_cleared_by_kind_and_type(
    browser: AsyncClient, world: World, given: dict[str, str], command: object, told: str
) -> None:
    world.bus.settles = an_outcome(sent=True)

    answer = await browser.post(f"{TAB}/several", data=given, headers=HTMX)

    assert [record.command for record in world.bus.published if isinstance(record, CommandRequested)] == [command]
    assert told in answer.text


def test_every_status_has_its_colour() -> None:
    assert [status for status in get_args(DERControlStatus) if status not in TONES] == []


async def test_what_stations_write_is_text(browser: AsyncClient, world: World) -> None:
    hold(world, content={"control_id": HOSTILE}, detail=HOSTILE)
    world.reads.der_alarm_rows = [an_alarm_row(control_type=HOSTILE, fault=HOSTILE, extra_info=HOSTILE)]
    world.reads.der_turn_rows = [a_turn_row(control_id=HOSTILE, superseded_ids=(HOSTILE,))]

    assert "<script>alert" not in (await browser.get(TAB)).text
