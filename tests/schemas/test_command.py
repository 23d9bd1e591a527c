"""A command is a struct: its form, its example and its documents follow from its members; adding one takes three files."""

import filecmp
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from gateway.ocpp.translate import OutboundCall, to_call
from schemas.base import OcppVersion
from schemas.command import StationCommand, example_of, fields_of, schema_of, summary_of
from schemas.commands import Command

ROOT = Path(__file__).parents[2]
COMMANDS: tuple[type[StationCommand], ...] = get_args(Command)
VERSIONS: tuple[OcppVersion, ...] = get_args(OcppVersion)

PICKS = {"evse", "connector", "transaction", "token", "variable"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_member_has_a_label(command: type[StationCommand]) -> None:
    unlabelled = [field.name for field in fields_of(command) if "title" not in schema_of(field)]

    assert unlabelled == [], f"annotate these members of {command.__name__} with `about(...)` of schemas/command.py"
    assert {schema_of(field).get("x-picks", "evse") for field in fields_of(command)} <= PICKS


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_command_has_a_title_and_says_what_it_does(command: type[StationCommand]) -> None:
    assert command.title
    assert summary_of(command).endswith((".", ")"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_a_member_that_must_be_given_has_an_example(command: type[StationCommand]) -> None:
    silent = [field.name for field in fields_of(command) if field.required and "examples" not in schema_of(field)]

    assert silent == [], f"give these members of {command.__name__} an `example` in `about(...)`"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_the_example_of_a_command_can_be_sent_in_a_version_that_has_it(command: type[StationCommand]) -> None:
    arguments = msgspec.json.encode(example_of(command) | {"command": command.__name__})
    asked: Any = msgspec.json.decode(arguments, type=command)

    assert any(isinstance(to_call(version, asked, "c0ffee"), OutboundCall) for version in VERSIONS)


SHAPES = {"AskedInParts"}
"""Not commands themselves: commands are made from them."""


def _derived(kind: type[StationCommand]) -> list[type[StationCommand]]:
    return [each for direct in kind.__subclasses__() for each in (direct, *_derived(direct))]


def test_no_command_is_forgotten_in_the_union() -> None:
    declared = {each.__name__ for each in _derived(StationCommand) if each.__module__.startswith("schemas.")} - SHAPES

    assert declared == {command.__name__ for command in COMMANDS}, "add it to `Command` in schemas/commands.py"


NEW_COMMAND = '''

class GetInventory(StationCommand, frozen=True, kw_only=True):
    """Have the station report all of its variables."""

    title: ClassVar[str] = "Report all variables"

    request_id: Annotated[int, about("Request id", example=7)]
    report_base: Annotated[Literal["FullInventory", "SummaryInventory"], about("What", example="FullInventory")]
'''

ASKED = """
import json
from gateway.ocpp.translate import to_call, to_outcome
from schemas.configuration import GetInventory
from services.api.commands.bodies import EXAMPLES
from services.api.commands.forms import BY_COMMAND

asked = GetInventory(request_id=7, report_base="FullInventory")
sent = to_call("2.1", asked, "c0ffee")
print(json.dumps({
    "action": sent.action,
    "payload": json.loads(sent.payload),
    "1.6": to_call("1.6", asked, "c0ffee").reason,
    "outcome": to_outcome("2.0.1", asked, b'{"status":"Accepted"}').outcome,
    "example": EXAMPLES["GetInventory"],
    "form": [[field.name, field.label, field.kind] for field in BY_COMMAND["GetInventory"].fields],
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with one more command, in the noun `configuration`."""
    root = tmp_path_factory.mktemp("copy")
    for package in ("schemas", "gateway", "services"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    edit(root / "schemas/configuration.py", "\nclass SetConfiguration(", f"{NEW_COMMAND}\n\nclass SetConfiguration(")
    edit(root / "schemas/configuration.py", "import Annotated, ClassVar", "import Annotated, ClassVar, Literal")
    edit(root / "schemas/commands.py", "import GetConfiguration", "import GetInventory, GetConfiguration")
    edit(root / "schemas/commands.py", "    | RawCall\n", "    | GetInventory\n    | RawCall\n")
    row = '        Outbound(command=GetInventory, to=spelled(v2x=alike("GetBaseReport"))),\n'
    edit(root / "gateway/ocpp/configuration.py", "    outbound=(\n", f"    outbound=(\n{row}")
    imports = "from gateway.ocpp.spelling.alike import alike\nfrom schemas.configuration import (\n    GetInventory,"
    edit(root / "gateway/ocpp/configuration.py", "from schemas.configuration import (", imports)
    return root


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{path} has no single {old!r}"
    path.write_text(text.replace(old, new))


def test_a_command_of_a_noun_that_exists_touches_three_files(copy: Path) -> None:
    files = [path.relative_to(copy) for path in copy.rglob("*") if path.is_file()]

    changed = {str(path) for path in files if not filecmp.cmp(copy / path, ROOT / path, shallow=False)}

    assert changed == {"schemas/configuration.py", "schemas/commands.py", "gateway/ocpp/configuration.py"}


def test_it_has_a_row_an_outcome_an_example_and_a_form_by_these_alone(copy: Path) -> None:
    done = subprocess.run([sys.executable, "-c", ASKED], cwd=copy, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "action": "GetBaseReport",
        "payload": {"requestId": 7, "reportBase": "FullInventory"},
        "1.6": "OCPP 1.6 has no GetInventory",
        "outcome": "accepted",
        "example": {"request_id": 7, "report_base": "FullInventory"},
        "form": [["request_id", "Request id", "number"], ["report_base", "What", "choice"]],
    }
