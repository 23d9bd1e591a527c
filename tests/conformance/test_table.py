"""The table of use cases: true to the marks, and no use case loses its last test."""

import re

from tests.conformance.conversations.script import cases as scripts
from tests.conformance.table import (
    CASES_PAGE,
    PAGE,
    cases_page,
    certification_cases,
    page,
    proofs,
    proven,
    proven_cases,
    use_case_of,
    use_cases,
)

REQUIREMENT = re.compile(r"[A-Z][0-9]{2}\.FR\.[0-9]{2,3}")
TEST_CASE = re.compile(r"TC_[A-Z0-9]+_[0-9]+_(CSMS|CS)(_\w+)?")


def test_a_mark_names_a_use_case_a_requirement_or_a_test_case() -> None:
    known = {case.id for case in use_cases()}
    wrong = [
        f"{proof.file}: {proof.name}: {mark}"
        for proof in proofs()
        for mark in proof.marks
        if mark not in known and not REQUIREMENT.fullmatch(mark) and not TEST_CASE.fullmatch(mark)
    ]

    assert wrong == [], (
        "name use cases as tests/conformance/usecases.txt does, requirements as H01.FR.02, test cases as TC_H_01_CSMS"
    )


def test_a_test_case_or_requirement_stands_beside_its_use_case() -> None:
    known = {case.id for case in use_cases()}

    assert len(proofs()) > 500
    assert [
        f"{proof.file}: {proof.name}" for proof in proofs() if not {use_case_of(mark) for mark in proof.marks} & known
    ] == []


def test_the_pages_are_what_the_marks_say() -> None:
    assert PAGE.read_text() == page(), "run: python -m tests.conformance"
    assert CASES_PAGE.read_text() == cases_page(), "run: python -m tests.conformance"


def test_a_test_case_is_proven_or_open_for_a_reason_and_the_list_of_open_ones_only_gets_shorter() -> None:
    found, listed = proven_cases(), certification_cases()

    assert [case.id for case in listed if case.id not in found and not case.open] == [], (
        "these have lost their last test"
    )
    assert [case.id for case in listed if case.id in found and case.open] == [], "proven now: take their reasons away"


def test_every_scripted_test_case_is_in_the_list_and_scripted_once() -> None:
    ids = [case.id for case in scripts()]

    assert {id_ for id_ in ids if id_.startswith("TC_")} <= {case.id for case in certification_cases()}
    assert sorted(ids) == sorted(set(ids))


def test_a_use_case_has_a_test_or_says_why_it_is_not_offered() -> None:
    found, listed = proven(), use_cases()

    assert [case.id for case in listed if case.id not in found and not case.open] == [], (
        "these have lost their last test"
    )
    assert [case.id for case in listed if case.id in found and case.open] == [], "offered now: take their reasons away"


def test_use_cases_are_listed_once() -> None:
    ids = [case.id for case in use_cases()]

    assert len(ids) == len(set(ids))
