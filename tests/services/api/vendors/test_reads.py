"""Data transfers as ClickHouse tells them, and the sums of those that nobody knew."""

import datetime as dt
from typing import Any

from msgspec import Raw
from msgspec.structs import replace

from schemas.datatransfer import DataTransferred
from schemas.examples import example
from services.api.fakes import NOON
from services.api.vendors.reads import data_transfers, unknown_vendors
from services.api.vendors.rows import TransferFilter
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import feed


def transfer(number: int, **members: Any) -> DataTransferred:
    made = {
        "id": f"t{number}",
        "station": "CP-1",
        "vendor_id": "com.example",
        "message_id": "CarId",
        "data": Raw(b'{"vin":"W1","n":1.5}'),
        "status": "Accepted",
        "answer": '"ok"',
        "received_at": NOON + dt.timedelta(minutes=number),
    }
    return replace(example(DataTransferred), **(made | members))


async def test_a_transfer_has_what_was_sent_and_answered_once_however_often_it_was_fed(db: ClickHouse) -> None:
    await feed(db, transfer(1), transfer(1))

    (row,) = (await data_transfers(db)).items

    assert (row.data, row.status, row.answer) == ({"vin": "W1", "n": 1.5}, "Accepted", "ok")
    assert row.received_at == NOON + dt.timedelta(minutes=1)


async def test_each_filter_finds_its_own_in_any_case_and_pages_have_each_once(db: ClickHouse) -> None:
    await feed(
        db,
        *(transfer(number) for number in range(3)),
        transfer(3, station="OTHER"),
        transfer(4, vendor_id="com.other"),
        transfer(5, message_id="Else"),
        transfer(6, status="Rejected"),
    )
    where = TransferFilter(station="CP-1", vendor_id="COM.EXAMPLE", message_id="carid", status="Accepted")

    first = await data_transfers(db, where, limit=2)
    rest = await data_transfers(db, where, cursor=first.next_cursor, limit=2)

    assert [row.id for row in (*first.items, *rest.items)] == ["t2", "t1", "t0"]


async def test_what_nobody_knew_is_counted_by_vendor_and_message(db: ClickHouse) -> None:
    unknown = {"status": "UnknownVendorId", "answer": ""}
    await feed(
        db,
        transfer(1, vendor_id="V", **unknown),
        transfer(2, vendor_id="V", station="CP-2", **unknown),
        transfer(3, vendor_id="V", message_id="Other", status="UnknownMessageId"),
        transfer(4),
        transfer(5, status=""),
        transfer(-1000, vendor_id="V", **unknown),
    )

    first, second = await unknown_vendors(db, NOON)

    assert (first.vendor_id, first.message_id, first.messages, first.stations, first.station) == (
        "V",
        "CarId",
        2,
        2,
        "CP-2",
    )
    assert first.last_at == NOON + dt.timedelta(minutes=2)
    assert (second.message_id, second.status) == ("Other", "UnknownMessageId")
    assert len(await unknown_vendors(db, NOON, limit=1)) == 1
