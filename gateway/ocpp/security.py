"""Security events: what a station reports of its security (A04 of every version). The answer is empty (A04.FR.03)."""

from typing import Any

from gateway.ocpp.rows import Call, Capability, carries, spelled, stored
from gateway.ocpp.spelling.moments import moment
from schemas.base import Record
from schemas.secrets import mask_words
from schemas.security import CRITICAL_2X, SecurityEventReported, criticality, type_of

OTHER = "other"
"""The label of types that no list has: stations make up their words."""

CRITICAL = {True: "yes", False: "no", None: "unknown"}


def reported(wire: Any, call: Call) -> tuple[Record, ...]:
    """SecurityEventNotification of every version; 1.6 types get the words of 2.x."""
    time = moment(wire.timestamp, call.context)
    type_ = type_of(wire.type)
    return (
        SecurityEventReported(
            id=call.id("security-event"),
            station=call.context.station,
            type=type_,
            critical=criticality(type_, call.version),
            tech_info=mask_words(wire.techInfo or ""),
            at=time.at,
            deviations=time.deviations,
            received_at=call.context.received_at,
        ),
    )


def labels(record: Record) -> tuple[str, str]:
    """How an event is counted: its type, or `other`, and whether it is critical."""
    assert isinstance(record, SecurityEventReported)
    return (record.type if record.type in CRITICAL_2X else OTHER, CRITICAL[record.critical])


SECURITY = Capability(
    inbound=(
        stored(
            "SecurityEventNotification",
            spelled(v16=reported, v2x=reported),
            carried=spelled(v16=carries("type timestamp techInfo"), v2x=carries("type timestamp techInfo")),
            needs=spelled(v16="type", v2x="type"),
            security_event=labels,
        ),
    ),
)
