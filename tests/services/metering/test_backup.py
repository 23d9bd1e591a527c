"""Backup and restore as the operations page has them: statements that ClickHouse takes."""

import re
from pathlib import Path

import pytest

from services.runtime.clickhouse import ClickHouse

PAGE = (Path(__file__).parents[3] / "deploy" / "OPERATIONS.md").read_text()
BLOCKS = re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
STATEMENTS = [statement.strip() for block in BLOCKS for statement in block.split(";\n") if statement.strip()]


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_a_statement_of_the_operations_page_can_be_parsed(statement: str, migrated_db: ClickHouse) -> None:
    ((formatted,),) = await migrated_db.rows("SELECT formatQuery({statement:String})", {"statement": statement})

    assert formatted.split()[0] == statement.split(maxsplit=1)[0]


def test_the_page_backs_up_and_restores() -> None:
    assert {statement.split()[0] for statement in STATEMENTS} == {"BACKUP", "DROP", "RESTORE"}
