"""Topics on the cluster: checks that a worker's topics exist, and creates them for `python -m services topics`."""

import asyncio
from collections.abc import Iterable, Sequence, Set
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from schemas.kafkaaccess import describe_access
from schemas.kafkaclients import kafka_options
from schemas.topicplan import TopicPlan, plan
from schemas.topics import dead_topic
from services.runtime.process.outage import Outage, Unusable
from services.runtime.process.settings import Settings, TopicsSettings

METADATA_TIMEOUT_S = 20.0


async def require_topics(names: Iterable[str], settings: Settings, *, equal: bool = True) -> set[str]:
    """Require these topics, with equal partition counts where `equal`; returns all topics of the cluster. Raises Unusable, Outage.

    The embedded bus creates a topic on its first metadata request, so there this creates them.
    """
    wanted = list(dict.fromkeys(names))
    client = AIOKafkaClient(**kafka_options(settings), client_id="voltbus-topics")
    try:
        async with asyncio.timeout(METADATA_TIMEOUT_S):
            await client.bootstrap()
            if settings.bus == "embedded":
                for name in wanted:
                    await client._wait_on_metadata(name)
            cluster = await client.fetch_all_metadata()
    except (KafkaError, OSError, TimeoutError) as error:
        raise Outage(f"{describe_access(settings)} does not list its topics: {error}") from error
    finally:
        await client.close()
    counts = {name: len(cluster.partitions_for_topic(name) or ()) for name in wanted}
    missing = [name for name, count in counts.items() if not count]
    if missing:
        raise Unusable(
            f"Kafka at {settings.bootstrap} lacks the topics {', '.join(missing)}: "
            f"make them with `python -m services topics --bootstrap {settings.bootstrap}`."
        )
    if equal and len(set(counts.values())) > 1:
        counts_text = ", ".join(f"{name} has {count}" for name, count in counts.items())
        raise Unusable(f"These topics must have the same number of partitions, so that equal keys meet: {counts_text}.")
    return set(cluster.topics(exclude_internal_topics=False))


def require_dead_letters(topics: Iterable[str], existing: Set[str]) -> None:
    """Require the dead-letter topic of each of these topics. Raises Unusable."""
    lacking = [dead for dead in map(dead_topic, topics) if dead not in existing]
    if lacking:
        raise Unusable(f"Kafka lacks the topics {', '.join(lacking)}: make them with `python -m services topics`.")


async def make_topics(settings: TopicsSettings, *, services: Sequence[str]) -> tuple[list[str], list[str]]:
    """Create the catalogue's missing topics (unless only checking); returns sentences on what was done and on what differs."""
    gateways = tuple(name.strip() for name in settings.gateways.split(",") if name.strip())
    plans = plan(partitions=settings.partitions, gateways=gateways, services=tuple(services))
    admin = AIOKafkaAdminClient(**kafka_options(settings), client_id="voltbus-topics")
    try:
        await admin.start()
        existing = {topic["topic"]: topic for topic in await admin.describe_topics()}
        missing = [wanted for wanted in plans if wanted.name not in existing]
        present = [wanted for wanted in plans if wanted.name in existing]
        differences = _differences(present, existing, settings.replication)
        differences += await _config_differences(admin, present)
        if settings.check == "yes":
            return [], [f"{wanted.name} does not exist." for wanted in missing] + differences
        failures = await _create(admin, missing, settings.replication)
        made = len(missing) - len(failures)
        return [f"{made} topics made, {len(present)} were there already."], failures + differences
    except (KafkaError, OSError) as error:
        raise Unusable(f"{describe_access(settings)} cannot be asked for its topics: {error}.") from error
    finally:
        await admin.close()


def wanted_config(wanted: TopicPlan) -> dict[str, str]:
    """The Kafka settings of a planned topic."""
    config: dict[str, str] = {"cleanup.policy": wanted.cleanup}
    if wanted.retention_s is not None:
        config["retention.ms"] = str(wanted.retention_s * 1000)
    if wanted.replaced_within_s is not None:
        # Half of it until the segment is closed, for an open one is never compacted, and half until the cleaner has to look at it.
        half = str(wanted.replaced_within_s * 500)
        config |= {"segment.ms": half, "max.compaction.lag.ms": half, "delete.retention.ms": half}
    return config


async def _create(admin: AIOKafkaAdminClient, missing: Sequence[TopicPlan], replication: int) -> list[str]:
    if not missing:
        return []
    answer = await admin.create_topics(
        [NewTopic(each.name, each.partitions, replication, topic_configs=wanted_config(each)) for each in missing]
    )
    errors = [(name, for_code(code), message) for name, code, message in (error[:3] for error in answer.topic_errors)]
    return [
        f"{name} could not be made: {message or error.description}."
        for name, error, message in errors
        if error.errno not in (0, TopicAlreadyExistsError.errno)
    ]


def _differences(present: Sequence[TopicPlan], existing: dict[str, Any], replication: int) -> list[str]:
    sentences = []
    for wanted in present:
        partitions = existing[wanted.name]["partitions"]
        copies = min(len(partition["replicas"]) for partition in partitions)
        if len(partitions) != wanted.partitions:
            sentences.append(f"{wanted.name} has {len(partitions)} partitions; it should have {wanted.partitions}.")
        if copies != replication:
            sentences.append(f"{wanted.name} has {copies} replicas; it should have {replication}.")
    return sentences


async def _config_differences(admin: AIOKafkaAdminClient, present: Sequence[TopicPlan]) -> list[str]:
    if not present:
        return []
    resources = [
        ConfigResource(ConfigResourceType.TOPIC, wanted.name, dict.fromkeys(wanted_config(wanted), ""))
        for wanted in present
    ]
    found: dict[str, dict[str, str]] = {}
    for answer in await admin.describe_configs(resources):
        for _code, _words, _kind, topic, entries in answer.resources:
            found[topic] = {entry[0]: entry[1] for entry in entries}
    return [
        f"{wanted.name} has {name}={found.get(wanted.name, {}).get(name)}; it should be {value}."
        for wanted in present
        for name, value in wanted_config(wanted).items()
        if found.get(wanted.name, {}).get(name) != value
    ]
