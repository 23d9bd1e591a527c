"""Wild messages: whatever stations send, ClickHouse can hold every record that comes of it."""

from collections import Counter

import pytest

from schemas.base import Record
from schemas.frames import FrameLogged
from services.metering.declared import KEPT_ELSEWHERE
from services.runtime.clickhouse import ClickHouse
from tests.gateway.fuzz import START, Fuzz
from tests.services.feeding import Aside, heard, sink

pytestmark = pytest.mark.thorough

SEEN_OF_STATIONS = {
    *("StationBooted", "ConnectorStatusReported", "AuthorizationRequested", "DataTransferred", "FactReported"),
    *("FirmwareStatusReported", "MeterValueQuarantined", "MessageQuarantined", "MessageBent", "FrameLogged"),
    *("SessionChanged", "MeterValuesRecorded"),
}
"""What the gateway makes of messages, and what `transactions` makes of those that metering does not read itself."""


def wild(messages: int) -> list[Record]:
    fuzz = Fuzz(seed=28_11)
    fuzz.run(messages, keep=100_000)
    return [*fuzz.records, *(frame(number, *fuzz.message()) for number in range(500))]


def frame(number: int, version: str, text: str) -> FrameLogged:
    return FrameLogged(
        id=f"f-{number}", station="S", version=version, epoch=2**62, sequence=number, direction="in", kind="call",
        message_id=text[:300], action=text[-300:], text=text, size=len(text), at=START,
    )  # fmt: skip


async def test_no_record_of_what_stations_send_is_put_aside_by_the_sink(db: ClickHouse) -> None:
    records, aside = wild(4_000), Aside()
    assert set(Counter(type(record).__name__ for record in records)) >= SEEN_OF_STATIONS

    await sink(db, aside).handle([heard(record) for record in records if type(record) not in KEPT_ELSEWHERE])

    assert [sent.value for sent in aside.sent] == []
    for table in ("connector_status", "facts", "quarantine", "quarantined_messages", "deviations", "sessions"):
        ((rows,),) = await db.rows(f"SELECT count() FROM {table}")
        assert rows, table
