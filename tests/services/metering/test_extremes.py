"""Nothing that a record can carry is refused by ClickHouse: it is a row, or a dead letter that says why."""

import re

import pytest

from schemas.base import Record
from schemas.topics import CATALOGUE
from services.metering.cells import INT64, RANGES
from services.metering.declared import COLUMNS
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import Aside, Heard, sink
from tests.services.metering.extremes import extremes
from tests.services.metering.test_core import PROJECTED

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("kind", PROJECTED, ids=lambda kind: kind.__name__)
async def test_every_record_at_its_extremes_is_a_row_or_a_dead_letter(db: ClickHouse, kind: type[Record]) -> None:
    aside = Aside()
    topic = next(topic.name for topic in CATALOGUE if kind in topic.records)
    name = topic.replace("<topic>", "sessions")
    batch = [Heard(name, value, offset=offset) for offset, value in enumerate(extremes(kind))]

    await sink(db, aside).handle(batch)

    assert len(aside.sent) < len(batch)


async def test_the_range_of_every_column_of_integers_is_known(db: ClickHouse) -> None:
    """So that what it cannot hold is put aside by its name, and does not stop the batch."""
    columns = await db.rows(
        "SELECT table, name, extract(type, 'U?Int[0-9]+') FROM system.columns WHERE database = {database:String}",
        {"database": db.database},
    )
    told = {(table, name): kind for table, name, kind in columns if kind and name in COLUMNS.get(table, ())}

    assert {place: _range(kind) for place, kind in told.items()} == {
        (table, name): RANGES.get(name, INT64) for table, name in told
    }


def _range(kind: str) -> tuple[int, int]:
    bits = int(re.sub(r"\D", "", kind))
    return (0, 2**bits - 1) if kind.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
