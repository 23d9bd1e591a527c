"""Requests for ISO 15118 as they are answered: their events, and their reads as new as Kafka. PURE."""

from schemas.iso15118 import ISO15118_ANSWERS, Iso15118Answered
from services.api.iso15118.rows import Iso15118Request, RequestFilter, request_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="iso15118-request",
    topic=ISO15118_ANSWERS,
    record=Iso15118Answered,
    id="request",
    row=request_of,
    many="iso15118_requests",
    one="iso15118_request",
    filter=RequestFilter,
    rules={
        "station": lambda one, station: one.station == station,
        "kind": lambda one, kind: one.kind == kind,
        "accepted": lambda one, accepted: one.accepted == accepted,
    },
    order=Order[Iso15118Request](place=lambda row: Position(micros(row.asked_at), row.request)),
)
