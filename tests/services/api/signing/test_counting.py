"""Counting: the gauges say what ClickHouse says; during an outage they stay."""

import asyncio

from prometheus_client import REGISTRY

from services.api.fakes import NOON
from services.api.signing.counting import ExpiryCount
from services.api.signing.fakes import FakeSigning
from services.api.signing.rows import Expiring
from services.runtime.process.outage import Outage


def gauges() -> tuple[float | None, ...]:
    expiring = (
        REGISTRY.get_sample_value("voltbus_api_certificates_expiring", {"within": each}) for each in ("7d", "30d")
    )
    return REGISTRY.get_sample_value("voltbus_api_certificates_in_use"), *expiring


class Away(FakeSigning):
    async def expiring_certificates(self, now: object) -> Expiring:
        raise Outage("ClickHouse does not answer")


async def test_what_expires_is_counted() -> None:
    reads = FakeSigning()
    reads.expiring = Expiring(in_use=41, within_7_days=2, within_30_days=5)

    assert await ExpiryCount(reads, lambda: NOON).count()
    assert gauges() == (41, 2, 5)

    assert not await ExpiryCount(Away(), lambda: NOON).count()
    assert gauges() == (41, 2, 5)


async def test_it_ends_when_it_is_asked_to() -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(ExpiryCount(FakeSigning(), lambda: NOON).run(stop))
    stop.set()

    await running
