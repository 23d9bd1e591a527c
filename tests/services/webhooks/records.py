"""Examples: a webhook, and a record of each kind."""

import datetime as dt
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.base import Record
from schemas.codec import encode
from schemas.devicemodel import VariableName
from schemas.examples import example
from schemas.monitoring import EventsReported, VariableEvent
from schemas.operators import DEFAULT_TENANT
from schemas.sealing import NO_KEY
from schemas.webhooks import Source, WebhookProvisioned
from services.webhooks.events import Event, deliveries_of
from services.webhooks.kinds import KINDS, Kind

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
OLD_SECRET = "whsec_YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
SEAL = NO_KEY
"""Opens what is not sealed as it is."""


CONNECTOR_ERROR = VariableEvent(
    event_id=1,
    name=VariableName(component="Connector", evse=1, connector=1, variable="Problem"),
    trigger="Delta",
    value="true",
    error_code="GroundFailure",
    at=NOON,
)
"""An error that a 1.6 station tells with a status."""


def webhook(**members: Any) -> WebhookProvisioned:
    """A webhook of every kind, changed long ago."""
    return WebhookProvisioned(
        **{
            "webhook": "erp",
            "url": "http://127.0.0.1:1/events",
            "kinds": tuple(kind.name for kind in KINDS),
            "secret": SECRET,
            "start": "1",
            "since": NOON - dt.timedelta(days=1),
            "started_at": NOON - dt.timedelta(days=1),
            "provisioned_at": NOON - dt.timedelta(days=1),
        }
        | members
    )


def record_of(kind: Kind, *, station: str = "CP-1", number: int = 1) -> Record:
    """A record that is an event of the kind."""
    made: Any = replace(example(kind.record), id=f"{kind.name}-{number}", station=station)  # type: ignore[arg-type]
    if kind.name == "session.started":
        made = replace(made, revision=1)
    if kind.name == "session.ended":
        made = replace(made, status="ended")
    if isinstance(made, EventsReported):
        made = replace(made, events=tuple(replace(event, severity=5) for event in made.events))
    if kind.name == "connector.error":
        made = replace(made, events=(CONNECTOR_ERROR,))
    assert kind.when(made)
    return made


def events_of(
    record: Record,
    to: WebhookProvisioned,
    *,
    offset: int = 0,
    sites: dict[str, str] | None = None,
    tenant: str = DEFAULT_TENANT,
) -> tuple[Event, ...]:
    """What a webhook is sent of a record that Kafka got at noon."""
    return deliveries_of(
        to,
        record,
        encode(record),
        source=Source(topic="csms.sessions", partition=3, offset=offset),
        occurred_at=NOON,
        placed=lambda station: ((sites or {}).get(station, ""), tenant),
    )


def body(event: Event) -> Any:
    """The body of a delivery."""
    return msgspec.json.decode(event.body)
