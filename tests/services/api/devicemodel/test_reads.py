"""Variables in the engine: found by name, in their order, as they are and as they were."""

from datetime import timedelta

from schemas.devicemodel import Attribute
from services.api.devicemodel.reads import variable, variable_history, variables
from services.api.devicemodel.rows import VariableFilter, variable_of
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import NOON, STATION, a_variable
from tests.services.api.reservations.test_reads import feed


async def test_a_variable_is_read_as_its_newest_change_says(db: ClickHouse) -> None:
    newest = a_variable(
        value="400", revision=2, id="x2", attributes=(Attribute(value="400"), Attribute(type="Target", value="500"))
    )
    await feed(db, newest, a_variable())

    assert await variable(db, newest.variable_id) == variable_of(newest)
    assert await variable(db, "nothing") is None


async def test_variables_are_found_by_name_and_part_and_come_in_the_order_of_their_keys(db: ClickHouse) -> None:
    keys = ("B.Two", "B.One", "a.Three", "KeyOf16")
    await feed(db, *(a_variable(key, value=key) for key in keys), a_variable("B.One", station="OTHER"))
    await feed(db, a_variable("B.Gone", removed=True))

    async def found(**where: str) -> list[str]:
        page = await variables(db, VariableFilter(station=STATION, **where), limit=500)
        return [row.key for row in page.items]

    assert await found() == ["a.Three", "B.One", "B.Two", "KeyOf16"]
    assert await found(component="b") == ["B.One", "B.Two"]
    assert await found(component="") == ["KeyOf16"]
    assert await found(variable="ONE") == ["B.One"]
    assert await found(search="thr") == ["a.Three"]
    first = await variables(db, VariableFilter(station=STATION), limit=3)
    rest = await variables(db, VariableFilter(station=STATION), cursor=first.next_cursor, limit=3)
    assert [row.key for row in rest.items] == ["KeyOf16"]


async def test_what_a_variable_was_is_told_newest_first(db: ClickHouse) -> None:
    changes = [
        a_variable(value=str(n), revision=n, id=f"x{n}", changed_at=NOON + timedelta(seconds=n)) for n in range(1, 4)
    ]
    await feed(db, *changes, a_variable("C.Other", revision=9))

    page = await variable_history(db, STATION, "ocppcommctrlr.heartbeatinterval", limit=2)
    rest = await variable_history(db, STATION, "OCPPCommCtrlr.HeartbeatInterval", cursor=page.next_cursor, limit=2)

    assert [row.value for row in (*page.items, *rest.items)] == ["3", "2", "1"]
    assert len((await variable_history(db, STATION)).items) == 4
