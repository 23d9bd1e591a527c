"""Payments as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.payments import DEBT, PAYMENT_STATES, PaymentChanged
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.payments.rows import Payment, PaymentFilter, payment_row_of
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="payment",
    topic=PAYMENT_STATES,
    record=PaymentChanged,
    id="payment",
    row=payment_row_of,
    many="payments",
    one="payment",
    filter=PaymentFilter,
    rules={
        "station": lambda one, station: one.station == station,
        "status": lambda one, status: one.status == status,
        "session": lambda one, session: one.session == session,
        "psp_ref": lambda one, psp_ref: one.psp_ref.casefold() == psp_ref.casefold(),
        "debt": lambda one, debt: (one.status in DEBT) == debt,
    },
    order=Order[Payment](place=lambda row: Position(micros(row.started_at), row.payment)),
)
