"""A world with a key for secrets, a webhook and its deliveries."""

import datetime as dt
from typing import Any

from schemas.sealing import Seal
from services.api.config import Config
from services.api.fakes import KEY, NOON, World
from services.api.webhooks.rows import Delivery, WebhookSummary
from tests.services.webhooks.records import OLD_SECRET, SECRET

SEAL = Seal(b"k" * 64)
BODY: dict[str, Any] = {
    "url": "https://erp.example.com/voltbus",
    "kinds": ["session.ended", "cdr.issued"],
    "secret": SECRET,
}

__all__ = ["BODY", "OLD_SECRET", "SEAL", "SECRET", "delivery", "summary", "world_with_key"]


def world_with_key() -> World:
    return World(Config(key=KEY, seal=SEAL))


def delivery(**members: Any) -> Delivery:
    return Delivery(
        **{
            "webhook": "erp",
            "delivery": "d1",
            "kind": "session.ended",
            "station": "CP-1",
            "status": "dead",
            "attempt": 7,
            "http_status": 500,
            "detail": "answered 500",
            "took_ms": 12,
            "order_id": "",
            "topic": "csms.sessions",
            "partition": 3,
            "offset": 42,
            "occurred_at": NOON - dt.timedelta(hours=1),
            "attempted_at": NOON,
            "next_attempt_at": None,
            "tenant": "",
        }
        | members
    )


def summary(**members: Any) -> WebhookSummary:
    return WebhookSummary(**{"webhook": "erp", "delivered": 12, "dead": 1, "delivered_at": NOON} | members)
