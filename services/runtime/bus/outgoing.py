"""Outgoing: a message for Kafka that is not sent yet. PURE."""

import msgspec


class Outgoing(msgspec.Struct, frozen=True, gc=False):
    """One message. `partition` None: the hash of the key decides; `value` None: a tombstone."""

    topic: str
    key: bytes
    value: bytes | None
    partition: int | None = None
