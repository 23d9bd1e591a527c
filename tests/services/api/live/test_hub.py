"""The hub: a client gets what it asks for, in order; one that reads too slowly is told what it lost, and memory stays bounded."""

import json

from services.api.live.hub import KEEP_ALIVE, Hub, Subscription, event

SESSIONS = frozenset({"session"})


def happened(number: int, *, kind: str = "session", station: str = "A") -> object:
    return event(kind, station, f"e{number}", f'{{"n":{number}}}'.encode())


def told(subscription: Subscription) -> list[str]:
    return [line for line in subscription.drain().decode().splitlines() if line.startswith(("event", "data"))]


def subscribed(hub: Hub, station: str | None = None) -> Subscription:
    subscription = hub.subscribe(station, SESSIONS)
    assert subscription is not None
    return subscription


def test_an_event_goes_to_the_clients_that_want_its_kind_and_its_station() -> None:
    hub = Hub(clients_limit=9, queue_limit=9)
    every, of_b = subscribed(hub), subscribed(hub, "B")

    hub.publish(happened(1))  # type: ignore[arg-type]
    hub.publish(happened(2, kind="station"))  # type: ignore[arg-type]
    hub.publish(happened(3, station="B"))  # type: ignore[arg-type]

    assert told(every) == ["event: session", 'data: {"n":1}', "event: session", 'data: {"n":3}']
    assert told(of_b) == ["event: session", 'data: {"n":3}']
    assert told(every) == []


def test_an_event_is_spelled_as_server_sent_events_are() -> None:
    assert event("session", "A", "e1", b"{}").wire == b"id: e1\nevent: session\ndata: {}\n\n"


def test_a_client_that_reads_too_slowly_is_told_once_how_much_it_lost() -> None:
    hub = Hub(clients_limit=1, queue_limit=3)
    slow = subscribed(hub)

    for number in range(7):
        hub.publish(happened(number))  # type: ignore[arg-type]

    lagged, data, *rest = told(slow)
    assert lagged == "event: lagged"
    assert json.loads(data.removeprefix("data: "))["lost"] == 6
    assert rest == ["event: session", 'data: {"n":6}']


def test_there_are_no_more_clients_than_may_be_and_one_that_leaves_makes_room() -> None:
    hub = Hub(clients_limit=1, queue_limit=3)
    first = subscribed(hub)
    assert hub.subscribe(None, SESSIONS) is None

    hub.unsubscribe(first)

    assert not hub.listened()
    assert hub.subscribe(None, SESSIONS) is not None


async def test_a_stream_begins_with_when_to_come_back_and_ends_after_what_is_queued() -> None:
    hub = Hub(clients_limit=1, queue_limit=3)
    client = subscribed(hub)
    hub.publish(happened(1))  # type: ignore[arg-type]
    hub.close()

    chunks = [chunk async for chunk in client.stream(keepalive_s=60)]

    assert chunks == [b"retry: 2000\n\n", b'id: e1\nevent: session\ndata: {"n":1}\n\n']


async def test_a_stream_in_which_nothing_happens_says_that_it_is_there() -> None:
    stream = subscribed(Hub(clients_limit=1, queue_limit=3)).stream(keepalive_s=0.001)

    assert [await anext(stream), await anext(stream)] == [b"retry: 2000\n\n", KEEP_ALIVE]
