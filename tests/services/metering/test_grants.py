"""Users of ClickHouse: the statements are ones that it understands, the writer may do what migrations do, and readers may only read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import services
from services.metering.migrations import _TABLE as MIGRATIONS_TABLE
from services.metering.migrations import shipped
from services.runtime.clickhouse import ClickHouse

FILE = Path(services.__file__).parent.parent / "deploy/clickhouse/users.sql"
STATEMENTS = tuple(
    each.strip() for each in re.sub(r"^--.*$", "", FILE.read_text(), flags=re.MULTILINE).split(";") if each.strip()
)
GRANT = re.compile(r"GRANT (?P<what>.+) ON (?P<where>\S+) TO (?P<whom>.+)", re.DOTALL)
CHANGES = re.compile(
    r"\b(ADD|MODIFY|DROP|RENAME|CLEAR|COMMENT|MATERIALIZE|UPDATE|DELETE)\s+(COLUMN|INDEX|PROJECTION|TTL|SETTING|ORDER|QUERY)"
)


def granted(role: str) -> dict[str, set[str]]:
    """What the role may do, by the tables that it may do it with."""
    found: dict[str, set[str]] = {}
    for match in filter(None, map(GRANT.fullmatch, STATEMENTS)):
        if role in match["whom"].split(", "):
            found.setdefault(match["where"], set()).update(re.split(r",\s*", match["what"]))
    return found


def needed() -> Iterator[str]:
    """The privileges that the migrations of this version need."""
    yield "CREATE DATABASE"
    for statement in (MIGRATIONS_TABLE, *(each for migration in shipped() for each in migration.statements)):
        text = re.sub(r"(^|\s)--[^\n]*|'(?:[^'\\]|\\.)*'", " ", statement).strip()
        if text.startswith("CREATE MATERIALIZED VIEW"):
            yield "CREATE VIEW"
        elif text.startswith("CREATE TABLE"):
            yield "CREATE TABLE"
        elif text.startswith("ALTER TABLE"):
            changes = CHANGES.findall(text)
            assert changes, f"say here which privilege this needs: {text[:200]}"
            yield from (f"ALTER {verb} {what}" for verb, what in changes)
        else:
            assert text.startswith("INSERT INTO"), f"say here which privilege this needs: {text[:200]}"
            yield "INSERT"


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: " ".join(statement.split())[:60])
async def test_each_statement_is_one_of_clickhouse(migrated_db: ClickHouse, statement: str) -> None:
    assert await migrated_db.rows(f"EXPLAIN AST {statement}"), "it raises for what it cannot read"


async def test_every_privilege_exists(migrated_db: ClickHouse) -> None:
    there = {str(privilege) for (privilege,) in await migrated_db.rows("SELECT privilege FROM system.privileges")}
    given = {each for role in ("voltbus_writer", "voltbus_reader") for what in granted(role).values() for each in what}
    assert given <= there


def test_the_writer_may_do_what_migrations_do_and_cannot_take_anything_away() -> None:
    may = granted("voltbus_writer")["voltbus.*"]

    assert set(needed()) <= may
    assert {"SELECT", "INSERT"} <= may
    assert not [each for each in may if re.search(r"DROP|DELETE|UPDATE|TRUNCATE|ALL|ADMIN|ACCESS", each)]


def test_readers_read() -> None:
    assert {each for what in granted("voltbus_reader").values() for each in what} == {"SELECT"}
    of_readers = [each for each in STATEMENTS if re.fullmatch(r"GRANT \w+ TO voltbus_(api|read)", each)]
    assert sorted(of_readers) == ["GRANT voltbus_reader TO voltbus_api", "GRANT voltbus_reader TO voltbus_read"]
