"""The table of use cases: true to the marks, and no use case loses its last test."""

import re
from pathlib import Path

import pytest

from tests.conformance.table import PAGE, TESTS, Proof, page, proofs, proven, use_case_of, use_cases

REQUIREMENT = re.compile(r"[A-Z][0-9]{2}\.FR\.[0-9]{2,3}")
TEST_CASE = re.compile(r"TC_[A-Z0-9]+_[0-9]+_(CSMS|CS)(_\w+)?")
OPEN = TESTS / "exceptions" / "usecases.txt"


@pytest.mark.parametrize("proof", proofs(), ids=lambda proof: f"{Path(proof.file).stem}-{proof.name}")
def test_a_mark_names_a_use_case_a_requirement_or_a_test_case(proof: Proof) -> None:
    known = {case.id for case in use_cases()}
    wrong = [
        mark
        for mark in proof.marks
        if mark not in known and not REQUIREMENT.fullmatch(mark) and not TEST_CASE.fullmatch(mark)
    ]

    assert wrong == [], (
        "name use cases as tests/conformance/usecases.txt does, requirements as H01.FR.02, test cases as TC_H_01_CSMS"
    )
    assert {use_case_of(mark) for mark in proof.marks} & known, "a test case or requirement stands beside its use case"


def test_the_page_is_what_the_marks_say() -> None:
    assert PAGE.read_text() == page(), "run: python -m tests.conformance"


def test_a_use_case_without_a_test_is_listed_and_the_list_only_gets_shorter() -> None:
    listed = {line.strip() for line in OPEN.read_text().splitlines() if line and not line.startswith("#")}
    open_now = {case.id for case in use_cases()} - set(proven())

    assert open_now - listed == set(), f"these use cases have lost their last test; {OPEN.name} only gets shorter"
    assert listed - open_now == set(), f"these use cases have a test now: take them off {OPEN.name}"


def test_use_cases_are_listed_once() -> None:
    ids = [case.id for case in use_cases()]

    assert len(ids) == len(set(ids))
