"""What a log is by the outcome of its request alone: the same for the service and for who asked."""

import pytest

from schemas.diagnostics import LogStatus, status_answered


@pytest.mark.parametrize(
    ("outcome", "detail", "sent", "status"),
    [
        ("accepted", "", True, "accepted"),
        ("accepted", "AcceptedCanceled", True, "accepted"),
        ("accepted", "NoFile", True, "empty"),
        ("accepted", "EmptyResultSet", True, "empty"),
        ("rejected", "", True, "refused"),
        ("unsupported", "", False, "refused"),
        ("cancelled", "", False, "cancelled"),
        ("timed_out", "", True, "unconfirmed"),
        ("timed_out", "", None, "unconfirmed"),
        ("disconnected", "", False, "refused"),
    ],
)
def test_a_log_is_what_its_request_came_to(outcome: str, detail: str, sent: bool | None, status: LogStatus) -> None:
    assert status_answered(outcome, detail, sent=sent) == status
