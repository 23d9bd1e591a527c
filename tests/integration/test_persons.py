"""The vault on a real Apache Kafka: what erasing a person leaves on its disks, and what the product knows after it starts again."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.local.kafka import Kafka
from schemas.identities import REF_IDENTITIES
from tests.brokers import broker
from tests.integration import persons, plugncharge
from tests.integration.product import Product, create_topics, eventually, running
from tests.integration.test_costs import default_tariff
from tests.integration.test_secrets import VAULT, everything

pytestmark = pytest.mark.kafka

VERSION = "2.1"
CLEANS_AT_ONCE = "log.cleaner.backoff.ms=100\n"
COMPACTED = {
    "cleanup.policy": "compact",
    "segment.ms": "50",
    "min.cleanable.dirty.ratio": "0.001",
    "max.compaction.lag.ms": "100",
    "min.compaction.lag.ms": "0",
}
"""The vault's topic as it is after a day, within a second."""


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A broker of one's own: all that is on its disks is looked at."""
    with broker(tmp_path / "kafka", properties=CLEANS_AT_ONCE) as own:
        create_topics(own.bootstrap)
        yield own


async def test_an_erased_person_is_on_no_disk_of_kafka_and_unknown_after_a_new_start(
    own_kafka: Kafka, tmp_path: Path
) -> None:
    await _have_it_compacted(own_kafka.bootstrap)
    settings = {"VOLTBUS_IDENTITIES_KEY_FILE": str(persons.key_file(tmp_path))}
    driver = plugncharge.driver(VERSION)
    async with (
        plugncharge.outside(tmp_path) as there,
        running(
            bus="kafka", bootstrap=own_kafka.bootstrap, folder=tmp_path, settings=settings | there.settings
        ) as product,
    ):
        async with product.api() as api, default_tariff(api):
            await persons.charge(product, VERSION)
        await plugncharge.contract(product, there, VERSION)
        before = await everything(own_kafka.bootstrap)
        await _start_again(product)
        async with product.api() as api:
            known = persons.accepted(await api.get(f"/identities/{driver}"))
        assert known["known_as"] == driver, "the vault was read back from Kafka"
        erased = [await persons.exported_and_erased(product, VERSION), await persons.erased(product, driver)]
        await eventually(lambda: _compacted(product, erased))
        after = await everything(own_kafka.bootstrap)
        await _start_again(product)
        async with product.api() as api:
            assert (await api.get(f"/identities/{driver}")).status_code == 404
            assert persons.accepted(await api.get("/sessions", params={"token": driver}))["items"] == []

    persons.assert_nobody_can_read(VAULT.findall(after), erased)
    persons.assert_texts_went_with_the_erased(
        [*VAULT.findall(before), *VAULT.findall(after)], after.decode(errors="replace"), VERSION
    )
    for where in (before, after):
        assert not re.search(persons.CANARY, where.decode(errors="replace"), re.IGNORECASE)
        assert not plugncharge.inside(where.decode(errors="replace"))


async def _start_again(product: Product) -> None:
    await product.stop()
    await product.start()


async def _have_it_compacted(bootstrap: str) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        resource = ConfigResource(ConfigResourceType.TOPIC, REF_IDENTITIES.name, configs=COMPACTED)
        await client.alter_configs([resource])
    finally:
        await client.close()


async def _compacted(product: Product, erased: list[str]) -> Any:
    """Whether nothing that Kafka keeps of the vault has the erased persons' keys. Writes a record: a segment is closed by the next one."""
    async with product.api() as api:
        persons.accepted(await api.put(f"/tokens/LATER{time.monotonic_ns()}", json={}))
    records = VAULT.findall(await everything(product.bootstrap, REF_IDENTITIES.name))
    kept = [record for record in records if b'"identity-kept"' in record]
    return kept and not any(each.encode() in record for record in kept for each in erased)
