"""Views of vendors: what came that nobody knows, and which webhooks are sent a vendor's messages."""

from datetime import timedelta

from schemas.vendors import vendor_key
from schemas.webhooks import REF_WEBHOOKS, WebhookProvisioned
from services.api.ports import Ports
from services.api.vendors.rows import SeenVendor

LOOKED_BACK = timedelta(days=30)
KIND = "data-transfer.received"


async def unknown(ports: Ports, *, limit: int) -> tuple[SeenVendor, ...]:
    """Messages of the last 30 days that were answered UnknownVendorId or UnknownMessageId. Raises Outage."""
    return await ports.reads.unknown_vendors(ports.clock() - LOOKED_BACK, limit=limit)


def webhooks_of(ports: Ports, vendor_id: str) -> tuple[str, ...]:
    """The names of the webhooks that are sent this vendor's messages."""
    key = vendor_key(vendor_id)
    return tuple(
        sorted(
            name
            for name, record in ports.reference.all(REF_WEBHOOKS).items()
            if isinstance(record, WebhookProvisioned)
            and KIND in record.kinds
            and (not record.vendor_ids or key in map(vendor_key, record.vendor_ids))
        )
    )
