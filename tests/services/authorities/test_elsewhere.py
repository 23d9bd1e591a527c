"""Elsewhere: how long a server asks us to wait, within bounds; EST and ACME have the rest of its tests."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from services.authorities.elsewhere import LONGEST_WAIT_S, SHORTEST_WAIT_S, Answer


def answer(after: str | None) -> Answer:
    return Answer(status=503, headers={} if after is None else {"retry-after": after}, body=b"")


@pytest.mark.parametrize(
    ("after", "wait_s"),
    [(None, 3.0), ("soon", 3.0), ("7", 7.0), ("0", SHORTEST_WAIT_S), ("86400", LONGEST_WAIT_S), ("-5", 3.0)],
)
def test_a_wait_is_what_the_server_says_within_bounds(after: str | None, wait_s: float) -> None:
    assert answer(after).wait_s(3.0) == wait_s


def test_a_wait_may_be_a_date() -> None:
    now = datetime.now(UTC)

    assert answer(format_datetime(now + timedelta(days=1), usegmt=True)).wait_s(3.0) == LONGEST_WAIT_S
    assert answer(format_datetime(now - timedelta(days=1), usegmt=True)).wait_s(3.0) == SHORTEST_WAIT_S


def test_what_a_server_said_is_shown_in_short() -> None:
    assert Answer(status=400, headers={}, body=b"x" * 1_000).shown == "400: " + "x" * 200
    assert answer(None).shown == "503"
