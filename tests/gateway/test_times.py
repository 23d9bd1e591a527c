"""How a station tells time: what its session makes of it, message after message."""

import datetime as dt
import json
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.effects import Identity, Moment, Publish, Traits
from gateway.ocpp import translate
from gateway.session import Session
from schemas.base import OcppVersion, Record
from schemas.transactions import MeterValuesReported
from tests.gateway.conversation import LIMITS, TheseWays

PATIENT = replace(LIMITS, unanswered_calls=100)
START = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)


class Station:
    """A station in a session with the real translation. `at_s` is the time since the start, by our clock."""

    def __init__(self, version: OcppVersion = "1.6", **ways: Any) -> None:
        self.traits = TheseWays(Traits(**ways))
        self.version = version
        self.at_s = 0.0
        self.calls_made = 0
        self.connects()

    def connects(self) -> None:
        """A new connection."""
        identity = Identity(station="CP-1", version=self.version, gateway="gw-0", epoch=7)
        self.session = Session(identity, PATIENT, translate, traits=self.traits)

    @property
    def now(self) -> dt.datetime:
        return START + dt.timedelta(seconds=self.at_s)

    def calls(self, action: str, payload: dict[str, Any]) -> tuple[Record, ...]:
        """The records of one CALL."""
        self.calls_made += 1
        frame = json.dumps([2, f"m{self.calls_made}", action, payload])
        _, effects = self.session.receive(frame, Moment(1_000.0 + self.at_s, self.now))
        return tuple(record for effect in effects if isinstance(effect, Publish) for record in effect.records)

    def tells(self, action: str, at_s: float, **payload: Any) -> Any:
        """The record of a message with the time of that second."""
        text = f"{START + dt.timedelta(seconds=at_s):%Y-%m-%dT%H:%M:%SZ}"
        record, *_ = self.calls(action, {"timestamp": text, **MEMBERS[action], **payload})
        return record

    def status(self, text: str) -> Any:
        """The record of a StatusNotification with that time."""
        record, *_ = self.calls("StatusNotification", {**MEMBERS["StatusNotification"], "timestamp": text})
        return record

    def passes(self, seconds: float) -> None:
        """Time passes."""
        self.at_s += seconds


MEMBERS: dict[str, dict[str, Any]] = {
    "StatusNotification": {"connectorId": 1, "errorCode": "NoError", "status": "Available"},
    "StartTransaction": {"connectorId": 1, "idTag": "AB", "meterStart": 0},
    "StopTransaction": {"transactionId": 7, "meterStop": 100},
    "TransactionEvent": {
        "eventType": "Updated",
        "triggerReason": "MeterValuePeriodic",
        "seqNo": 1,
        "transactionInfo": {"transactionId": "T-1"},
    },
}


def test_a_time_without_zone_is_read_in_the_time_zone_that_the_station_has_now() -> None:
    station = Station(time_zone="Africa/Cairo")

    before = station.status("2026-03-29T14:00:00").at
    station.traits.become(Traits(time_zone="Asia/Kolkata"))

    assert (before, station.status("2026-03-29T17:30:00").at) == (START, START)


# -- clocks that are off by a steady amount ---------------------------------------------------------------------------


def test_a_station_that_is_steadily_ahead_is_corrected_and_its_records_say_by_how_much() -> None:
    station = Station()

    first, second = (station.tells("StatusNotification", 3600) for _ in range(2))

    assert (first.at, first.deviations, first.clock_offset_s) == (START + dt.timedelta(hours=1), (), 0)
    assert (second.at, second.deviations, second.clock_offset_s) == (START, ("clock-corrected",), -3600)


def test_a_station_that_is_steadily_behind_is_corrected_once_it_was_seen_for_a_while() -> None:
    station = Station()
    for _ in range(2):
        station.tells("StatusNotification", station.at_s - 3600)
        station.passes(10)

    started = station.tells("StartTransaction", station.at_s - 3600)

    assert (started.at, started.at_source, started.clock_offset_s) == (station.now, "station", 3600)


def test_a_start_right_after_its_authorize_tells_at_once_that_the_clock_is_behind() -> None:
    station = Station()
    for _ in range(2):
        station.tells("StatusNotification", -3600)
    station.calls("Authorize", {"idTag": "AB"})

    assert station.tells("StartTransaction", -3600).at == START


