"""Which messages show the time of a station's clock."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from gateway.ocpp.rows import Context
from gateway.ocpp.spelling.clockreading import reads_only_times, update_clock
from gateway.ocpp.spelling.clocks import AHEAD_NEEDS, StationClock
from schemas.compatibility import Rule

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
AN_HOUR_AHEAD = "2026-01-01T13:00:00Z"


def context(clock: StationClock, *rules: str) -> Context:
    return Context(station="A", gateway="gw-0", epoch=1, received_at=NOON, clock=clock, rules=frozenset(rules))


def offset_after(action: str, *rules: str, **members: Any) -> float:
    clock = StationClock()
    for _ in range(AHEAD_NEEDS):
        update_clock(action, SimpleNamespace(**members), context(clock, *rules))
    return clock.offset_s


def test_statuses_and_meter_values_show_the_clock() -> None:
    assert offset_after("StatusNotification", timestamp=AN_HOUR_AHEAD) == -3600
    values = [SimpleNamespace(timestamp="2026-01-01T12:30:00Z"), SimpleNamespace(timestamp=AN_HOUR_AHEAD)]
    assert offset_after("MeterValues", meterValue=values) == -3600


def test_other_messages_and_queued_ones_do_not() -> None:
    assert offset_after("DataTransfer", timestamp=AN_HOUR_AHEAD) == 0
    event = {"timestamp": AN_HOUR_AHEAD, "eventType": "Updated", "idToken": None}
    assert offset_after("TransactionEvent", offline=True, **event) == 0
    assert offset_after("TransactionEvent", offline=False, **event) == -3600


def test_a_clock_that_is_known_to_jump_is_not_estimated() -> None:
    assert offset_after("StatusNotification", Rule.CLOCK_JUMPS, timestamp=AN_HOUR_AHEAD) == 0


def test_an_authorization_affects_the_clock_by_more_than_its_times() -> None:
    clock = StationClock()
    update_clock("Authorize", SimpleNamespace(idTag="CARD"), context(clock))

    assert clock.token_just_authorized("CARD", NOON)
    assert not clock.token_just_authorized("OTHER", NOON)
    assert not reads_only_times("Authorize")
    assert reads_only_times("StatusNotification")
