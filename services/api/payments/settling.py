"""Settling outside: what a payment service provider made of a payment, told through the API by who speaks with it (C25.FR.40)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schemas.base import derived_id
from schemas.payments import SettlementRecorded
from services.api.payments.rows import Payment, SettledOutside
from services.api.ports import Ports
from services.api.web.problems import invalid, not_found

WORDS: Mapping[str, Any] = {"settled": "Settled", "cancelled": "Canceled", "rejected": "Rejected", "failed": "Failed"}
"""PaymentStatusEnumType by our word."""

AMOUNT_MOST = Decimal(10) ** 15
WEB = ("http://", "https://")


async def settle_outside(ports: Ports, payment: str, data: SettledOutside) -> Payment:
    """Record what became of a settlement; the newest one counts, also of a station. Raises Problem: 404, 422; Outage."""
    found: Payment | None = await ports.reads.payment(payment)
    if found is None:
        raise not_found(f"There is no payment {payment!r}.")
    if data.status == "settled" and data.amount is None:
        raise invalid("amount", "say what was settled")
    if data.amount is not None and not 0 <= data.amount < AMOUNT_MOST:
        raise invalid("amount", "is no amount of money")
    if data.receipt_url and not data.receipt_url.startswith(WEB):
        raise invalid("receipt_url", "begins with https:// or http://")
    now = ports.clock()
    at = data.settled_at or now
    record = SettlementRecorded(
        id=derived_id(payment, "settled-outside", data.status, str(data.amount), at.isoformat()),
        station=found.station,
        psp_ref=found.psp_ref,
        status=WORDS[data.status],
        info=data.info,
        amount=data.amount,
        settled_at=at,
        receipt_id=data.receipt_id,
        receipt_url=data.receipt_url,
        recorded_by=ports.principal.name,
        received_at=now,
    )
    await ports.publisher.publish(record)
    return found
