"""DER control as ClickHouse has it: the newest change of each control, every alarm and turn once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from schemas.dersettings import DERSettings
from services.api.der.reads import der_alarms, der_control, der_controls, der_turns
from services.api.der.rows import AlarmFilter, ControlFilter, control_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import NOON, a_der_control
from tests.services.api.der.worlds import a_turn, a_turn_row, an_alarm, an_alarm_row
from tests.services.feeding import feed


def timed(**times: Any) -> dict[str, Any]:
    curve = a_der_control().control.settings.curve
    assert curve is not None
    return {"settings": DERSettings(curve=replace(curve, **times)), "is_default": False}


async def test_the_newest_change_is_the_control_with_every_digit_of_its_setting(db: ClickHouse) -> None:
    content = timed(starts_at=NOON, duration_s=Decimal("900.5"), response_time_s=Decimal("0.10"))
    newest = a_der_control(content, revision=2, status="cleared", ended_at=NOON, running=True, id="2")
    await feed(db, newest, a_der_control())

    assert await der_control(db, "d1") == control_of(newest)
    assert await der_control(db, "none") is None


async def test_times_and_numbers_that_no_column_holds_do_not_cost_the_control(db: ClickHouse) -> None:
    content = timed(starts_at=NOON.replace(year=9999), priority=2**70)
    await feed(db, a_der_control(content, der_control="odd"))

    found = await der_control(db, "odd")
    assert found is not None
    assert found.starts_at is not None
    assert (found.starts_at.year, found.priority) == (2105, None)


async def test_each_filter_finds_its_own_and_pages_have_each_once(db: ClickHouse) -> None:
    place = {"station": "FILTERS"}
    await feed(
        db,
        *(a_der_control(der_control=f"d{n}", changed_at=NOON + timedelta(minutes=n), **place) for n in range(3)),
        a_der_control({"control_type": "VoltVar"}, der_control="d3", **place),
        a_der_control({"is_default": False}, der_control="d4", status="gone", **place),
    )

    async def found(**where: Any) -> list[str]:
        page = await der_controls(db, ControlFilter(**place, **where))
        return sorted(row.der_control for row in page.items)

    assert await found() == ["d0", "d1", "d2", "d3", "d4"]
    assert await found(control_type="VoltVar") == ["d3"]
    assert await found(status="gone") == await found(is_default=False) == ["d4"]
    where = ControlFilter(**place, control_type="FreqWatt", status="accepted")
    first = await der_controls(db, where, limit=2)
    rest = await der_controls(db, where, cursor=first.next_cursor, limit=2)
    assert [row.der_control for row in (*first.items, *rest.items)] == ["d2", "d1", "d0"]


async def test_an_alarm_that_was_sent_twice_is_one_and_its_end_another(db: ClickHouse) -> None:
    place = {"station": "ALARMS"}
    await feed(
        db, an_alarm(**place), an_alarm(id="again", **place), an_alarm(ended=True, **place), an_alarm(5, **place)
    )

    found = await der_alarms(db, AlarmFilter(station="ALARMS"))
    assert [(row.at, row.ended) for row in found.items] == [
        *((NOON + timedelta(minutes=5), False), (NOON, True), (NOON, False)),
    ]
    assert an_alarm_row(**place) in found.items
    later = await der_alarms(db, AlarmFilter(**place, since=NOON + timedelta(minutes=1), control_type="FreqWatt"))
    earlier = await der_alarms(db, AlarmFilter(**place, until=NOON + timedelta(minutes=1)))
    assert (len(later.items), len(earlier.items)) == (1, 2)
    first = await der_alarms(db, AlarmFilter(**place), limit=2)
    rest = await der_alarms(db, AlarmFilter(**place), cursor=first.next_cursor, limit=2)
    assert (*first.items, *rest.items) == found.items


async def test_turns_are_those_of_the_station(db: ClickHouse) -> None:
    await feed(
        db, a_turn(superseded_ids=("b", "c")), a_turn(id="again", superseded_ids=("b", "c")), a_turn(station="X")
    )

    assert (await der_turns(db, a_turn().station)).items == (a_turn_row(superseded_ids=("b", "c")),)