def test_meter_values_are_corrected_with_the_clock_that_told_them() -> None:
    station = Station()
    for _ in range(2):
        station.tells("StatusNotification", 3600)
    value = {"timestamp": "2026-03-29T12:59:00Z", "sampledValue": [{"value": "1"}]}

    told, *_ = station.calls("MeterValues", {"connectorId": 1, "meterValue": [value]})

    assert isinstance(told, MeterValuesReported)
    assert told.meter_values[0].at == START - dt.timedelta(minutes=1)
    assert (told.deviations, told.clock_offset_s) == (("clock-corrected",), -3600)


def test_what_was_queued_is_corrected_with_the_clock_it_was_told_by() -> None:
    station = Station("2.0.1")
    for _ in range(2):
        station.tells("TransactionEvent", 3600)

    queued = station.tells("TransactionEvent", 0, offline=True)

    assert queued.at == START - dt.timedelta(hours=1)


def test_events_that_say_they_were_queued_tell_nothing_of_the_clock() -> None:
    station = Station("2.1")
    for _ in range(5):
        station.tells("TransactionEvent", station.at_s - 3600, offline=True)
        station.passes(20)

    assert station.tells("TransactionEvent", station.at_s - 3600).clock_offset_s == 0


def test_a_station_whose_clock_is_set_right_is_believed_with_the_message_that_shows_it() -> None:
    station = Station()
    for _ in range(3):
        station.tells("StatusNotification", 7200)
    station.calls("Heartbeat", {})

    told = station.tells("StatusNotification", 0)

    assert (told.at, told.deviations) == (START, ())


def test_a_new_connection_begins_without_an_opinion_of_the_clock() -> None:
    station = Station()
    for _ in range(3):
        station.tells("StatusNotification", 7200)
    station.connects()

    assert station.tells("StatusNotification", 7200).clock_offset_s == 0


def test_times_that_cannot_be_tell_nothing_of_the_clock() -> None:
    station = Station()
    for text in ("1970-01-01T00:00:00Z", "2165-01-01T00:00:00Z", "0001-01-01T00:00:00Z") * 3:
        station.status(text)

    assert station.tells("StatusNotification", 0).clock_offset_s == 0


def test_no_steady_error_is_looked_for_in_a_clock_that_is_known_to_jump() -> None:
    station = Station(rules=frozenset({"clock-jumps"}))
    for _ in range(3):
        station.tells("StatusNotification", 200)

    assert station.tells("StatusNotification", 200).clock_offset_s == 0


# -- registers that count kWh and say Wh ------------------------------------------------------------------------------

IN_KWH = frozenset({"energy-kwh-as-wh"})


def sampled(**told: Any) -> dict[str, Any]:
    return {"connectorId": 1, "meterValue": [{"timestamp": "2026-03-29T12:00:00Z", "sampledValue": [told]}]}


@pytest.mark.parametrize(
    ("told", "value", "marks"),
    [
        ({"value": "361.5", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}, "361500.0", 1),
        ({"value": "361"}, "361000", 1),
        ({"value": "2", "measurand": "Energy.Active.Export.Interval"}, "2000", 1),
        ({"value": "361", "unit": "kWh"}, "361", 0),
        ({"value": "7000", "measurand": "Power.Active.Import", "unit": "W"}, "7000", 0),
    ],
)
def test_energies_of_a_station_that_counts_kwh_and_says_wh_are_taken_times_a_thousand(
    told: dict[str, str], value: str, marks: int
) -> None:
    (said,) = (record for record in Station(rules=IN_KWH).calls("MeterValues", sampled(**told)) if is_metered(record))

    assert str(said.meter_values[0].samples[0].value) == value
    assert said.deviations == ("energy-kwh-as-wh",) * marks


def test_its_meter_start_and_stop_are_taken_times_a_thousand_too() -> None:
    station = Station(rules=IN_KWH)

    started = station.tells("StartTransaction", 0, meterStart=361)
    stopped = station.tells("StopTransaction", 0, meterStop=363)

    assert (started.meter_wh, stopped.meter_wh) == (361_000, 363_000)
    assert started.deviations == stopped.deviations == ("energy-kwh-as-wh",)


def test_energies_of_all_others_are_taken_as_they_are() -> None:
    (said,) = (record for record in Station().calls("MeterValues", sampled(value="361")) if is_metered(record))

    assert (said.meter_values[0].samples[0].value, said.deviations) == (361, ())


def is_metered(record: Any) -> bool:
    return isinstance(record, MeterValuesReported)
