"""What a certificate is by the newest times of what was learnt of it."""

import pytest

from schemas.states.certificates import Kept
from services.certificates.standing import standing
from tests.services.moments import at


def status(listed: float | None = None, **seconds: float) -> str:
    names = {name: at(value) for name, value in seconds.items()}
    return standing(Kept(id="c", use="u", **names), None if listed is None else at(listed)).status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("learnt", "expected"),
    [
        ({"requested_at": 0}, "requested"),
        ({"requested_at": 0, "settled_request": 0, "present_at": 1}, "installed"),
        ({"requested_at": 0, "settled_request": 0, "refused_at": 1}, "refused"),
        ({"requested_at": 0, "settled_request": 0, "unconfirmed_at": 1}, "unconfirmed"),
        ({"requested_at": 0, "settled_request": 0, "unconfirmed_at": 1, "listed": 2}, "gone"),
        ({"requested_at": 0, "settled_request": 0, "present_at": 1, "deleted_at": 2}, "deleted"),
        ({"requested_at": 0, "settled_request": 0, "present_at": 1, "deleted_at": 2, "listed": 3}, "deleted"),
        ({"requested_at": 0, "settled_request": 0, "present_at": 3, "deleted_at": 2}, "installed"),
        ({"requested_at": 0, "settled_request": 0, "present_at": 1, "listed": 2}, "gone"),
        ({"requested_at": 0, "settled_request": 0, "present_at": 2, "listed": 2}, "installed"),
        ({"requested_at": 5, "settled_request": 0, "present_at": 1, "deleted_at": 2}, "requested"),
        ({"requested_at": 5, "settled_request": 5, "present_at": 1, "deleted_at": 2, "refused_at": 6}, "refused"),
        ({"requested_at": 5, "settled_request": 0, "present_at": 1}, "installed"),
        ({"requested_at": 5, "listed": 2}, "requested"),
    ],
)
def test_the_newest_that_is_known_counts(learnt: dict[str, float], expected: str) -> None:
    assert status(**learnt) == expected
