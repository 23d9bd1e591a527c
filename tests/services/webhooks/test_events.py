"""Which deliveries a record makes, with which ids and bodies."""

import datetime as dt

from msgspec.structs import replace

from schemas.codec import encode
from schemas.datatransfer import DataTransferred
from schemas.examples import example
from schemas.transactions import SessionChanged
from schemas.webhooks import Source, WebhookDeliveryOrdered, WebhookTestOrdered
from services.webhooks.events import delivery_id, repeat_of, trial_of, unknown_kinds
from services.webhooks.kinds import BY_NAME
from tests.services.webhooks.records import NOON, body, events_of, record_of, webhook

SESSION = record_of(BY_NAME["session.ended"])
DATA = replace(example(DataTransferred), station="CP-1", vendor_id="com.example", id="d1")


def test_a_webhook_is_sent_the_kinds_that_it_asks_for() -> None:
    assert [event.kind for event in events_of(SESSION, webhook(kinds=("session.ended", "cdr.issued")))] == [
        "session.ended"
    ]
    assert events_of(SESSION, webhook(kinds=("cdr.issued",))) == ()


def test_the_body_has_the_record_as_kafka_has_it() -> None:
    (event,) = events_of(SESSION, webhook(kinds=("session.ended",)))

    told = body(event)
    data = told.pop("data")
    assert told == {
        "type": "session.ended",
        "id": delivery_id("session.ended", SESSION.id),
        "timestamp": "2026-06-01T12:00:00Z",
        "station": "CP-1",
    }
    assert encode(SESSION) in event.body
    assert data["record"] == "session-changed"


def test_the_same_event_has_the_same_id_wherever_it_is_read_and_for_each_kind_another() -> None:
    first, again = events_of(SESSION, webhook()), events_of(SESSION, webhook(webhook="other"), offset=7)

    assert [event.delivery for event in first] == [event.delivery for event in again]
    assert len({event.delivery for event in first}) == len(first) == 2


def test_sites_are_those_of_the_record_or_of_the_station() -> None:
    at_berlin = webhook(kinds=("session.ended", "cdr.issued"), sites=("berlin",))
    bill = record_of(BY_NAME["cdr.issued"])

    assert events_of(SESSION, at_berlin, sites={"CP-1": "berlin"})
    assert not events_of(SESSION, at_berlin, sites={"CP-1": "bonn"})
    assert not events_of(SESSION, at_berlin)
    assert events_of(replace(bill, site="berlin"), at_berlin, sites={"CP-1": "bonn"})


def test_vendor_ids_filter_what_has_one() -> None:
    one = webhook(vendor_ids=("Com.Example",))

    assert events_of(DATA, one)
    assert not events_of(replace(DATA, vendor_id="com.other"), one)
    assert events_of(SESSION, one)


def test_an_event_begins_to_be_too_old_when_the_webhook_is_changed() -> None:
    later = NOON + dt.timedelta(days=3)

    assert events_of(SESSION, webhook())[0].counted_from == NOON
    assert events_of(SESSION, webhook(provisioned_at=later))[0].counted_from == later


def test_stations_are_told_apart_and_so_are_partitions() -> None:
    other = replace(SESSION, station="CP-2")

    assert events_of(SESSION, webhook())[0].lane != events_of(other, webhook())[0].lane


def test_a_test_is_sent_once() -> None:
    order = WebhookTestOrdered(id="o1", webhook="erp", delivery="t1", ordered_at=NOON, ordered_by="operator")

    event = trial_of(order)

    assert (event.kind, event.once, event.delivery, event.order) == ("webhook.test", True, "t1", "o1")
    assert body(event)["data"] == {"webhook": "erp", "ordered_by": "operator"}


def order_of(kind: str = "session.ended") -> WebhookDeliveryOrdered:
    (event,) = events_of(SESSION, webhook(kinds=("session.ended",)))
    return WebhookDeliveryOrdered(
        id="o2",
        webhook="erp",
        delivery=event.delivery,
        kind=kind,
        station="CP-1",
        source=event.source,
        occurred_at=NOON,
        ordered_at=NOON + dt.timedelta(hours=1),
    )


def test_a_repeated_delivery_is_the_same_to_the_letter_and_has_its_own_time() -> None:
    (event,) = events_of(SESSION, webhook(kinds=("session.ended",)))

    again = repeat_of(order_of(), encode(SESSION))

    assert (again.delivery, again.body) == (event.delivery, event.body)
    assert again.counted_from == NOON + dt.timedelta(hours=1)
    assert again.lane != event.lane


def test_what_kafka_has_no_longer_cannot_be_repeated() -> None:
    assert repeat_of(order_of(), None).unsendable == "its record is no longer on Kafka"
    assert repeat_of(order_of("no.kind"), b"{}").unsendable


def test_unknown_kinds_are_named() -> None:
    assert unknown_kinds(("session.ended", "sesion.ended")) == ["sesion.ended"]
    assert Source() == Source(topic="", partition=0, offset=0)
    assert isinstance(SESSION, SessionChanged)
