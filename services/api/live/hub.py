"""Hub: sends events to the clients of /api/v1/events. A slow client loses events and gets `lagged` instead; memory is bounded."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

import msgspec

from services.api.live.nouns import NOUNS
from services.api.web.metrics import SSE_CLIENTS, SSE_EVENTS, SSE_LAGGED, SSE_REFUSED

Kind = str
"""What an event is about: the `event:` line of server-sent events."""

KINDS: tuple[Kind, ...] = ("station", "connector", "session", *(noun.kind for noun in NOUNS), "outcome")

KEEP_ALIVE = b": keep-alive\n\n"
ADVICE = "Events were lost because this client reads too slowly: reload what you show, then go on reading."


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event, ready for the wire, with what clients filter by. What is of a site as a whole has `site`, its `tenant` and no station."""

    kind: Kind
    station: str
    wire: bytes
    site: str = ""
    tenant: str = ""


def event(kind: Kind, station: str, id_: str, data: bytes) -> Event:
    """An event with `data` as JSON on one line."""
    return Event(kind=kind, station=station, wire=_wire(kind, data, id_))


def site_event(kind: Kind, id_: str, data: bytes, *, site: str, tenant: str) -> Event:
    """An event of a site as a whole."""
    return Event(kind=kind, station="", wire=_wire(kind, data, id_), site=site, tenant=tenant)


def _wire(name: str, data: bytes, id_: str = "") -> bytes:
    head = f"id: {id_}\n" if id_ else ""
    return f"{head}event: {name}\n".encode() + b"data: " + data + b"\n\n"


def _everywhere(_happened: Event) -> bool:
    return True


class Subscription:
    """One client: its filters, its bounded queue, and how many events it lost."""

    def __init__(
        self,
        station: str | None,
        kinds: frozenset[Kind],
        limit: int,
        *,
        site: str | None = None,
        within: Callable[[Event], bool] = _everywhere,
    ) -> None:
        self._station = station
        self._site = site
        self._kinds = kinds
        self._within = within
        self._limit = limit
        self._queue: deque[bytes] = deque()
        self._lost = 0
        self._closed = False
        self._wake = asyncio.Event()

    def offer(self, happened: Event) -> None:
        """Queue the event if the client wants it. At the limit the queue is emptied and `lagged` takes its place."""
        if happened.kind not in self._kinds or (self._station is not None and happened.station != self._station):
            return
        if (self._site is not None and happened.site != self._site) or not self._within(happened):
            return
        if len(self._queue) >= self._limit:
            if not self._lost:
                SSE_LAGGED.inc()
            self._lost += len(self._queue)
            self._queue.clear()
        self._queue.append(happened.wire)
        SSE_EVENTS.labels(happened.kind).inc()
        self._wake.set()

    def close(self) -> None:
        """End the stream after what is queued."""
        self._closed = True
        self._wake.set()

    def drain(self) -> bytes:
        """What the client gets now: that it lagged, if it did, then what is queued."""
        chunks = list(self._queue)
        self._queue.clear()
        if self._lost:
            event = msgspec.json.encode({"lost": self._lost, "advice": ADVICE})
            chunks.insert(0, _wire("lagged", event))
            self._lost = 0
        return b"".join(chunks)

    async def stream(self, keepalive_s: float) -> AsyncIterator[bytes]:
        """The bytes of the client's stream until it is closed; a comment when nothing happens for `keepalive_s`."""
        yield b"retry: 2000\n\n"
        while True:
            self._wake.clear()
            if chunk := self.drain():
                yield chunk
                continue
            if self._closed:
                return
            try:
                await asyncio.wait_for(self._wake.wait(), keepalive_s)
            except TimeoutError:
                yield KEEP_ALIVE


class Hub:
    """Every client that follows events, and the way in for events."""

    def __init__(self, *, clients_limit: int, queue_limit: int) -> None:
        self._clients_limit = clients_limit
        self._queue_limit = queue_limit
        self._subscriptions: set[Subscription] = set()

    def publish(self, happened: Event) -> None:
        """Hand an event to every client that wants it."""
        for subscription in self._subscriptions:
            subscription.offer(happened)

    def subscribe(
        self,
        station: str | None,
        kinds: frozenset[Kind],
        *,
        site: str | None = None,
        within: Callable[[Event], bool] = _everywhere,
    ) -> Subscription | None:
        """A new client's subscription, of the events `within` what it may see; None when there are too many clients already."""
        if len(self._subscriptions) >= self._clients_limit:
            SSE_REFUSED.inc()
            return None
        subscription = Subscription(station, kinds, self._queue_limit, site=site, within=within)
        self._subscriptions.add(subscription)
        SSE_CLIENTS.set(len(self._subscriptions))
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """The client has gone."""
        self._subscriptions.discard(subscription)
        SSE_CLIENTS.set(len(self._subscriptions))

    def listened(self) -> bool:
        """Whether anybody follows, so that events need to be made at all."""
        return bool(self._subscriptions)

    def close(self) -> None:
        """End all streams: the process stops."""
        for subscription in self._subscriptions:
            subscription.close()
