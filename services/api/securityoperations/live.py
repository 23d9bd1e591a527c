"""Security operations as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.securityoperations import SECURITY_OPERATIONS, SecurityOperationChanged
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.securityoperations.rows import OperationFilter, SecurityOperation, operation_of
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="security-operation",
    topic=SECURITY_OPERATIONS,
    record=SecurityOperationChanged,
    id="operation",
    row=operation_of,
    many="security_operations",
    one="security_operation",
    filter=OperationFilter,
    rules={
        "station": lambda one, station: one.station == station,
        "kind": lambda one, kind: one.kind == kind,
        "status": lambda one, status: one.status == status,
        "batch": lambda one, batch: one.batch == batch,
    },
    order=Order[SecurityOperation](place=lambda row: Position(micros(row.requested_at), row.operation)),
)
