"""Writing: commands are checked as if they were sent, secrets are sealed and stay, and faults name their field."""

import pytest

from schemas.boottemplates import COMMANDS_MOST
from schemas.commands import Command
from schemas.configuration import SetConfiguration
from schemas.profilecommands import SetChargingProfile
from schemas.sealing import NO_KEY, Seal, open_command
from schemas.secrets import SEALED
from services.api.boottemplates.rows import Criteria, ProvisionBootTemplate, TemplateCommand
from services.api.boottemplates.writing import LARGEST_BYTES, written
from services.api.web.problems import Problem

SEAL = Seal(bytes(range(64)))
SECRET = {"settings": [{"key": "VendorApiKey", "value": "hunter2-hunter2"}]}
PROFILE = {
    "evse": 0,
    "profile": {
        "purpose": "TxDefaultProfile",
        "kind": "Relative",
        "schedules": [{"unit": "A", "periods": [{"limit": "16"}]}],
    },
}


def command(name: str, **arguments: object) -> TemplateCommand:
    return TemplateCommand(command=name, arguments=arguments)


def write(*commands: TemplateCommand, before: tuple[Command, ...] = (), seal: Seal = SEAL, **members: object):
    data = ProvisionBootTemplate(commands=commands, **members)  # type: ignore[arg-type]
    return written("t", data, before, seal=seal)


def fields(problem: Problem) -> list[str]:
    return [each.field for each in problem.errors]


def test_a_template_is_written_as_it_is_wanted() -> None:
    content = write(
        command("ClearCache"),
        title="T",
        enabled=True,
        stations=Criteria(vendor="Acme*"),
        reasons=("PowerUp", "PowerUp"),
    )

    assert (content.title, content.enabled, content.stations.vendor, content.reasons) == (
        "T",
        True,
        "Acme*",
        ("PowerUp",),
    )


def test_a_profile_has_the_same_number_each_time_so_that_it_replaces_itself() -> None:
    (first,), (second,) = (
        write(command("SetChargingProfile", **PROFILE)).commands,
        write(command("SetChargingProfile", **PROFILE)).commands,
    )

    assert isinstance(first, SetChargingProfile)
    assert first.profile.profile_id is not None
    assert first == second


def test_secrets_are_sealed_and_open_again() -> None:
    (sealed,) = write(command("SetConfiguration", **SECRET)).commands

    assert isinstance(sealed, SetConfiguration)
    assert sealed.settings[0].value.startswith(SEALED)
    opened = open_command(sealed, SEAL)
    assert isinstance(opened, SetConfiguration)
    assert opened.settings[0].value == "hunter2-hunter2"


def test_a_command_that_comes_back_with_its_secret_masked_stays_as_it_was() -> None:
    before = write(command("SetConfiguration", **SECRET)).commands
    masked = command("SetConfiguration", settings=[{"key": "VendorApiKey", "value": "***"}])

    assert write(command("ClearCache"), masked, before=before).commands[1] == before[0]
    with pytest.raises(Problem) as refused:
        write(masked)
    assert fields(refused.value) == ["commands[0]"]


def test_without_a_key_a_secret_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        write(command("SetConfiguration", **SECRET), seal=NO_KEY)

    assert refused.value.status == 409


@pytest.mark.parametrize(
    ("commands", "field"),
    [
        ([("Nonsense", {})], "commands[0].command"),
        ([("ClearCache", {}), ("SetConfiguration", {"settings": []})], "commands[1].arguments.settings"),
        ([("ClearCache", {"colour": 1})], "commands[0].arguments.colour"),
        ([("RemoteStop", {"transaction_id": "1"})], "commands[0]"),
        ([("Reset", {})], "commands[0]"),
        (
            [("SetChargingProfile", PROFILE | {"profile": {"purpose": "TxDefaultProfile", "schedules": []}})],
            "commands[0]",
        ),
    ],
)
def test_what_no_template_can_have_is_named_by_its_field(commands, field: str) -> None:
    with pytest.raises(Problem) as refused:
        write(*(command(name, **arguments) for name, arguments in commands))

    assert fields(refused.value)[0].startswith(field)


def test_a_template_is_bounded() -> None:
    long = {"settings": [{"key": f"Key{number}", "value": "x" * 2_000} for number in range(100)]}
    assert len(str(long)) > LARGEST_BYTES
    with pytest.raises(Problem) as refused:
        write(command("SetConfiguration", **long))
    assert fields(refused.value) == ["commands"]
    assert COMMANDS_MOST * 100 < LARGEST_BYTES


def test_a_version_is_named_once() -> None:
    with pytest.raises(Problem):
        write(stations=Criteria(versions=("1.6", "1.6")))
