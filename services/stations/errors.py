"""Errors: the errors of connectors that 1.6 stations report with their statuses, as events of variables. PURE.

A 2.x station reports a problem by NotifyEvent, for the variable Problem of a component (2.x part 2, appendix, Problem). A 1.6 station
repeats its error in every StatusNotification (1.6, 4.9, 6.7 and 7.6): the change of it is the event. The same error again is none, and the
error that is gone is cleared.
"""

from typing import NamedTuple

from schemas.base import derived_id
from schemas.devicemodel import VariableName
from schemas.monitoring import PROBLEM, EventsReported, VariableEvent
from schemas.stations import ConnectorState, ConnectorStatusReported, StationChanged

NO_ERROR = frozenset({"", "NoError"})
ZEROS = "0xX "
"""What vendor codes consist of that mean no error: `0`, `0x0000`."""


class Error(NamedTuple):
    """What tells errors of one connector apart; `info` counts only where the vendor has no code for it."""

    code: str
    vendor_id: str
    vendor_code: str
    info: str


def error_events(
    before: StationChanged, after: StationChanged, report: ConnectorStatusReported
) -> list[EventsReported]:
    """The events of a status: the error that is gone, and the one that there is now. None for a repeat or a late status."""
    old, new = _connector(before, report), _connector(after, report)
    if new is None or new == old:
        return []
    was, now = _error(old), _error(new)
    if was == now:
        return []
    events = []
    if old is not None and was is not None:
        events.append(_event(old, report, new, cleared=True))
    if now is not None:
        events.append(_event(new, report, new, cleared=False))
    return [
        EventsReported(
            id=derived_id(report.id, "errors"),
            station=report.station,
            seq_no=0,
            events=tuple(events),
            received_at=report.received_at,
        )
    ]


def _connector(now: StationChanged, report: ConnectorStatusReported) -> ConnectorState | None:
    place = (report.evse, report.connector if report.evse else 0)
    return next((each for each in now.connectors if (each.evse, each.connector) == place), None)


def _error(connector: ConnectorState | None) -> Error | None:
    """The error of a connector; None for none. A code of the vendor beside NoError is one too."""
    if connector is None:
        return None
    code = "" if connector.error_code in NO_ERROR else connector.error_code
    vendor_code = connector.vendor_error_code if connector.vendor_error_code.strip(ZEROS) else ""
    if vendor_code in NO_ERROR:
        vendor_code = ""
    if not code and not vendor_code:
        return None
    return Error(code, connector.vendor_id, vendor_code, "" if vendor_code else connector.info)


def _event(
    said: ConnectorState, report: ConnectorStatusReported, now: ConnectorState, *, cleared: bool
) -> VariableEvent:
    place = (said.evse, said.connector) if said.evse else (None, None)
    component = "Connector" if said.evse else "ChargingStation"
    return VariableEvent(
        event_id=int(derived_id(report.id, "errors", cleared)[:8], 16) % (2**31 - 1),
        name=VariableName(component=component, evse=place[0], connector=place[1], variable=PROBLEM),
        trigger="Delta",
        value="false" if cleared else "true",
        cleared=cleared,
        error_code="" if said.error_code in NO_ERROR else said.error_code,
        vendor_id=said.vendor_id,
        tech_code=said.vendor_error_code,
        tech_info=said.info,
        at=now.at,
    )
