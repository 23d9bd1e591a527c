"""Rows: a template as the API gives it has no secret in it."""

from schemas.boottemplates import BootStations
from schemas.configuration import SetConfiguration, Setting
from services.api.boottemplates.rows import run_of, stations_of, template_view
from tests.services.api.builders import a_boot_run, a_boot_template


def test_secrets_in_commands_are_masked() -> None:
    command = SetConfiguration(
        settings=(Setting(key="VendorApiKey", value="hunter2-hunter2"), Setting(key="A", value="1"))
    )

    (shown,) = template_view(a_boot_template("t", command)).commands

    assert shown.command == "SetConfiguration"
    assert shown.arguments == {"settings": [{"key": "VendorApiKey", "value": "***"}, {"key": "A", "value": "1"}]}


def test_a_run_is_given_as_it_was_published() -> None:
    record = a_boot_run()

    row = run_of(record)
    assert (row.status, row.run, row.changed_at) == ("done", record.run, record.changed_at)
    (step,) = row.steps
    assert (step.command, step.status, step.items, step.detail) == ("ClearCache", "accepted", (), "")


def test_criteria_come_back_as_they_were_written() -> None:
    record = a_boot_template(stations=BootStations(vendor="Acme*", labels={"owner": "city"}))

    assert stations_of(template_view(record).stations) == record.content.stations
