"""Consumer groups, asked as an operator asks: which there are, who is in them, how far they have come."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from confluent_kafka.admin import AdminClient

GROUPS_BEGIN = "voltbus."
ANSWER_WITHIN_S = 20


@contextlib.asynccontextmanager
async def admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that makes topics and asks about groups."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def groups(bootstrap: str) -> list[str]:
    """The groups of the product that Kafka knows."""
    async with admin(bootstrap) as client:
        return [name for name, _ in await client.list_consumer_groups() if name.startswith(GROUPS_BEGIN)]


async def members(bootstrap: str, names: Collection[str]) -> dict[str, set[str]]:
    """The ids under which each group knows its members now."""
    client = AdminClient({"bootstrap.servers": bootstrap})  # kept: without it no answer comes
    asked = client.describe_consumer_groups(list(names))
    told = [await asyncio.to_thread(answer.result, ANSWER_WITHIN_S) for answer in asked.values()]
    return {group.group_id: {member.member_id for member in group.members} for group in told}


async def committed(bootstrap: str, names: Collection[str]) -> dict[str, dict[TopicPartition, int]]:
    """The offsets that each group has committed."""
    async with admin(bootstrap) as client:
        offsets = {name: await client.list_consumer_group_offsets(name) for name in names}
    return {name: {tp: at.offset for tp, at in of.items() if at.offset >= 0} for name, of in offsets.items()}
