"""Deviations and messages in quarantine: out of ClickHouse, and over HTTP."""

from typing import Any

import pytest
from httpx import AsyncClient

from schemas.deviations import Bend, MessageBent, MessageQuarantined
from schemas.stations import StationChanged
from services.api.fakes import World
from services.api.history.bound import bound_reads
from services.api.inbox.rows import DeviationFilter
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import feed
from tests.services.fleet import NOON, minutes

ALL = DeviationFilter(since=NOON)


def bent(number: int, station: str = "DE-1", *bends: Bend, **members: Any) -> MessageBent:
    told = {"vendor": "Acme", "model": "Post", "firmware_version": "1.0"} | members
    return MessageBent(
        id=f"b-{number}",
        station=station,
        version="1.6",
        action="MeterValues",
        bends=bends or (Bend("word-unknown", f"meterValue[{number}].sampledValue[0].unit"),),
        received_at=NOON + minutes(number),
        **told,
    )


async def test_deviations_are_counted_by_make_and_rule_and_a_repeat_counts_once(db: ClickHouse) -> None:
    heard = (bent(1), bent(2), bent(3, "DE-2"), bent(4, "DE-3", firmware_version="2.0"))

    await feed(db, *heard, *heard)

    first, second = await bound_reads(db).deviations(ALL)
    assert (first.vendor, first.model, first.firmware_version, first.version) == ("Acme", "Post", "1.0", "1.6")
    assert (first.rule, first.path) == ("word-unknown", "meterValue[].sampledValue[].unit")
    assert (first.messages, first.stations, first.station) == (3, 2, "DE-2")
    assert (first.first_at, first.last_at) == (NOON + minutes(1), NOON + minutes(3))
    assert (second.firmware_version, second.messages) == ("2.0", 1)


async def test_each_rule_of_a_message_counts_for_itself(db: ClickHouse) -> None:
    await feed(db, bent(1, "DE-1", Bend("unknown-member", "a"), Bend("unknown-member", "b"), Bend("null-member", "c")))

    counted = await bound_reads(db).deviations(ALL)

    assert [(each.rule, each.path, each.messages) for each in counted] == [
        ("null-member", "c", 1),
        ("unknown-member", "a", 1),
        ("unknown-member", "b", 1),
    ]


async def test_a_station_that_did_not_boot_on_the_connection_is_what_it_last_said_it_is(db: ClickHouse) -> None:
    known = StationChanged(
        id="s-1", station="DE-1", revision=1, vendor="Acme", model="Wall", firmware_version="3.1", changed_at=NOON
    )

    await feed(db, known, bent(1, vendor="", model="", firmware_version=""))

    (counted,) = await bound_reads(db).deviations(ALL)
    assert (counted.vendor, counted.model, counted.firmware_version) == ("Acme", "Wall", "3.1")


@pytest.mark.parametrize(
    ("asked", "found"),
    [({"vendor": "Acme"}, 1), ({"vendor": "None"}, 0), ({"station": "DE-1"}, 1), ({"rule": "null-member"}, 0)],
)
async def test_deviations_are_filtered(db: ClickHouse, asked: dict[str, str], found: int) -> None:
    await feed(db, bent(1))

    assert len(await bound_reads(db).deviations(DeviationFilter(since=NOON, **asked))) == found
    assert await bound_reads(db).deviations(DeviationFilter(since=NOON + minutes(60), **asked)) == ()


async def test_messages_in_quarantine_are_listed_newest_first(db: ClickHouse) -> None:
    def refused(number: int, station: str) -> MessageQuarantined:
        return MessageQuarantined(
            id=f"m-{number}",
            station=station,
            version="1.6",
            action="StartTransaction",
            code="OccurenceConstraintViolation",
            reason="connectorId is missing",
            payload='{"idTag":"A"}',
            received_at=NOON + minutes(number),
        )

    await feed(db, refused(1, "DE-1"), refused(2, "DE-2"), refused(3, "DE-1"))

    page = await bound_reads(db).quarantined_messages("DE-1", limit=1)
    rest = await bound_reads(db).quarantined_messages("DE-1", cursor=page.next_cursor)
    assert [each.id for each in (*page.items, *rest.items)] == ["m-3", "m-1"]
    assert page.items[0].payload == '{"idTag":"A"}'


async def test_both_are_told_over_http(client: AsyncClient, world: World) -> None:
    assert (await client.get("/api/v1/deviations?vendor=Acme&limit=5")).json() == {"items": []}
    assert (await client.get("/api/v1/quarantine/messages?station=DE-1")).json()["items"] == []

    where, limit = world.reads.asked["deviations"]
    assert (where.vendor, limit) == ("Acme", 5)
    assert world.reads.asked["quarantined_messages"][0] == "DE-1"


@pytest.mark.parametrize("query", ["from=yesterday", "limit=0", "from=2026-01-01T00:00:00"])
async def test_what_cannot_be_asked_is_told_by_name(client: AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/v1/deviations?{query}")).status_code == 422
