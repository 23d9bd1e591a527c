"""Monitors as stations are told of them: exactly, and as many at once as they take."""

import json
from decimal import Decimal

import msgspec
import pytest

from gateway.ocpp.translate import Invalid, Unsupported, to_calls, to_outcome
from schemas.devicemodel import ComponentVariable
from schemas.limits import StationLimits
from schemas.monitoring import (
    AdjustPeriodicEventStream,
    ClearVariableMonitoring,
    GetMonitoringReport,
    GetPeriodicEventStream,
    Monitor,
    SetVariableMonitoring,
)
from schemas.reports import request_id_of
from tests.gateway.ocpp.building import V2X, not_sent, sent

POWER = Monitor(component="EVSE", evse=1, variable="Power", type="UpperThreshold", value=Decimal("22000.5"), severity=4)


@pytest.mark.usecase("N04")
@pytest.mark.parametrize("version", V2X)
def test_a_monitor_is_set_with_every_digit_of_its_value(version):
    assert sent(version, SetVariableMonitoring(monitors=(POWER,))) == (
        "SetVariableMonitoring",
        {
            "setMonitoringData": [
                {
                    "value": 22000.5,
                    "type": "UpperThreshold",
                    "severity": 4,
                    "component": {"evse": {"id": 1}, "name": "EVSE"},
                    "variable": {"name": "Power"},
                }
            ]
        },
    )


@pytest.mark.usecase("N06")
@pytest.mark.parametrize("version", V2X)
def test_monitors_are_cleared_by_their_ids_and_one_that_is_not_there_is_no_refusal(version):
    command = ClearVariableMonitoring(ids=(1, 2))
    answer = b'{"clearMonitoringResult":[{"status":"NotFound","id":1},{"status":"Accepted","id":2}]}'

    assert sent(version, command) == ("ClearVariableMonitoring", {"id": [1, 2]})
    assert to_outcome(version, command, answer).outcome == "accepted"


@pytest.mark.usecase("N02")
@pytest.mark.parametrize("version", V2X)
def test_a_report_of_monitors_is_asked_for_by_the_number_of_its_command(version):
    command = GetMonitoringReport(variables=(ComponentVariable(component="EVSE"),), criteria=("DeltaMonitoring",))

    assert sent(version, command, "c7") == (
        "GetMonitoringReport",
        {
            "componentVariable": [{"component": {"name": "EVSE"}}],
            "requestId": request_id_of("c7"),
            "monitoringCriteria": ["DeltaMonitoring"],
        },
    )
    assert to_outcome(version, command, b'{"status":"EmptyResultSet"}').outcome == "accepted"


@pytest.mark.usecase("N11", "N11.FR.09")
def test_a_monitor_whose_values_come_as_a_stream_says_how_often_in_2_1_alone():
    streamed = msgspec.structs.replace(POWER, stream_interval_s=10)

    asked = sent("2.1", SetVariableMonitoring(monitors=(streamed,)))[1]["setMonitoringData"][0]

    assert asked["periodicEventStream"] == {"interval": 10}
    assert isinstance(not_sent("2.0.1", SetVariableMonitoring(monitors=(streamed,))), Unsupported)


@pytest.mark.usecase("N12", "N14")
def test_streams_are_read_and_adjusted_in_2_1_alone():
    assert sent("2.1", GetPeriodicEventStream()) == ("GetPeriodicEventStream", {})
    assert to_outcome("2.1", GetPeriodicEventStream(), b"{}").outcome == "accepted"
    adjusted = sent("2.1", AdjustPeriodicEventStream(id=4, values=20))
    assert adjusted == ("AdjustPeriodicEventStream", {"id": 4, "params": {"values": 20}})
    assert isinstance(not_sent("2.1", AdjustPeriodicEventStream(id=4)), Invalid)
    assert isinstance(not_sent("2.0.1", GetPeriodicEventStream()), Unsupported)


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("N04", "N04.FR.09", "N06", "N06.FR.04")
def test_monitors_are_set_and_cleared_in_as_many_messages_as_the_station_needs(version):
    power = Monitor(component="EVSE", variable="Power", type="UpperThreshold", value=Decimal(1), severity=4)
    alike = SetVariableMonitoring(monitors=(power, power, power))
    limits = StationLimits(monitor_items=2, unmonitor_bytes=125)

    sets = to_calls(version, alike, "c1", limits)
    clears = to_calls(version, ClearVariableMonitoring(ids=(10, 11, 12)), "c2", limits)

    assert [len(json.loads(part.call.payload)["setMonitoringData"]) for part in sets] == [2, 1]
    assert [json.loads(part.call.payload)["id"] for part in clears] == [[10], [11], [12]]
    assert [part.command.things for part in (*sets, *clears)] == [
        ("EVSE.Power", "EVSE.Power"),
        ("EVSE.Power",),
        ("10",),
        ("11",),
        ("12",),
    ]
