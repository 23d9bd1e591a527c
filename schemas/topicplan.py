"""Topic plan: all topics of one deployment with their configuration."""

from typing import Literal

import msgspec

from schemas.deadletters import DEAD
from schemas.topic import Topic
from schemas.topics import CATALOGUE, DUE, GATEWAY, STATE, dead_topic, due_topic, gateway_topic, state_topic

Cleanup = Literal["delete", "compact"]


class TopicPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The configuration of one topic."""

    name: str
    partitions: int
    cleanup: Cleanup
    retention_s: int | None
    replaced_within_s: int | None = None


def plan(*, partitions: int, gateways: tuple[str, ...], services: tuple[str, ...]) -> list[TopicPlan]:
    """Every topic of a deployment: families are expanded for these gateways and (stateful) services."""
    members = {
        GATEWAY.name: [gateway_topic(name) for name in gateways],
        DUE.name: [due_topic(name) for name in services],
        STATE.name: [state_topic(name) for name in services],
    }
    plans = [
        _plan_of(topic, name, partitions)
        for topic in CATALOGUE
        if topic is not DEAD
        for name in members.get(topic.name, [topic.name])
    ]
    unread = {*members[GATEWAY.name], *members[STATE.name]}
    dead = [_plan_of(DEAD, dead_topic(p.name), 1) for p in plans if p.name not in unread]
    return plans + dead


def _plan_of(topic: Topic, name: str, partitions: int) -> TopicPlan:
    return TopicPlan(
        name=name,
        partitions=topic.partitions or partitions,
        cleanup="compact" if topic.compacted else "delete",
        retention_s=topic.retention_s,
        replaced_within_s=topic.replaced_within_s,
    )
