"""ACME messages: what problems mean, and what servers may leave out (RFC 8555, 6.7)."""

import pytest

from services.authorities.acmemessages import (
    ERRORS,
    Authorization,
    Challenge,
    Identifier,
    Order,
    Problem,
    failure,
    problem_in,
    read,
    unproven,
)
from services.authorities.port import Refused, Unreachable


def test_members_that_are_null_are_as_if_they_were_not_there() -> None:
    order = read(b'{"status": "ready", "finalize": "f", "certificate": null, "error": null}', Order, "order")

    assert (order.certificate, order.error) == (None, None)


def test_a_problem_says_what_its_parts_say() -> None:
    problem = Problem(type=f"{ERRORS}compound", detail="two names.", subproblems=(Problem(detail="the second"),))

    assert problem.text == "compound: two names.; the second."
    assert problem_in(b'{"type": "about:blank"}') is None
    assert problem_in(b"\xff") is None


def test_problems_that_pass_are_waited_for() -> None:
    passing = failure(Problem(type=f"{ERRORS}rateLimited"), wait_s=5)

    assert isinstance(passing, Unreachable)
    assert passing.wait_s == 5
    assert isinstance(failure(Problem(type=f"{ERRORS}caa"), wait_s=5), Refused)


@pytest.mark.parametrize(("status", "why"), [("valid", ""), ("invalid", "is invalid"), ("pending", "wants a proof")])
def test_an_authorization_is_in_the_way_unless_it_is_valid(status: str, why: str) -> None:
    said = unproven(Authorization(status=status, identifier=Identifier(type="dns", value="CS001")))

    assert why in said
    assert bool(said) == bool(why)


def test_an_authorization_that_failed_says_why() -> None:
    failed = Challenge(type="http-01", error=Problem(type=f"{ERRORS}connection", detail="refused"))
    name = Identifier(type="dns", value="CS001")

    assert "connection: refused" in unproven(Authorization(status="invalid", identifier=name, challenges=(failed,)))
