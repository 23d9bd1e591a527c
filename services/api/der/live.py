"""DER controls as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.der import DER_STATES, DERControlChanged
from services.api.der.rows import Control, ControlFilter, control_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="der-control",
    topic=DER_STATES,
    record=DERControlChanged,
    id="der_control",
    row=control_of,
    many="der_controls",
    one="der_control",
    filter=ControlFilter,
    rules={
        "station": lambda one, station: one.station == station,
        "control_type": lambda one, type_: one.control.control_type == type_,
        "status": lambda one, status: one.status == status,
        "is_default": lambda one, default: one.control.is_default == default,
    },
    order=Order[Control](place=lambda row: Position(micros(row.changed_at), row.der_control)),
)
