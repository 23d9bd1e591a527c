"""Clock reading: which messages show the present time of a station's clock, and how it is read from them."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.ocpp.rows import Context
from gateway.ocpp.spelling.clocks import StationClock
from gateway.ocpp.spelling.moments import displayed_time
from schemas.compatibility import Rule


def update_clock(action: str, wire: Any, context: Context) -> None:
    """Update the connection's clock by a message, before its times are read. `wire` is the decoded payload."""
    read = _READERS.get(action)
    if read is not None and context.clock is not None and Rule.CLOCK_JUMPS not in context.rules:
        read(wire, context, context.clock)


def reads_only_times(action: str) -> bool:
    """Whether a message of this kind affects the clock by its times alone, if at all."""
    return _READERS.get(action) is not _note_token


def _note_token(wire: Any, context: Context, clock: StationClock) -> None:
    clock.note_token(_token(wire), context.received_at)


def _read_timestamp(wire: Any, context: Context, clock: StationClock) -> None:
    at = displayed_time(wire.timestamp, context)
    if at is not None:
        clock.observe(at, context.received_at)


def _read_start(wire: Any, context: Context, clock: StationClock) -> None:
    at = displayed_time(wire.timestamp, context)
    if at is not None:
        clock.observe(at, context.received_at, live=clock.token_just_authorized(_token(wire), context.received_at))


def _read_event(wire: Any, context: Context, clock: StationClock) -> None:
    if wire.offline:
        return  # E04, E08: it was queued
    if wire.eventType == "Started" and wire.idToken is not None:
        _read_start(wire, context, clock)
    else:
        _read_timestamp(wire, context, clock)


def _read_meter_values(wire: Any, context: Context, clock: StationClock) -> None:
    times = [at for value in wire.meterValue or () if (at := displayed_time(value.timestamp, context)) is not None]
    if times:
        clock.observe(max(times), context.received_at, meter=True)


def _token(wire: Any) -> str:
    """The token of an Authorize or of a start: a text in 1.6, a structure in 2.x."""
    if hasattr(wire, "idTag"):
        return wire.idTag or ""
    return (wire.idToken.idToken or "") if wire.idToken is not None else ""


_READERS: Mapping[str, Callable[[Any, Context, StationClock], None]] = {
    "Authorize": _note_token,
    "StatusNotification": _read_timestamp,
    "StartTransaction": _read_start,
    "StopTransaction": _read_timestamp,
    "TransactionEvent": _read_event,
    "MeterValues": _read_meter_values,
}
