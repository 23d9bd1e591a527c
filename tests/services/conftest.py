"""ClickHouse for tests: chDB in a folder of its own, one engine for the whole run."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.metering.migrations import migrate, shipped
from services.runtime.clickhouse import ClickHouse, open_clickhouse
from tests.services.feeding import empty

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def chdb_dsn(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the engine of this test run is. A process holds one engine: use this wherever chDB is wanted."""
    folder: Path = tmp_path_factory.mktemp("chdb")
    return f"chdb:///{folder}"


@pytest.fixture(scope="session")
def migrated_db(chdb_dsn: str) -> Iterator[ClickHouse]:
    """A database with every table, shared by the run: connecting is what costs."""
    db = open_clickhouse(chdb_dsn, "shared", connections=1)
    asyncio.run(migrate(db, shipped()))
    yield db
    asyncio.run(db.close())


@pytest.fixture
async def db(migrated_db: ClickHouse) -> ClickHouse:
    """A database with every table, all of them empty."""
    await empty(migrated_db)
    return migrated_db


@pytest.fixture
async def empty_db(chdb_dsn: str) -> AsyncIterator[ClickHouse]:
    """A database of one's own that does not exist yet."""
    db = open_clickhouse(chdb_dsn, f"test_{next(_numbers)}", connections=1)
    yield db
    await db.close()
