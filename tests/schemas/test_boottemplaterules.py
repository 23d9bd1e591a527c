"""What no template may have: commands of a transaction, a person or a moment, passwords of stations, and what would boot for ever."""

from typing import Any, get_args

import pytest

from schemas.boottemplaterules import NOT_AFTER_BOOT, template_faults
from schemas.boottemplates import BootStations, BootTemplate
from schemas.commands import Command
from schemas.configuration import SetConfiguration, Setting
from schemas.stationcommands import ClearCache, Reset, TriggerMessage, UnlockConnector
from schemas.transactions import RemoteStop


def faults(**members: Any) -> dict[str, str]:
    return {fault.member: fault.detail for fault in template_faults(BootTemplate(**members))}


def test_every_command_that_is_refused_is_one() -> None:
    assert set(NOT_AFTER_BOOT) <= {each.__struct_config__.tag for each in get_args(Command)}


@pytest.mark.parametrize("command", [RemoteStop(transaction_id="1"), UnlockConnector(evse=1)])
def test_a_command_of_a_transaction_or_a_moment_is_named_with_what_to_do(command: Any) -> None:
    (detail,) = faults(commands=(ClearCache(), command)).values()

    assert detail == f"{type(command).__name__} {NOT_AFTER_BOOT[type(command).__name__]}"


def test_an_enabled_template_has_a_command() -> None:
    assert "commands" in faults(enabled=True)
    assert faults(enabled=False) == {}
    assert faults(enabled=True, commands=(ClearCache(),)) == {}


@pytest.mark.parametrize("key", ["AuthorizationKey", "SecurityCtrlr.BasicAuthPassword"])
def test_no_template_gives_all_its_stations_one_password(key: str) -> None:
    command = SetConfiguration(settings=(Setting(key=key, value="0011223344556677"),))

    assert "one password" in faults(commands=(command,))["commands[0]"]


def test_a_reset_is_only_the_end_of_a_template_that_runs_once() -> None:
    assert "commands[1]" in faults(commands=(ClearCache(), Reset()))
    assert "commands[0]" in faults(commands=(Reset(), ClearCache()), every_boot=False)
    assert faults(commands=(ClearCache(), Reset()), every_boot=False) == {}


def test_a_boot_is_not_triggered_after_a_boot() -> None:
    assert "commands[0]" in faults(commands=(TriggerMessage(requested_message="BootNotification"),))
    assert faults(commands=(TriggerMessage(requested_message="StatusNotification"),)) == {}


def test_reasons_of_boots_are_of_2x() -> None:
    only_16, both = BootStations(versions=("1.6",)), BootStations(versions=("1.6", "2.1"))

    assert "reasons" in faults(stations=only_16, reasons=("PowerUp",))
    assert faults(stations=both, reasons=("PowerUp",)) == {}
