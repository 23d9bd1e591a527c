"""DER control of 2.1: every type of control sent and reported faithfully, alarms, starts and ends."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from gateway.ocpp import translate
from gateway.ocpp.rows import Context, Invalid, OutboundCall, Unsupported
from schemas.codec import Decoder, encode
from schemas.der import (
    DER,
    ClearDERControl,
    DERAlarmReported,
    DERControlsReported,
    DERStartStopReported,
    GetDERControl,
    SetDERControl,
    control_id_of,
)
from schemas.dersettings import CONTROL_TYPES, SETTING_OF, DERSettings
from schemas.facts import FactReported
from schemas.reports import request_id_of

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
CONTEXT = Context(station="CS", gateway="gw", epoch=1, received_at=NOON)

WHOLE_CURVE: dict[str, Any] = {
    "priority": 3,
    "yUnit": "PctMaxW",
    "curveData": [{"x": 50.20, "y": 100}, {"x": 51.5, "y": 0}],
    "hysteresis": {"hysteresisHigh": 51, "hysteresisLow": 50.1, "hysteresisDelay": 30, "hysteresisGradient": 10},
    "reactivePowerParams": {"vRef": 100, "autonomousVRefEnable": True, "autonomousVRefTimeConstant": 300},
    "voltageParams": {"hv10MinMeanValue": 110, "hv10MinMeanTripDelay": 3, "powerDuringCessation": "Reactive"},
    "responseTime": 5.5,
    "startTime": "2026-06-01T12:00:00.000Z",
    "duration": 900,
}
POWER_FACTOR = {"priority": 1, "displacement": 0.95, "excitation": False, "duration": 60}
WIRE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "EnterService": (
        "enterService",
        "enterService",
        {"priority": 1, "highVoltage": 110, "lowVoltage": 88, "highFreq": 50.1, "lowFreq": 49.9, "delay": 300}
        | {"randomDelay": 10, "rampRate": 600},
    ),
    "FreqDroop": (
        "freqDroop",
        "freqDroop",
        {"priority": 2, "overFreq": 50.2, "underFreq": 49.8, "overDroop": 4, "underDroop": 5, "responseTime": 3},
    ),
    "FixedPFAbsorb": ("fixedPFAbsorb", "fixedPF", POWER_FACTOR),
    "FixedPFInject": ("fixedPFInject", "fixedPF", POWER_FACTOR),
    "FixedVar": ("fixedVar", "fixedVar", {"priority": 1, "setpoint": -30, "unit": "PctVarAvail"}),
    "Gradients": ("gradient", "gradient", {"priority": 0, "gradient": 1.5, "softGradient": 0}),
    "LimitMaxDischarge": (
        "limitMaxDischarge",
        "limitMaxDischarge",
        {"priority": 1, "pctMaxDischargePower": 70, "powerMonitoringMustTrip": WHOLE_CURVE, "duration": 60},
    ),
}
"""By type: its member of SetDERControl and list of ReportDERControl, the member of an entry there, and a setting with every member."""


def wire_of(kind: str) -> tuple[str, str, dict[str, Any]]:
    return WIRE.get(kind, ("curve", "curve", WHOLE_CURVE))


def received(action: str, payload: Any) -> Any:
    found = translate.receive("2.1", action, "m1", msgspec.json.encode(payload), CONTEXT)
    assert isinstance(found, translate.Received)
    return found.records


def entry(kind: str, **more: Any) -> dict[str, Any]:
    _, inner, setting = wire_of(kind)
    told = {"id": f"c-{kind}", inner: setting}
    if kind not in ("EnterService", "Gradients"):
        told |= {"isDefault": False, "isSuperseded": True}
    return told | ({"curveType": kind} if inner == "curve" else {}) | more


def test_every_type_is_of_one_kind() -> None:
    assert set(SETTING_OF) == set(CONTROL_TYPES)
    assert len(CONTROL_TYPES) == 22


@pytest.mark.usecase("R04", "R04.FR.16")
@pytest.mark.parametrize("kind", CONTROL_TYPES)
def test_what_a_station_reports_is_what_can_be_set_again_member_by_member(kind: str) -> None:
    name, _, setting = wire_of(kind)
    (part,) = received("ReportDERControl", {"requestId": 3, "tbc": True, name: [entry(kind)]})

    assert isinstance(part, DERControlsReported)
    (control,) = part.controls
    default = kind in ("EnterService", "Gradients")
    assert (part.request_id, part.last, part.further) == (3, False, {})
    assert (control.control_type, control.is_default, control.is_superseded) == (kind, default, not default)
    assert Decoder(DER).decode(encode(part)) == part

    command = SetDERControl(
        control_type=control.control_type, is_default=default, settings=control.settings, control_id=control.control_id
    )
    call = translate.to_call("2.1", command, "c1")
    assert isinstance(call, OutboundCall), call
    sent = msgspec.json.decode(call.payload)
    assert sent == {"isDefault": default, "controlId": f"c-{kind}", "controlType": kind, name: setting}


def test_numbers_keep_every_digit() -> None:
    curve = {"priority": 1, "y_unit": "PctMaxW", "curve_data": [{"x": "50.2000000000000001", "y": "0.10"}]}
    settings = msgspec.convert({"curve": curve}, DERSettings, strict=False)
    call = translate.to_call("2.1", SetDERControl(control_type="VoltVar", is_default=True, settings=settings), "c1")

    assert isinstance(call, OutboundCall)
    assert b'"x":50.2000000000000001,"y":0.10' in call.payload
    assert control_id_of("c1").encode() in call.payload


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"is_default": True}, "settings.curve.starts_at"),
        ({"control_type": "FixedVar"}, "settings.fixed_var"),
        ({"control_type": "Gradients"}, "settings.gradient"),
        ({"settings": DERSettings()}, "settings.curve"),
    ],
)
@pytest.mark.usecase("R04.FR.12", "R04.FR.14", "R04.FR.16")
def test_what_breaks_the_rules_is_not_sent(changes: dict[str, Any], member: str) -> None:
    (part,) = received("ReportDERControl", {"requestId": 3, "curve": [entry("FreqWatt")]})
    (control,) = part.controls
    members = {"control_type": "FreqWatt", "is_default": False, "settings": control.settings} | changes
    call = translate.to_call("2.1", SetDERControl(**members), "c1")

    assert isinstance(call, Invalid)
    assert member in call.description


def test_gradients_are_no_scheduled_controls() -> None:
    (part,) = received("ReportDERControl", {"requestId": 3, "gradient": [entry("Gradients")]})
    command = SetDERControl(control_type="Gradients", is_default=False, settings=part.controls[0].settings)

    call = translate.to_call("2.1", command, "c1")

    assert isinstance(call, Invalid)
    assert "R04.FR.14" in call.description


def test_controls_are_asked_for_and_cleared_by_what_is_named() -> None:
    asked = translate.to_call("2.1", GetDERControl(is_default=False, control_type="VoltVar"), "c1")
    cleared = translate.to_call("2.1", ClearDERControl(is_default=True), "c1")
    both = translate.to_call("2.1", ClearDERControl(is_default=True, control_type="VoltVar", control_id="x"), "c1")

    assert isinstance(asked, OutboundCall)
    assert isinstance(cleared, OutboundCall)
    assert isinstance(both, Invalid)
    assert msgspec.json.decode(asked.payload) == {
        "requestId": request_id_of("c1"),
        "isDefault": False,
        "controlType": "VoltVar",
    }
    assert msgspec.json.decode(cleared.payload) == {"isDefault": True}


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_versions_before_21_have_no_controls(version: Any) -> None:
    for command in (GetDERControl(), ClearDERControl(is_default=True)):
        assert isinstance(translate.to_call(version, command, "c1"), Unsupported)


@pytest.mark.parametrize("command", [GetDERControl(), ClearDERControl(is_default=True)])
def test_not_found_is_an_answer_and_no_refusal(command: Any) -> None:
    answered = translate.to_outcome("2.1", command, b'{"status":"NotFound"}')

    assert (answered.outcome, answered.error_description) == ("accepted", "NotFound")


@pytest.mark.usecase("R05", "R05.FR.01", "R05.FR.02")
def test_an_alarm_has_its_control_and_its_fault() -> None:
    payload = {
        "controlType": "FreqWatt",
        "gridEventFault": "OverFrequency",
        "alarmEnded": True,
        "timestamp": "2026-06-01T11:00:00Z",
        "extraInfo": "50.4 Hz",
    }
    (alarm,) = received("NotifyDERAlarm", payload)

    assert isinstance(alarm, DERAlarmReported)
    assert (alarm.control_type, alarm.fault, alarm.ended, alarm.extra_info) == (
        *("FreqWatt", "OverFrequency", True, "50.4 Hz"),
    )
    assert (alarm.at, alarm.further) == (NOON - dt.timedelta(hours=1), {})
    assert Decoder(DER).decode(encode(alarm)) == alarm


@pytest.mark.usecase("R04.FR.20", "R04.FR.21")
def test_a_start_says_in_whose_place_it_is() -> None:
    payload = {"controlId": "a", "started": True, "timestamp": "2026-06-01T11:00:00Z", "supersededIds": ["b"]}
    (turn,) = received("NotifyDERStartStop", payload)

    assert isinstance(turn, DERStartStopReported)
    assert (turn.control_id, turn.started, turn.superseded_ids, turn.further) == ("a", True, ("b",), {})


def test_a_report_that_no_reader_could_read_is_kept_as_it_came() -> None:
    broken = entry("FreqWatt", curve={"priority": 1, "yUnit": "PctMaxW"})
    found = received("ReportDERControl", {"requestId": 3, "curve": [broken]})

    assert isinstance(found[0], FactReported)


def test_decimals_are_decimals() -> None:
    (part,) = received("ReportDERControl", {"requestId": 3, "curve": [entry("FreqWatt")]})

    curve = part.controls[0].settings.curve
    assert curve is not None
    assert (curve.curve_data[0].x, curve.response_time_s, curve.starts_at) == (Decimal("50.2"), Decimal("5.5"), NOON)
