"""Limited sessions as ClickHouse has them: the newest change of each."""

import datetime as dt
from decimal import Decimal

from services.api.history.bound import bound_reads
from services.api.sessionlimits.rows import SessionLimitFilter, session_limit_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import NOON
from tests.services.api.sessionlimits.records import a_limit
from tests.services.feeding import feed


async def test_a_limited_session_is_read_as_it_was_said_last(db: ClickHouse) -> None:
    over = a_limit(
        id="l2",
        revision=2,
        status="stopped",
        reached="cost",
        value=Decimal("20.10"),
        reached_at=NOON,
        attempts=1,
        detail="Accepted",
        kept_by_station=("time",),
        changed_at=NOON + dt.timedelta(seconds=5),
    )
    await feed(db, a_limit(), over, a_limit(id="o1", session="s2", token="OTHER"))
    reads = bound_reads(db)

    assert await reads.session_limit("s1") == session_limit_of(over)
    assert await reads.session_limit("s9") is None
    assert [one.session for one in (await reads.session_limits()).items] == ["s1", "s2"]
    found = (await reads.session_limits(SessionLimitFilter(token="04a2b3c4d5", status="stopped"))).items
    assert [one.session for one in found] == ["s1"]
    assert (await reads.session_limits(SessionLimitFilter(status="kept"))).items == ()
