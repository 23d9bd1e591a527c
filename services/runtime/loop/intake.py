"""Intake: the records of a batch that a worker without state acts on; what cannot be read is dead-lettered before it is committed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from schemas.base import Record
from schemas.codec import Decoder, UnknownRecord
from services.runtime.bus.consumer import Records
from services.runtime.bus.outgoing import Outgoing
from services.runtime.loop.batch import DeadLetter
from services.runtime.loop.deadletters import dead_letter
from services.runtime.process import metrics

R = TypeVar("R", bound=Record)


class Sender(Protocol):
    """A producer."""

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Send, and wait until it is kept. Raises Outage."""


async def taken_in(
    records: Records, decoder: Decoder, *kinds: type[R], service: str, sender: Sender, clock: Callable[[], datetime]
) -> list[R]:
    """The records of these kinds, in their order. Raises Outage where a dead letter cannot be sent: then the batch comes again."""
    found: list[R] = []
    dead: list[DeadLetter] = []
    for message in records:
        try:
            record = decoder.decode(message.value) if message.value is not None else None
        except UnknownRecord as reason:
            dead.append(DeadLetter(message, str(reason), service))
            continue
        if isinstance(record, kinds):
            found.append(record)
    if dead:
        at = clock()
        await sender.send([dead_letter(each, at=at) for each in dead])
        for each in dead:
            metrics.DEAD_LETTERS.labels(service, each.message.topic).inc()
    return found
