"""Migrations: applies the SQL files beside this module, each once, in the order of their numbers."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from services.runtime.clickhouse import ClickHouse

SQL = Path(__file__).parent / "sql"

_TABLE = """
CREATE TABLE IF NOT EXISTS migrations
(
    name String COMMENT 'Name of the SQL file',
    checksum String COMMENT 'Of its text, when it was applied',
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6) COMMENT 'When it was applied'
)
ENGINE = ReplacingMergeTree ORDER BY name
COMMENT 'SQL files that this database has seen'
"""


class MigrationChanged(Exception):
    """A file that was applied has another text now: write a new file instead. The message names it."""


class Migration(msgspec.Struct, frozen=True):
    """One SQL file. Its statements may be repeated: a run that broke off halfway begins with the file again."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """Tells one text from another."""
        return hashlib.blake2b(self.text.encode(), digest_size=16).hexdigest()

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements, each ended by a semicolon at the end of a line."""
        return tuple(part.strip() for part in f"{self.text}\n".split(";\n") if part.strip())


def shipped(folder: Path = SQL) -> tuple[Migration, ...]:
    """The migrations of this version, in order."""
    return tuple(Migration(path.stem, path.read_text()) for path in sorted(folder.glob("[0-9][0-9][0-9]_*.sql")))


async def migrate(db: ClickHouse, migrations: Iterable[Migration]) -> list[str]:
    """Apply missing migrations; returns which. Raises MigrationChanged, Outage.

    Several processes may do so at once: every statement says IF NOT EXISTS or can otherwise be repeated.
    """
    await db.create_database()
    await db.command(_TABLE)
    applied = {
        str(name): str(checksum) for name, checksum in await db.rows("SELECT name, checksum FROM migrations FINAL")
    }
    done = []
    for migration in migrations:
        checksum = applied.get(migration.name)
        if checksum is not None and checksum != migration.checksum:
            raise MigrationChanged(f"{migration.name} was applied to {db.database} with another text")
        if checksum is None:
            await _apply(db, migration)
            done.append(migration.name)
    return done


async def _apply(db: ClickHouse, migration: Migration) -> None:
    for statement in migration.statements:
        await db.command(statement)
    await db.command(
        "INSERT INTO migrations (name, checksum) SELECT {name:String}, {checksum:String}",
        {"name": migration.name, "checksum": migration.checksum},
    )
