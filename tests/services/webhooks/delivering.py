"""The worker of `webhooks` on the embedded bus, for tests."""

import contextlib
import datetime as dt
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

from msgspec.structs import replace

from schemas.examples import example
from schemas.provisioning import PROVISIONING
from schemas.sealing import NO_KEY
from schemas.transactions import SessionChanged
from schemas.webhooks import WEBHOOK_DELIVERIES, WebhookAttempted, WebhookProvisioned
from services.webhooks.outbox import Outbox
from services.webhooks.settings import WebhooksSettings
from tests.services.bus import Bus, serving
from tests.services.webhooks.receiving import HttpReceiver
from tests.services.webhooks.records import webhook

_numbers = itertools.count(1)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def session(station: str, revision: int) -> SessionChanged:
    return replace(
        example(SessionChanged), id=f"{station}-{revision}", station=station, revision=revision, ended_at=None
    )


def to(there: HttpReceiver, name: str = "erp", **members: Any) -> WebhookProvisioned:
    at = now() - dt.timedelta(seconds=1)
    made = {
        "kinds": ("session.changed",),
        "start": f"s{next(_numbers)}",
        "since": at,
        "started_at": at,
        "provisioned_at": at,
    }
    return webhook(webhook=name, url=there.url, **(made | members))


def worker(bootstrap: str, **settings: Any) -> Outbox:
    own = WebhooksSettings(
        bootstrap=bootstrap, bus="embedded", session_timeout_s=3.0, metrics_port=0, webhook_private_addresses="allow",
        webhook_first_wait_s=0.05, webhook_longest_wait_s=0.2, webhook_timeout_s=1.0, **settings,
    )  # fmt: skip
    return Outbox(own, NO_KEY)


@contextlib.asynccontextmanager
async def delivering(bootstrap: str, **settings: Any) -> AsyncIterator[Bus]:
    async with serving(
        lambda _: worker(bootstrap, **settings), bootstrap, hears=(WEBHOOK_DELIVERIES, PROVISIONING)
    ) as bus:
        yield bus


def ids(there: HttpReceiver, station: str) -> list[str]:
    """The sessions of a station that arrived, in their order."""
    return [got.told["data"]["id"] for got in there.got if got.told["station"] == station]


def status(*statuses: str, name: str = "erp") -> Callable[[WebhookAttempted], bool]:
    return lambda attempt: attempt.webhook == name and attempt.status in statuses
