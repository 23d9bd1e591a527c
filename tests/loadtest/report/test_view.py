"""What people see of a run: what differs first, and no more errors than a screen has room for."""

import io
from typing import Any

from rich.console import Console

from loadtest.proof.ledger import Difference
from loadtest.report.outcome import Outcome
from loadtest.report.view import SHOWN_ERRORS, LiveView, network_counts, print_differences, print_summary

OUTCOME: dict[str, Any] = {
    "scenario": "day",
    "options": {},
    "complete": True,
    "shortcomings": (),
    "elapsed_s": 60.0,
    "connected": 10,
    "connecting_s": 1.0,
    "gateways": {"ws://a": 10},
    "answers": 100,
    "answers_per_s": 1.7,
    "sessions_per_s": None,
    "actions": (),
    "connecting": (),
    "errors": {},
    "counts": {},
    "processes": (),
    "timeline": (),
    "sessions_in_ledger": 5,
}


def shown(**changes: Any) -> str:
    out = io.StringIO()
    print_summary(Outcome(**OUTCOME | changes), Console(file=out, width=200))
    return out.getvalue()


def differing(*found: Difference) -> str:
    out = io.StringIO()
    print_differences(found, 1_000, "the API", Console(file=out, width=200))
    return out.getvalue()


def test_a_run_that_fell_short_says_why_in_its_first_line() -> None:
    text = shown(complete=False, shortcomings=("2 [stations] never connected",))

    assert "2 [stations] never connected" in text.splitlines()[0]


def test_gateways_are_told_apart_where_there_are_several() -> None:
    assert "ws://a" not in shown()
    assert "ws://a 6 · ws://b 1,234" in shown(gateways={"ws://a": 6, "ws://b": 1_234})


def test_the_most_frequent_errors_come_first_and_no_more_than_there_is_room_for() -> None:
    lines = [
        line for line in shown(errors={f"e{n}": n for n in range(SHOWN_ERRORS + 5)}).splitlines() if "error" in line
    ]

    assert lines[0] == f"error e{SHOWN_ERRORS + 4}: {SHOWN_ERRORS + 4}"
    assert len(lines) == SHOWN_ERRORS


def test_where_nothing_differs_the_sessions_are_verified_and_otherwise_each_difference_is_named() -> None:
    one = Difference(kind="missing", station="S-1", transaction_id="77", detail="no session", source="the API")

    assert "verified by the API: 1,000 sessions" in differing()
    assert "missing S-1 77: no session" in differing(one)
    assert "2 differences in 1,000 sessions" in differing(one, one)


def test_of_a_bad_network_it_is_said_what_it_did() -> None:
    assert network_counts({"network: lost": 3, "network: cut": 1_000, "sessions": 9}) == "cut 1,000 · lost 3"
    assert network_counts({"sessions": 9}) == ""


def test_where_there_is_no_terminal_nothing_is_drawn() -> None:
    out = io.StringIO()

    with LiveView("day", Console(file=out)) as view:
        view.show(None, None)  # type: ignore[arg-type]

    assert out.getvalue() == ""
