"""Every record has a topic and a key."""

import datetime as dt

import msgspec
import pytest

from schemas.authorization import TokenRemoved
from schemas.base import Due, ReplyTo
from schemas.codec import UnknownRecord
from schemas.facts import FactReported
from schemas.routing import route
from schemas.stations import BootDecided

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_a_record_goes_to_the_topic_of_its_noun_by_the_key_of_the_topic() -> None:
    destination = route(TokenRemoved(token="CARD", removed_at=NOW))

    assert (destination.topic, destination.key, destination.partition) == ("csms.ref.tokens", b"CARD", None)


def test_a_decision_goes_to_the_one_partition_of_its_gateway() -> None:
    reply_to = ReplyTo(gateway="gw-3", epoch=1, message_id="m")
    destination = route(BootDecided(id="d", station="A", reply_to=reply_to, status="Accepted", interval_s=60))

    assert (destination.topic, destination.key, destination.partition) == ("csms.gateway.gw-3", b"A", 0)


def test_a_record_without_a_topic_of_its_own_is_refused() -> None:
    fact = FactReported(
        id="f", station="A", noun="nothing", version="2.1", action="X", payload=msgspec.Raw(b"{}"), received_at=NOW
    )
    for record in (Due(key="A", at=NOW), fact):
        with pytest.raises(UnknownRecord):
            route(record)
