"""Compacted topics in memory: reference data and station states, and waiting until a write of this process is read back."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping

from schemas.authorities import AUTHORITIES, OCSP_ANSWERS, REVOCATION_LISTS
from schemas.base import Record
from schemas.campaigns import FIRMWARE_CAMPAIGN_STATES, CampaignChanged
from schemas.credits import TOKEN_CREDITS
from schemas.identities import REF_IDENTITIES
from schemas.logins import LOGINS
from schemas.operators import API_KEY_USES
from schemas.provisioning import REFERENCE
from schemas.routing import route
from schemas.stations import STATION_STATES, StationChanged
from schemas.topic import Topic
from services.api.live.nouns import HELD
from services.api.web.metrics import VIEW_WAITS_EXPIRED, count_campaigns
from services.runtime.bus.readpositions import Mark, ReadPositions
from services.runtime.bus.reference import CompactedView
from services.runtime.process.settings import Settings

READ_BACK_WITHIN_S = 2.0

FOLLOWED = (
    *REFERENCE,
    *(STATION_STATES, FIRMWARE_CAMPAIGN_STATES, LOGINS, TOKEN_CREDITS, API_KEY_USES),
    *(AUTHORITIES, REVOCATION_LISTS, OCSP_ANSWERS, *HELD),
)
"""The topics that this process holds whole, the newest of each key."""


class LiveReference:
    """Reference data and station states in memory, and who waits for a write of its own to come back."""

    def __init__(
        self,
        settings: Settings,
        told: Callable[[StationChanged, Mark], None],
        *,
        reached: ReadPositions,
        caught_up: Callable[[Collection[Topic]], Awaitable[bool]],
        kept: Callable[[Record], None] = lambda _: None,
        read_back_within_s: float = READ_BACK_WITHIN_S,
    ) -> None:
        self._told = told
        self._kept = kept
        self._caught_up = caught_up
        self._within_s = read_back_within_s
        self._waiting: defaultdict[tuple[str, str], list[tuple[Record, asyncio.Future[None]]]] = defaultdict(list)
        self.view = CompactedView(*FOLLOWED, settings=settings, changed=self.changed, reached=reached)

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""
        return self.view.get(topic, key)

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key with its newest record."""
        return self.view.all(topic)

    async def caught_up(self) -> bool:
        """Wait until everything that Kafka had at this call has been read; False when that takes too long."""
        return await self._caught_up(FOLLOWED)

    async def read_back(self, record: Record) -> bool:
        """Wait until the record has been read back; False when that takes too long (Kafka has it all the same)."""
        routed = route(record)
        place = (routed.topic, routed.key.decode())
        back: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[place].append((record, back))
        try:
            if self._holds(record, place):
                return True
            await asyncio.wait_for(back, self._within_s)
        except TimeoutError:
            VIEW_WAITS_EXPIRED.inc()
            return False
        else:
            return True
        finally:
            self._waiting[place].remove((record, back))
            if not self._waiting[place]:
                del self._waiting[place]

    def changed(self, topic: Topic, key: str, record: Record | None, mark: Mark) -> None:
        """A record was read: wake who waits for it, tell of a station's change (not of what was there at the start)."""
        for expected, back in self._waiting.get((topic.name, key), ()):
            if expected == record and not back.done():
                back.set_result(None)
        if topic is REF_IDENTITIES and record is not None:
            self._kept(record)
        elif isinstance(record, StationChanged):
            self._told(record, mark)
        elif isinstance(record, CampaignChanged):
            count_campaigns(self.view.all(FIRMWARE_CAMPAIGN_STATES).values())

    def _holds(self, record: Record, place: tuple[str, str]) -> bool:
        topic = next(topic for topic in FOLLOWED if topic.name == place[0])
        return self.view.get(topic, place[1]) == record
