"""The table of attacks: each row names a test that exists, and each test of an attack has a row."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TABLE = (ROOT / "gateway/docs/attacks.md").read_text()
NAMED = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE))


def test_each_row_names_a_test_that_exists() -> None:
    assert NAMED
    missing = [f"{path}::{name}" for path, name in NAMED if f"def {name}(" not in (ROOT / path).read_text()]
    assert not missing
    rows = [line for line in TABLE.splitlines() if line.startswith("| ") and "| test |" not in line]
    assert all("`tests/" in row for row in rows)


def test_each_attack_that_is_tested_has_a_row() -> None:
    tested = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in (ROOT / "tests/gateway").rglob("test_*.py")
        for name in re.findall(r"def (test_attack_\w+)\(", path.read_text())
    }
    assert tested - NAMED == set()
