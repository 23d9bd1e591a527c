"""Topic: the declaration of a Kafka topic: name, records, key, retention. Each noun declares its own as `TOPICS`."""

import msgspec

from schemas.base import Record

DAY_S = 86_400
FACTS_KEPT_S = 30 * DAY_S
BILLS_KEPT_S = 365 * DAY_S


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One topic, or a family of topics of which `name` shows the varying part in angle brackets.

    `key` names the record's member that is the Kafka key. `partitions` is None where the deployment's count applies: all
    such topics have the same count, so that equal keys meet in one worker. Kept for `retention_s`, or compacted (None).
    `replaced_within_s`: of a compacted topic, how long a record may stay on disk after a newer one of its key; None: as the broker likes.
    Who writes and reads it follows from `schemas.flows`.
    """

    name: str
    meaning: str
    records: tuple[type[Record], ...]
    key: str = "station"
    retention_s: int | None = FACTS_KEPT_S
    partitions: int | None = None
    replaced_within_s: int | None = None

    @property
    def compacted(self) -> bool:
        """Whether the topic is compacted: only the newest record of a key is kept."""
        return self.retention_s is None

    @property
    def is_family(self) -> bool:
        """Whether the name stands for many topics: one for each gateway, service or topic."""
        return "<" in self.name
