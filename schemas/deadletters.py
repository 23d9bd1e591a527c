"""Dead letters: records that a service could not read or apply, with the reason; the flow goes on without them."""

from schemas.base import Record, Timestamp
from schemas.topic import Topic


class DeadLettered(Record, frozen=True, kw_only=True, tag="dead-lettered"):
    """A poison record, on csms.dead.<topic without `csms.`>. `value` is the record's bytes, base64 where they are not UTF-8."""

    id: str
    service: str
    topic: str
    partition: int
    offset: int
    key: str = ""
    value: str
    encoding: str = "utf-8"
    reason: str
    at: Timestamp


DEAD = Topic(
    name="csms.dead.<topic>",
    meaning="Records that a service could not read or apply, with the reason.",
    records=(DeadLettered,),
    key="key",
)

TOPICS = (DEAD,)
