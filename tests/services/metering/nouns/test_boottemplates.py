"""The row of a boot run: each command with its outcome, as JSON."""

import msgspec

from schemas.boottemplates import BootStep
from services.metering.declared import COLUMNS, FILLS
from tests.services.api.builders import a_boot_run


def test_a_run_is_one_row_with_its_commands() -> None:
    record = a_boot_run()
    ((name, fill),) = FILLS[type(record)]

    assert name == "boot_runs"
    assert "steps" in COLUMNS[name]
    assert fill is not None
    assert msgspec.json.decode(msgspec.json.encode(record.steps), type=tuple[BootStep, ...]) == record.steps
