"""Backlog: what one worker has still to deliver to one receiver; decides what is sent when, what is given up, what may be committed. PURE.

Deliveries of a lane (a station's, of one topic) are made one after the other: the next one only after the one before is delivered or
given up. Lanes do not wait for each other, so one event that the receiver cannot take holds back its own station alone.

Decision: order is kept for each station and topic, not for the receiver as a whole. Receivers put together what belongs to a station or
to a session of it; an order across stations means nothing to them, for clocks of stations differ, and it would let one event stop all.
"""

import heapq
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from zlib import crc32

import msgspec

from schemas.webhooks import DeliveryStatus
from services.webhooks.events import Event

Place = tuple[str, int]
"""A topic and a partition number."""

STRUGGLING = 3
"""After so many failures with no success in between, the receiver is asked one thing at a time, and less and less often."""

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)

SPREAD = 0.2
"""Share by which a wait is longer or shorter, by the delivery's id: those that failed together are not repeated together."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How a receiver is treated. Each member but the last three is a setting, `webhook_<member>`.

    `refusals`: an event that has failed so often is given up where the receiver has taken others meanwhile. `window_records`: records of
    one partition that are neither committed nor out of memory; `window_bytes`: bodies of all of them.
    """

    concurrency: int = 8
    first_wait_s: float = 2.0
    longest_wait_s: float = 300.0
    give_up_s: float = 259_200.0
    refusals: int = 10
    longest_retry_after_s: float = 3_600.0
    window_records: int = 500
    window_bytes: int = 4_194_304

    def wait_s(self, failures: int) -> float:
        """Seconds to wait after so many failures, 1 or more."""
        return min(self.longest_wait_s, self.first_wait_s * 2.0 ** min(failures - 1, 30))


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a request. `final`: repeating it is of no use. `gone`: the receiver wants nothing any more (410)."""

    ok: bool = False
    http_status: int | None = None
    detail: str = ""
    took_ms: int = 0
    retry_after_s: float = 0.0
    final: bool = False
    gone: bool = False


class Waiting:
    """A delivery that is still to be made, with what was tried."""

    __slots__ = ("attempts", "due_at", "event", "first_at", "forgotten", "offset", "place")

    def __init__(self, event: Event, place: Place, offset: int, due_at: datetime) -> None:
        self.event = event
        self.place = place
        self.offset = offset
        self.due_at = due_at
        self.attempts = 0
        self.first_at: datetime | None = None
        self.forgotten = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a delivery after an attempt. `detail`: why it is not delivered."""

    status: DeliveryStatus
    attempt: int
    detail: str = ""
    next_at: datetime | None = None


