"""Each field case is handled as it expects: what the station sent is stored, and API and console show what follows from it."""

import pytest

from tests.field.conftest import CASES, Stage, read
from tests.field.player import Failed

NAMES = sorted(path.stem for path in CASES.glob("*.json"))
NEEDED = {"title", "why", "ocpp", "frames", "expect"}


@pytest.mark.parametrize("case", NAMES)
def test_a_case_says_what_is_right_and_for_whom(case: str) -> None:
    assert set(read(case)) >= NEEDED


@pytest.mark.embedded
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", NAMES)
async def test_case(name: str, stage: Stage) -> None:
    try:
        await stage.played(name)
    except Failed as failed:
        pytest.fail(f"{read(name)['title']}: {failed}", pytrace=False)
