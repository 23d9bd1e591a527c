"""Feeds: the consumer groups of metering, separate so that bulky topics do not delay those people wait for. PURE."""

from collections.abc import Mapping

import msgspec

from schemas.codec import Decoder
from schemas.deadletters import DEAD
from schemas.topic import Topic
from schemas.topics import CATALOGUE, dead_topic


class Feed(msgspec.Struct, frozen=True):
    """Topics that share a consumer group, `name`. `dead_letters`: the group reads the dead letters of every topic.

    `patience`: the upper limit of the gathering time, as a multiple of `metering_batch_wait_ms`. Low where people look
    (sessions), high for logs.
    """

    name: str
    topics: tuple[Topic, ...] = ()
    dead_letters: bool = False
    patience: int = 4

    def decoders(self) -> Mapping[str, Decoder]:
        """A decoder for each topic, by its name on the cluster."""
        by_name = {topic.name: Decoder(topic) for topic in self.topics}
        if self.dead_letters:
            letters = Decoder(DEAD)
            by_name |= {dead_topic(topic.name): letters for topic in CATALOGUE if "<" not in topic.name}
        return by_name


READINGS = Feed("metering-readings")
FRAMES = Feed("metering-frames", patience=8)
STATES = Feed("metering-states", patience=2)
FACTS = Feed("metering-facts", patience=8)
FIRMWARE = Feed("metering-firmware")
DEAD_LETTERS = Feed("metering-dead-letters", dead_letters=True)
"""Many topics with hardly a record: a fetch costs by the topics it asks for, so busy topics are in other groups."""

GROUPS = (READINGS, FRAMES, STATES, FACTS, FIRMWARE, DEAD_LETTERS)
"""The consumer groups, without their topics, which the nouns add."""