class Backlog:
    """The deliveries of one receiver in one worker. `gone`: the receiver has said that it wants nothing any more."""

    def __init__(self, policy: Policy) -> None:
        self.gone = False
        self.in_flight = 0
        self._policy = policy
        self._lanes: dict[str, deque[Waiting]] = {}
        self._heads: list[tuple[datetime, int, Waiting]] = []
        self._pushed = 0
        self._next: dict[Place, int] = {}
        self._kept: dict[Place, dict[int, int]] = {}
        self._bytes = 0
        self._failures = 0
        self._resume_at: datetime | None = None
        self._accepted_at: datetime | None = None

    # -- what is read -------------------------------------------------------------------------------------------------

    def read(self, place: Place, offset: int, events: Iterable[Event], now: datetime) -> None:
        """A record was read, and these deliveries are to be made of it; offsets of a place only grow.

        What somebody asked for comes first, and at once, also where the receiver is struggling.
        """
        self._next[place] = offset + 1
        for event in events:
            waiting = Waiting(event, place, offset, AT_ONCE if event.order else now)
            if event.order and self._resume_at is not None:
                self._resume_at = now
            kept = self._kept.setdefault(place, {})
            kept[offset] = kept.get(offset, 0) + 1
            self._bytes += len(event.body)
            lane = self._lanes.setdefault(event.lane, deque())
            lane.append(waiting)
            if len(lane) == 1:
                self._push(waiting)

    def full(self, place: Place, *, ordered: bool = False) -> bool:
        """Whether no more may be read of this place for now. What is `ordered` has room of its own, so that a test always comes through."""
        most_bytes = self._policy.window_bytes * (2 if ordered else 1)
        return self._bytes >= most_bytes or len(self._kept.get(place, ())) >= self._policy.window_records

    def committable(self) -> Mapping[Place, int]:
        """The offset of each place from which a successor has to read: everything before it is delivered or given up."""
        return {place: next(iter(self._kept.get(place, ())), offset) for place, offset in self._next.items()}

    def forget(self, places: Collection[Place]) -> None:
        """Other workers have these places now. What is in flight is still counted when it ends."""
        for name, lane in list(self._lanes.items()):
            for waiting in lane:
                if waiting.place in places and not waiting.forgotten:
                    waiting.forgotten = True
                    self._bytes -= len(waiting.event.body)
            rest = deque(waiting for waiting in lane if not waiting.forgotten)
            if rest:
                self._lanes[name] = rest
            else:
                del self._lanes[name]
        for place in places:
            self._next.pop(place, None)
            self._kept.pop(place, None)
        self._heads = [head for head in self._heads if not head[2].forgotten]
        heapq.heapify(self._heads)

    # -- what is sent -------------------------------------------------------------------------------------------------

    def ready(self, now: datetime) -> list[Waiting]:
        """The deliveries to be attempted now; each is in flight until `attempted` is called with it."""
        if self.gone or (self._resume_at is not None and now < self._resume_at):
            return []
        found: list[Waiting] = []
        while self.in_flight < self._at_once and self._heads and self._heads[0][0] <= now:
            found.append(heapq.heappop(self._heads)[2])
            self.in_flight += 1
        return found

    def next_at(self) -> datetime | None:
        """When something may be ready next; None: not before an attempt ends or something is read."""
        if self.gone or not self._heads or self.in_flight >= self._at_once:
            return None
        due_at = self._heads[0][0]
        return due_at if self._resume_at is None else max(due_at, self._resume_at)

    @property
    def _at_once(self) -> int:
        return self._policy.concurrency if self._resume_at is None else 1

    def attempted(self, waiting: Waiting, result: Result, now: datetime) -> Verdict:
        """An attempt has ended. Returns what becomes of the delivery."""
        self.in_flight -= 1
        waiting.attempts += 1
        waiting.first_at = waiting.first_at or now
        if result.ok:
            self._accepted(now)
            self._finish(waiting)
            return Verdict(status="delivered", attempt=waiting.attempts)
        if not result.final:
            self._failed(result, now)
        self.gone = self.gone or result.gone
        reason = self._given_up(waiting, result, now)
        if reason:
            self._finish(waiting)
            return Verdict(status="dead", attempt=waiting.attempts, detail=reason)
        waiting.due_at = now + timedelta(seconds=self._wait_s(waiting, result))
        if not waiting.forgotten:
            self._push(waiting)
        return Verdict(
            status="retrying", attempt=waiting.attempts, detail=result.detail, next_at=self.next_at_of(waiting)
        )

    def next_at_of(self, waiting: Waiting) -> datetime:
        """When a delivery is attempted next, at the earliest."""
        return waiting.due_at if self._resume_at is None else max(waiting.due_at, self._resume_at)

    def _wait_s(self, waiting: Waiting, result: Result) -> float:
        share = crc32(waiting.event.delivery.encode()) / 0xFFFFFFFF
        spread = 1 - SPREAD + 2 * SPREAD * share
        return max(self._policy.wait_s(waiting.attempts) * spread, self._asked_for(result))

    def _asked_for(self, result: Result) -> float:
        return min(result.retry_after_s, self._policy.longest_retry_after_s)

    def _accepted(self, now: datetime) -> None:
        self._failures, self._accepted_at = 0, now
        if self._resume_at is not None:  # the receiver is back: nobody waits on for its own time
            self._resume_at = None
            self._heads = [(now, number, waiting) for _, number, waiting in self._heads]
            heapq.heapify(self._heads)

    def _failed(self, result: Result, now: datetime) -> None:
        self._failures += 1
        asked_for = self._asked_for(result)
        if self._failures >= STRUGGLING or asked_for:
            self._resume_at = now + timedelta(seconds=max(self._policy.wait_s(self._failures), asked_for))

    def _given_up(self, waiting: Waiting, result: Result, now: datetime) -> str:
        """Why a delivery that failed is not repeated; empty where it is."""
        event, policy = waiting.event, self._policy
        if result.final or event.once:
            return result.detail
        if result.gone:
            return ""
        if now - event.counted_from >= timedelta(seconds=policy.give_up_s):
            return f"given up after {policy.give_up_s:.0f} s: {result.detail}"
        others = self._accepted_at is not None and waiting.first_at is not None and self._accepted_at > waiting.first_at
        if others and waiting.attempts >= policy.refusals:
            return f"refused {waiting.attempts} times while others were taken: {result.detail}"
        return ""

    # -- lanes --------------------------------------------------------------------------------------------------------

    def _push(self, waiting: Waiting) -> None:
        self._pushed += 1
        heapq.heappush(self._heads, (waiting.due_at, self._pushed, waiting))

    def _finish(self, waiting: Waiting) -> None:
        if waiting.forgotten:
            return
        self._bytes -= len(waiting.event.body)
        lane = self._lanes[waiting.event.lane]
        lane.popleft()
        if lane:
            self._push(lane[0])
        else:
            del self._lanes[waiting.event.lane]
        kept = self._kept[waiting.place]
        kept[waiting.offset] -= 1
        while kept and not kept[first := next(iter(kept))]:
            del kept[first]

    # -- what is shown ------------------------------------------------------------------------------------------------

    @property
    def open(self) -> int:
        """Number of deliveries that are still to be made."""
        return sum(map(len, self._lanes.values()))

    def read_up_to(self) -> Mapping[Place, int]:
        """The offset of each place that is read next."""
        return self._next

    def oldest_at(self) -> datetime | None:
        """When the oldest of them occurred; None where there are none."""
        return min((lane[0].event.occurred_at for lane in self._lanes.values()), default=None)
