"""Proposals: changes of reference data on their way to the service that settles them, and who waits for its answer."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from schemas.base import Record
from schemas.provisioning import Change, ChangeProposed, ChangeSettled, deciding_key
from services.runtime.process.outage import Outage


class Publisher(Protocol):
    """Records onto Kafka."""

    async def publish(self, *records: Record) -> None:
        """Return when Kafka has them all. Raises Outage."""


class Proposals:
    """Publishes proposed changes and waits for the answer to each, `within_s` seconds at most."""

    def __init__(
        self, publisher: Publisher, *, clock: Callable[[], datetime], new_id: Callable[[], str], within_s: float
    ) -> None:
        self._publisher = publisher
        self._clock = clock
        self._new_id = new_id
        self._within_s = within_s
        self._waiting: dict[str, asyncio.Future[ChangeSettled]] = {}

    async def settle(self, change: Change, *, based_on: str) -> ChangeSettled:
        """Propose a change of what was `based_on` when it was read. Raises Outage, also where nobody answers in time."""
        proposal = ChangeProposed(
            id=self._new_id(), key=deciding_key(change), change=change, based_on=based_on, proposed_at=self._clock()
        )
        settled = self._waiting[proposal.id] = asyncio.get_running_loop().create_future()
        try:
            await self._publisher.publish(proposal)
            return await asyncio.wait_for(settled, self._within_s)
        except TimeoutError:
            sentence = (
                "the service `provisioning` did not answer in time: what was asked for may come to stand all the same"
            )
            raise Outage(sentence) from None
        finally:
            del self._waiting[proposal.id]

    def heard(self, settled: ChangeSettled) -> None:
        """The answer to a proposal of this process, or of another."""
        waiting = self._waiting.get(settled.proposal)
        if waiting is not None and not waiting.done():
            waiting.set_result(settled)
