"""The tables of use cases and of test cases: which test proves which, from the marks of the tests and of the scripted conversations.

A test is marked `@pytest.mark.usecase("H01", "H01.FR.02", "TC_H_01_CSMS")`: with use cases of `usecases.txt`, with requirements of part 2
of the specification, and with test cases of part 6. The marks are read from the source, no test is run. A script of `conversations`
has its test case and its marks in its first line.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.conformance.conversations.script import cases as scripts

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
PAGE = ROOT / "gateway" / "docs" / "usecases.md"
CASES_PAGE = ROOT / "gateway" / "docs" / "testcases.md"
LISTED = Path(__file__).parent / "usecases.txt"
CASES_LISTED = Path(__file__).parent / "testcases.txt"


class UseCase(NamedTuple):
    """A line of the list. `open`: why it is not offered; empty for one that has a test."""

    id: str
    versions: str
    title: str
    messages: str
    open: str = ""


class CertificationCase(NamedTuple):
    """A test case of part 6: the certification profiles that have it, whether it is mandatory, and why it is open."""

    id: str
    profiles: str
    need: str
    open: str


class Proof(NamedTuple):
    """A test or a scripted conversation, and what it is marked with."""

    file: str
    name: str
    marks: tuple[str, ...]


@cache
def use_cases() -> tuple[UseCase, ...]:
    """Every use case, in the order of the list."""
    lines = (line for line in LISTED.read_text().splitlines() if line and not line.startswith("#"))
    return tuple(UseCase(*(part.strip() for part in line.split("|"))) for line in lines)


@cache
def certification_cases() -> tuple[CertificationCase, ...]:
    """Every test case of a CSMS in part 6 of 2.0.1."""
    lines = (line for line in CASES_LISTED.read_text().splitlines() if line and not line.startswith("#"))
    return tuple(CertificationCase(*(part.strip() for part in line.split("|"))) for line in lines)


@cache
def proofs() -> tuple[Proof, ...]:
    """Every marked test, and every scripted conversation."""
    tests = (proof for path in sorted(TESTS.rglob("test_*.py")) for proof in _in_file(path))
    return (*tests, *_scripted())


def _scripted() -> Iterator[Proof]:
    for case in scripts():
        own = (case.id,) if case.id.startswith("TC_") else ()
        yield Proof(case.file.relative_to(ROOT).as_posix(), case.title, (*own, *case.marks))


def _in_file(path: Path) -> Iterator[Proof]:
    text = path.read_text()
    if "mark.usecase" not in text:
        return
    tree, file = ast.parse(text), path.relative_to(ROOT).as_posix()
    of_module = tuple(
        mark
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(name, ast.Name) and name.id == "pytestmark" for name in node.targets)
        for mark in _marks(node.value)
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            marks = (*of_module, *(mark for decorator in node.decorator_list for mark in _marks(decorator)))
            if marks:
                yield Proof(file, node.name, tuple(dict.fromkeys(marks)))


def _marks(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "usecase":
            yield from (str(argument.value) for argument in call.args if isinstance(argument, ast.Constant))


def use_case_of(mark: str) -> str:
    """The use case that a mark is about: H01.FR.02 is about H01. Empty for a test case, whose use case stands beside it."""
    return "" if mark.startswith("TC_") else mark.partition(".FR.")[0]


@cache
def proven() -> Mapping[str, tuple[Proof, ...]]:
    """The tests of each use case."""
    found: defaultdict[str, list[Proof]] = defaultdict(list)
    for proof in proofs():
        for id_ in dict.fromkeys(use_case_of(mark) for mark in proof.marks):
            if id_:
                found[id_].append(proof)
    return {id_: tuple(tests) for id_, tests in found.items()}


@cache
def proven_cases() -> Mapping[str, tuple[Proof, ...]]:
    """The tests of each test case."""
    found: defaultdict[str, list[Proof]] = defaultdict(list)
    for proof in proofs():
        for mark in proof.marks:
            if mark.startswith("TC_"):
                found[mark].append(proof)
    return {id_: tuple(tests) for id_, tests in found.items()}


def cases_page() -> str:
    """The page of test cases."""
    found, listed = proven_cases(), certification_cases()
    counts = "\n".join(
        f"| {profile} | {sum(case.id in found for case in some)} | {len(some)} |"
        for profile in sorted({each for case in listed for each in case.profiles.split(", ")})
        for some in [[case for case in listed if profile in case.profiles.split(", ")]]
    )
    proven = sum(case.id in found for case in listed)
    head = f"""# Test cases

Generated by `python -m tests.conformance`. Every test case of a CSMS in part 6 of OCPP 2.0.1, and the tests that prove it: scripted
conversations (`tests/conformance/conversations`), which are played in 2.0.1 and in 2.1, and marked tests. {proven} of {len(listed)} are
proven. OCPP 1.6 has no public test cases: its {sum(case.folder == "1.6" for case in scripts())} conversations follow its use cases, and are
in the table of [use cases](usecases.md).

| certification profile (part 5) | proven | test cases |
|---|---|---|
{counts}

M: mandatory in its profiles, C: on a condition.

| test case | profiles | need | tests |
|---|---|---|---|
"""
    return head + "".join(_case_row(case, found.get(case.id, ())) for case in listed)


def _case_row(case: CertificationCase, tests: tuple[Proof, ...]) -> str:
    return f"| {case.id} | {case.profiles} | {case.need} | {_links(tests) or f'open: {case.open}'} |\n"


def _links(tests: tuple[Proof, ...]) -> str:
    return "<br>".join(f"[{test.name.removeprefix('test_').replace('_', ' ')}](../../{test.file})" for test in tests)


def page() -> str:
    """The page of use cases."""
    cases, found = use_cases(), proven()
    counts = ", ".join(
        f"{sum(case.id in found for case in some)} of {len(some)} {name}"
        for name, some in (
            ("of 2.0.1", [case for case in cases if "2.0.1" in case.versions]),
            ("that 2.1 adds or changes", [case for case in cases if case.versions == "2.1"]),
            ("of 1.6 with its security extension", [case for case in cases if case.versions == "1.6"]),
        )
    )
    head = f"""# Use cases

Generated by `python -m tests.conformance` from the marks of the tests. Each row names its tests, or why the use case is not
offered. With a test: {counts}.

`<` the station sends, `>` the CSMS sends. Ids of 2.x are those of part 2 of the specification; those of 1.6 are sections of its edition 2.

| use case | versions | what | messages | requirements and test cases | tests |
|---|---|---|---|---|---|
"""
    return head + "".join(_row(case, found.get(case.id, ())) for case in cases)


def _row(case: UseCase, tests: tuple[Proof, ...]) -> str:
    marks = sorted(
        {mark for test in tests for mark in test.marks if use_case_of(mark) in ("", case.id) and mark != case.id}
    )
    shown = _links(tests) or f"not offered: {case.open}"
    return f"| {case.id} | {case.versions} | {case.title} | {case.messages} | {' '.join(marks)} | {shown} |\n"
