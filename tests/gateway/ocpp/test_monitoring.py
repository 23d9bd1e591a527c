"""Monitoring: monitors set, cleared and reported in 2.x, and events of variables as records."""

from decimal import Decimal

import pytest

from gateway.ocpp.translate import Unsupported, is_sent
from schemas.monitoring import (
    EventsReported,
    GetMonitoringReport,
    Monitor,
    MonitorsReported,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetVariableMonitoring,
)
from schemas.routing import route
from schemas.stations import ConnectorStatusReported
from tests.gateway.ocpp.building import STATION, V2X, not_sent, received, record, sent

AT = "2026-03-29T00:00:00Z"
POWER = Monitor(component="EVSE", evse=1, variable="Power", type="UpperThreshold", value=Decimal("22000.5"), severity=4)


def event(component="Connector", variable="AvailabilityState", **changes):
    return {
        "eventId": 7,
        "timestamp": AT,
        "trigger": "Delta",
        "actualValue": "Faulted",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": component, "evse": {"id": 2, "connectorId": 1}},
        "variable": {"name": variable},
    } | changes


def told(version, *events):
    return received(version, "NotifyEvent", {"generatedAt": AT, "seqNo": 0, "eventData": list(events)}).records


@pytest.mark.usecase("N03", "N05")
@pytest.mark.parametrize("version", V2X)
def test_the_base_and_the_severity_are_chosen(version):
    assert sent(version, SetMonitoringBase(monitoring_base="All")) == ("SetMonitoringBase", {"monitoringBase": "All"})
    assert sent(version, SetMonitoringLevel(severity=0)) == ("SetMonitoringLevel", {"severity": 0})


def test_1_6_has_no_monitors():
    for command in (SetVariableMonitoring(monitors=(POWER,)), SetMonitoringLevel(severity=1), GetMonitoringReport()):
        assert isinstance(not_sent("1.6", command), Unsupported)


@pytest.mark.usecase("N02")
@pytest.mark.parametrize("version", V2X)
def test_a_part_of_a_report_is_a_record_with_its_monitors(version):
    monitor = {"id": 3, "transaction": False, "value": 80.5, "type": "Delta", "severity": 6}
    if version == "2.1":
        monitor |= {"eventNotificationType": "CustomMonitor"}
    entry = {"component": {"name": "EVSE"}, "variable": {"name": "Power"}, "variableMonitoring": [monitor]}
    payload = {"requestId": 9, "seqNo": 1, "generatedAt": AT, "tbc": True, "monitor": [entry]}

    part = record(version, "NotifyMonitoringReport", payload)

    assert isinstance(part, MonitorsReported)
    assert (part.station, part.request_id, part.seq_no, part.last, part.size) == (STATION, 9, 1, False, 1)
    assert route(part).topic == "csms.monitoring"
    (found,) = part.monitors
    assert (found.name.key, found.monitor_id, found.value, found.type) == ("EVSE.Power", 3, Decimal("80.5"), "Delta")


@pytest.mark.usecase("N07", "N08")
@pytest.mark.parametrize("version", V2X)
def test_an_event_is_a_record_with_its_variable_its_value_and_its_monitor(version):
    one = event("EVSE", "Power", trigger="Alerting", actualValue="23000", variableMonitoringId=3, cleared=True, cause=6)

    (reported,) = told(version, one)

    assert isinstance(reported, EventsReported)
    (found,) = reported.events
    assert (found.name.key, found.value, found.trigger) == ("EVSE@2:1.Power", "23000", "Alerting")
    assert (found.event_id, found.monitor_id, found.cleared, found.cause) == (7, 3, True, 6)


@pytest.mark.usecase("G01", "2.1:G01")
@pytest.mark.parametrize("version", V2X)
def test_an_availability_state_of_a_connector_is_its_status(version):
    _, status = told(version, event())

    assert isinstance(status, ConnectorStatusReported)
    assert (status.evse, status.connector, status.status) == (2, 1, "Faulted")


@pytest.mark.parametrize(
    "change", [{"actualValue": "Sleepy"}, {"variable": "Problem"}, {"component": "ChargingStation"}]
)
def test_another_word_or_another_variable_is_no_status(change):
    assert len(told("2.1", event(**change))) == 1


def test_a_password_in_an_event_is_masked():
    (reported,) = told("2.1", event("SecurityCtrlr", "BasicAuthPassword", actualValue="not-for-kafka"))

    assert "not-for-kafka" not in str(reported)


# -- streams of values (2.1) ------------------------------------------------------------------------------------------


@pytest.mark.usecase("N11")
def test_a_stream_is_accepted_for_all_of_it_is_kept():
    stream = {"id": 4, "variableMonitoringId": 3, "params": {"interval": 10, "values": 5}}

    got = received("2.1", "OpenPeriodicEventStream", {"constantStreamData": stream})

    (opened,) = got.records
    assert got.result == b'{"status":"Accepted"}'
    assert (opened.stream_id, opened.opened, opened.monitor_id, opened.interval_s, opened.values) == (4, True, 3, 10, 5)


@pytest.mark.usecase("N13")
def test_the_end_of_a_stream_is_a_record():
    closed = record("2.1", "ClosePeriodicEventStream", {"id": 4})

    assert (closed.stream_id, closed.opened) == (4, False)
    assert route(closed).topic == "csms.monitoring"


@pytest.mark.usecase("N15", "N15.FR.02")
def test_values_of_a_stream_are_kept_with_their_offsets_and_a_send_of_them_is_not_answered():
    payload = {"id": 4, "pending": 2, "basetime": AT, "data": [{"t": 0, "v": "1"}, {"t": 1.5, "v": "2"}]}

    sampled = record("2.1", "NotifyPeriodicEventStream", payload)

    assert is_sent("2.1", "NotifyPeriodicEventStream")
    assert (sampled.stream_id, sampled.pending) == (4, 2)
    assert [(str(each.offset_s), each.value) for each in sampled.samples] == [("0", "1"), ("1.5", "2")]
