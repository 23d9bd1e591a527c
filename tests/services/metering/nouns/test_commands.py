"""Commands in ClickHouse: request, cancellation and outcome fill one row together, each its own part."""

import msgspec

from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.configuration import SetConfiguration, Setting
from schemas.examples import example
from schemas.transactions import RemoteStop
from tests.services.metering.rowsof import row_of

KEY = {"station", "command_id"}


def test_a_command_is_stored_without_its_passwords_whoever_wrote_it() -> None:
    asked = example(CommandRequested)
    setting = Setting(key="AuthorizationKey", value="canary-7f3a9")

    row = row_of(msgspec.structs.replace(asked, command=SetConfiguration(settings=(setting,))), "commands")

    assert row["arguments"] == '{"settings":[{"key":"AuthorizationKey","value":"***"}]}'


def test_a_request_is_its_command_and_the_arguments_of_that() -> None:
    asked = msgspec.structs.replace(example(CommandRequested), command=RemoteStop(transaction_id="77"))

    row = row_of(asked, "commands")

    assert (row["command_id"], row["command"]) == (asked.id, "RemoteStop")
    assert row["arguments"] == '{"transaction_id":"77"}'


def test_each_record_fills_columns_that_no_other_fills() -> None:
    filled = [
        {column for column, value in row_of(example(record), "commands").items() if value is not None} - KEY
        for record in (CommandRequested, CommandCancelled, CommandSettled)
    ]

    assert all(filled)
    assert len(set.union(*filled)) == sum(map(len, filled))
