"""Batches into ClickHouse: whole, repeatable, and not stopped by what cannot be read."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import msgspec
import pytest

from schemas.deadletters import DeadLettered
from schemas.stations import STATION_STATES
from schemas.topics import dead_topic
from schemas.transactions import SESSIONS
from services.runtime.bus.outgoing import Outgoing
from services.runtime.clickhouse import ClickHouse, open_clickhouse
from services.runtime.process.outage import Outage
from tests.services.feeding import Aside, Heard, feed, heard, sink
from tests.services.fleet import NOON, charge, minutes, readings, session_changed


async def count(db: ClickHouse, table: str) -> int:
    ((number,),) = await db.rows(f"SELECT count() FROM {table} FINAL")
    return int(number)


async def test_a_batch_fed_twice_is_there_once(db: ClickHouse) -> None:
    records = charge("s-1", NOON, minutes_long=10, power_w=6000)

    await feed(db, *records)
    await feed(db, *records)

    assert await count(db, "meter_values") == 33
    assert await count(db, "sessions") == 1
    assert await count(db, "register_quarters") == 1


async def test_poison_is_put_aside_with_its_reason_and_the_rest_goes_on(db: ClickHouse) -> None:
    aside = Aside()
    unreadable = Heard(SESSIONS.name, b'{"record":"session-changed"}', offset=5)
    unholdable = heard(session_changed("s-2", remote_start_id=2**63))

    await sink(db, aside).handle([unreadable, heard(session_changed("s-1")), unholdable])

    assert await count(db, "sessions") == 1
    letters = [msgspec.json.decode(sent.value or b"", type=DeadLettered) for sent in aside.sent]
    assert [sent.topic for sent in aside.sent] == [dead_topic(SESSIONS.name)] * 2
    assert [letter.offset for letter in letters] == [5, 0]
    assert "missing required field" in letters[0].reason
    assert "remote_start_id 9223372036854775808" in letters[1].reason


async def test_one_poisonous_reading_puts_its_whole_record_aside(db: ClickHouse) -> None:
    aside = Aside()
    record = readings("s-1", NOON, energy_wh=1000, power_w=Decimal("1e25"))

    await sink(db, aside).handle([heard(record)])

    assert len(aside.sent) == 1
    assert await count(db, "meter_values") == 0


async def test_the_tombstone_of_a_compacted_topic_changes_nothing(db: ClickHouse) -> None:
    aside = Aside()

    await sink(db, aside).handle([Heard(STATION_STATES.name, None)])

    assert aside.sent == []


async def test_a_batch_survives_when_clickhouse_is_away(db: ClickHouse) -> None:
    away = open_clickhouse("http://127.0.0.1:9/", "voltbus", connections=1)
    batch = [heard(record) for record in charge("s-1", NOON, minutes_long=1, power_w=6000)]

    with pytest.raises(Outage, match="ClickHouse"):
        await sink(away, Aside()).handle(batch)
    await sink(db, Aside()).handle(batch)
    await away.close()

    assert await count(db, "meter_values") == 6


class NoKafka:
    """Takes no dead letters."""

    async def send(self, messages: Sequence[Outgoing]) -> None:
        raise Outage("Kafka is away")


async def test_poison_is_not_passed_over_while_it_cannot_be_put_aside(db: ClickHouse) -> None:
    with pytest.raises(Outage, match="Kafka"):
        await sink(db, NoKafka()).handle([Heard(SESSIONS.name, b"{")])  # type: ignore[arg-type]


async def test_clocks_of_many_decades_fit_in_one_batch(db: ClickHouse) -> None:
    far_apart = [readings("s-1", dt.datetime(1970 + year, 1, 2, tzinfo=dt.UTC), power_w=1) for year in range(130)]

    await feed(db, *far_apart)

    assert await count(db, "meter_values") == 130


async def test_a_late_correction_of_the_start_leaves_one_session(db: ClickHouse) -> None:
    await feed(db, session_changed("s-1", started_at=NOON))
    await feed(db, session_changed("s-1", started_at=NOON - dt.timedelta(days=40), changed_at=NOON + minutes(1)))

    rows = await db.rows("SELECT started_at FROM sessions FINAL")

    assert rows == [(NOON - dt.timedelta(days=40),)]


async def test_poison_put_aside_twice_is_one_letter(db: ClickHouse) -> None:
    aside = Aside()
    for _ in range(2):
        await sink(db, aside).handle([Heard(SESSIONS.name, b"{", offset=5)])
    first, again = (msgspec.json.decode(sent.value or b"", type=DeadLettered) for sent in aside.sent)
    other = msgspec.structs.replace(first, id="other", value="[")

    await feed(db, first, msgspec.structs.replace(again, at=again.at + minutes(1)), other)

    assert await count(db, "dead_letters") == 2
