"""Kinds: what webhooks may be sent, one row each. PURE.

A kind is a record on a topic whose key is the station, with a condition where not every record of the type is meant. To have something
else sent, add a row; `tests/services/webhooks/test_kinds.py` then asks for an example, and the API, the console and the documents list it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from schemas.base import Record
from schemas.billing import CDRS, CdrIssued
from schemas.boottemplates import BOOT_RUNS, BootRunChanged
from schemas.commands import OUTCOMES, CommandSettled
from schemas.datatransfer import DATA_TRANSFERS, DataTransferred
from schemas.demandresponse import DEMAND_STATIONS, DemandStationChanged
from schemas.der import DER, DERAlarmReported
from schemas.firmware import FIRMWARE_UPDATES, UpdateChanged
from schemas.monitoring import MONITORING, EventsReported
from schemas.payments import PAYMENT_STATES, PaymentChanged
from schemas.reservations import RESERVATION_STATES, ReservationChanged
from schemas.security import SECURITY, SecurityEventReported
from schemas.stations import STATION_STATES, StationChanged
from schemas.topic import Topic
from schemas.transactions import SESSIONS, SessionChanged


def _always(_: Any) -> bool:
    return True


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of events. `name`: the `type` in the body. `when`: which records of this type are such an event."""

    name: str
    meaning: str
    topic: Topic
    record: type[Record]
    when: Callable[[Any], bool] = _always


KINDS: tuple[Kind, ...] = (
    Kind(
        name="station.changed",
        meaning="A station has connected, gone, booted, changed a connector's status, or was provisioned: the station as a whole.",
        topic=STATION_STATES,
        record=StationChanged,
    ),
    Kind(
        name="session.started",
        meaning="A session has begun: the session as it was first known.",
        topic=SESSIONS,
        record=SessionChanged,
        when=lambda session: session.revision == 1,
    ),
    Kind(
        name="session.changed",
        meaning="A session has changed, its beginning and end included: the session as a whole. The greatest `revision` counts.",
        topic=SESSIONS,
        record=SessionChanged,
    ),
    Kind(
        name="session.ended",
        meaning="The end of a session was reported, or corrected: the session as a whole. The greatest `revision` counts. Ends that are"
        " only presumed are told as `session.changed`.",
        topic=SESSIONS,
        record=SessionChanged,
        when=lambda session: session.status == "ended",
    ),
    Kind(
        name="cdr.issued",
        meaning="A charge detail record was issued: a bill, or with `credit` the credit of an earlier one.",
        topic=CDRS,
        record=CdrIssued,
    ),
    Kind(
        name="payment.changed",
        meaning="A payment at a station has changed, its settlement included: the payment as a whole. The greatest `revision` counts.",
        topic=PAYMENT_STATES,
        record=PaymentChanged,
    ),
    Kind(
        name="reservation.changed",
        meaning="A reservation has changed: the reservation as a whole.",
        topic=RESERVATION_STATES,
        record=ReservationChanged,
    ),
    Kind(
        name="command.settled",
        meaning="A command has its outcome.",
        topic=OUTCOMES,
        record=CommandSettled,
    ),
    Kind(
        name="firmware.changed",
        meaning="A firmware update of a station has changed: the update as a whole.",
        topic=FIRMWARE_UPDATES,
        record=UpdateChanged,
    ),
    Kind(
        name="boot-run.changed",
        meaning="A run of a boot template at a station has changed: the run as a whole. The greatest `revision` counts.",
        topic=BOOT_RUNS,
        record=BootRunChanged,
    ),
    Kind(
        name="demand-response.changed",
        meaning="What became of a demand-response event at a station has changed: as a whole. The greatest `revision` counts.",
        topic=DEMAND_STATIONS,
        record=DemandStationChanged,
    ),
    Kind(
        name="monitor.alerted",
        meaning="Monitors of a 2.x station have reported events of severity 0 to 5, from danger to alert (N07).",
        topic=MONITORING,
        record=EventsReported,
        when=lambda report: any(event.severity is not None and event.severity <= ALERT for event in report.events),
    ),
    Kind(
        name="connector.error",
        meaning="A connector of a 1.6 station has an error, or with `cleared` no longer (StatusNotification).",
        topic=MONITORING,
        record=EventsReported,
        when=lambda report: any(event.of_status for event in report.events),
    ),
    Kind(
        name="der.alarm",
        meaning="A 2.1 station deviates from its charging profile because of the grid, or with `ended` no longer (R05).",
        topic=DER,
        record=DERAlarmReported,
    ),
    Kind(
        name="security.reported",
        meaning="A station has reported a security event (A04); `critical` says whether OCPP's list calls it critical.",
        topic=SECURITY,
        record=SecurityEventReported,
    ),
    Kind(
        name="data-transfer.received",
        meaning="A station has sent a vendor's own message (DataTransfer).",
        topic=DATA_TRANSFERS,
        record=DataTransferred,
    ),
)
"""Every kind, in the order in which lists name them."""

ALERT = 5
"""The least severe of the monitoring severities that are sent: 5 is Alert, 6 and up are Warning and less (2.x, 3.74 MonitoringDataType)."""

TEST = "webhook.test"
"""The kind of a test delivery; no kind that can be subscribed to."""

BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}

TOPICS: tuple[Topic, ...] = tuple(dict.fromkeys(kind.topic for kind in KINDS))
"""The topics that webhooks are sent from."""
