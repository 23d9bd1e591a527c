"""Each kind is an event of its record, on a topic that carries it, in the order of a station."""

import pytest
from msgspec.structs import replace

from schemas.examples import example
from schemas.flows import flow
from schemas.monitoring import EventsReported
from schemas.transactions import SessionChanged
from schemas.webhooks import WEBHOOK_ORDERS
from services.webhooks.kinds import BY_NAME, KINDS, TEST, TOPICS, Kind
from tests.services.webhooks.records import events_of, record_of, webhook


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_is_sent_of_a_record_of_its_topic(kind: Kind) -> None:
    assert kind.record in kind.topic.records
    assert {"id", "station"} <= set(kind.record.__struct_fields__)
    assert kind.name in [event.kind for event in events_of(record_of(kind), webhook())]


def test_no_kind_is_named_twice_nor_as_a_test() -> None:
    assert len(BY_NAME) == len(KINDS)
    assert TEST not in BY_NAME


def test_webhooks_read_the_topics_of_the_kinds_and_their_orders() -> None:
    assert set(flow("webhooks").reads) == {*TOPICS, WEBHOOK_ORDERS}, (
        "write the topics of the kinds into schemas/flows.py"
    )


def test_a_session_has_started_once_and_ends_with_its_end() -> None:
    session = example(SessionChanged)

    def kinds(**members: object) -> list[str]:
        return [event.kind for event in events_of(replace(session, **members), webhook())]

    assert kinds(revision=1, status="active", ended_at=None) == ["session.started", "session.changed"]
    assert kinds(revision=2, status="presumed-ended") == ["session.changed"]
    assert kinds(revision=3, status="ended") == ["session.changed", "session.ended"]


@pytest.mark.parametrize(("severity", "sent"), [(0, True), (5, True), (6, False), (None, False)])
def test_monitors_alert_up_to_the_severity_of_an_alert(severity: int | None, sent: bool) -> None:
    made = example(EventsReported)
    quiet = replace(made.events[0], severity=9)
    report = replace(made, events=(quiet, replace(quiet, severity=severity)))

    assert bool(events_of(report, webhook())) == sent


def test_an_error_of_a_connector_is_no_alert_of_a_monitor() -> None:
    error = record_of(BY_NAME["connector.error"])
    alert = record_of(BY_NAME["monitor.alerted"])

    assert [event.kind for event in events_of(error, webhook())] == ["connector.error"]
    assert [event.kind for event in events_of(alert, webhook())] == ["monitor.alerted"]
