"""Requests as ClickHouse has them: what a record says, by station, kind and outcome."""

from datetime import timedelta
from typing import Any

from services.api.fakes import NOON
from services.api.iso15118.reads import iso15118_request, iso15118_requests
from services.api.iso15118.rows import RequestFilter, request_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.iso15118.given import a_contract, answered
from tests.services.feeding import feed


async def test_a_request_is_read_as_it_was_answered(db: ClickHouse) -> None:
    several = a_contract(request="r3", remaining=2, accepted=True, late=True, detail="", response_size=9)
    await feed(db, answered(), a_contract(), several)

    for record in (answered(), a_contract(), several):
        assert await iso15118_request(db, record.request) == request_of(record)
    assert await iso15118_request(db, "none") is None


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    place: dict[str, Any] = {"station": "FILTERS"}
    records = [answered(request=f"f{n}", asked_at=NOON + timedelta(minutes=n), **place) for n in range(3)]
    await feed(db, *records, a_contract(request="f3", asked_at=NOON + timedelta(hours=1), **place))

    async def found(**where: Any) -> list[str]:
        page = await iso15118_requests(db, RequestFilter(**place, **where))
        return [row.request for row in page.items]

    assert await found() == ["f3", "f2", "f1", "f0"]
    assert await found(kind="contract-certificate") == ["f3"]
    assert await found(accepted=True) == ["f2", "f1", "f0"]
    assert await found(accepted=False) == ["f3"]
    first = await iso15118_requests(db, RequestFilter(**place), limit=3)
    rest = await iso15118_requests(db, RequestFilter(**place), cursor=first.next_cursor, limit=3)
    assert [row.request for row in rest.items] == ["f0"]
