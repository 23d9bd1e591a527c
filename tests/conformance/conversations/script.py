"""Scripts: files of cases, a step a line, as data. README.md beside this module has the steps.

A payload is YAML in flow style, of JSON's own scalars; it may go on in lines that are indented more than its step.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
VERSIONS = ("1.6", "2.0.1", "2.1")
"""The folders of scripts, called as the version that they are written for."""

SPOKEN = {"1.6": ("1.6",), "2.0.1": ("2.0.1", "2.1"), "2.1": ("2.1",)}
"""In which versions the conversations of a folder are played: 2.1 has every message of 2.0.1."""

STATES = "states"
"""How files begin that have the steps which cases share: `states.txt`, and `states-2.1.txt` for what another version has otherwise."""


TALK = ("says", "gets", "fails", "hears", "answers")
"""Steps of the station's conversation."""

LINK = ("connects", "refused", "disconnects", "closed")
"""Steps of its connection."""

ASKS = ("command", "raw", "put", "post", "delete")
"""Steps by which an operator asks for something."""

VERBS = frozenset((*TALK, *LINK, *ASKS, "outcome", "status", "get", "do", "set", "keep"))


class BadScript(Exception):
    """A line of a script cannot be read; the message names file and line."""


@dataclass(frozen=True)
class Step:
    """One line: what is done (`says`), the name it is done with (`Heartbeat`), and a payload."""

    verb: str
    name: str
    payload: Any
    line: int


@dataclass(frozen=True)
class Case:
    """A test case: its id, the use cases and requirements that it proves, and its steps. `folder`: the version it is written for."""

    id: str
    marks: tuple[str, ...]
    title: str
    folder: str
    file: Path
    steps: tuple[Step, ...]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml's where it is there: a tenth of the time
    """YAML with the scalars of JSON alone: no dates, no yes and no, no numbers with colons."""


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"null$"), ["n"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789"))


def payload_in(text: str) -> Any:
    """A payload as written; None for none."""
    return yaml.load(text, _Loader) if text else None


@cache
def cases() -> tuple[Case, ...]:
    """Every case of every file, in the order of the files."""
    return tuple(
        case
        for version in VERSIONS
        for file in sorted((FOLDER / version).glob("*.txt"))
        if not file.name.startswith(STATES)
        for case in cases_in(file, version)
    )


def cases_in(file: Path, version: str) -> Iterator[Case]:
    """The cases of one file. Raises BadScript."""
    for head, lines in _blocks(file, "case"):
        words, _, title = head.partition(" -- ")
        id_, *marks = words.split()
        yield Case(id_, tuple(marks), title.strip(), version, file, tuple(_steps(file, lines)))


@cache
def states(folder: str, version: str) -> Mapping[str, tuple[Step, ...]]:
    """The steps that cases of a folder share when they are played in a version, by name. Raises BadScript."""
    files = [FOLDER / folder / f"{STATES}{of}.txt" for of in ("", f"-{version}")]
    return {
        head.strip(): tuple(_steps(file, lines))
        for file in files
        if file.exists()
        for head, lines in _blocks(file, "state")
    }


def _blocks(file: Path, keyword: str) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """What stands behind each line that begins with the keyword, and the lines below it."""
    head, lines = "", list[tuple[int, str]]()
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(f"{keyword} "):
            if head:
                yield head, lines
            head, lines = line.removeprefix(f"{keyword} "), []
        elif head:
            lines.append((number, line))
        else:
            raise BadScript(f"{file}:{number}: a file begins with a {keyword}")
    if head:
        yield head, lines


def _steps(file: Path, lines: list[tuple[int, str]]) -> Iterator[Step]:
    whole: list[tuple[int, str]] = []
    for number, line in lines:
        if line.startswith("    ") and whole:
            whole[-1] = (whole[-1][0], f"{whole[-1][1]} {line.strip()}")
        else:
            whole.append((number, line.strip()))
    for number, text in whole:
        yield _step(file, number, text)


def _step(file: Path, number: int, text: str) -> Step:
    verb, _, rest = text.partition(" ")
    if verb not in VERBS:
        raise BadScript(f"{file}:{number}: {verb!r} is no step; there are {', '.join(sorted(VERBS))}")
    name, _, payload = ("", "", rest) if rest.startswith(("{", "[")) else rest.partition(" ")
    try:
        return Step(verb, name, payload_in(payload.strip()), number)
    except yaml.YAMLError as error:
        raise BadScript(f"{file}:{number}: {error}") from error
