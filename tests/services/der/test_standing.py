"""What a control is by the newest times of what was learnt of it."""

import pytest

from schemas.states.der import Kept
from services.der.standing import expires_at, standing
from tests.services.der.records import control, settings
from tests.services.moments import at

ASKED = {"requested_at": 0.0, "settled_request": 0.0}


def status(lapsed: float | None = None, scheduled: bool = False, **seconds: float) -> str:
    names = {name: at(value) for name, value in seconds.items()}
    timed = control(is_default=False, settings=settings(starts=100, lasts=50)) if scheduled else control()
    return standing(Kept(id="c", control=timed, **names), None if lapsed is None else at(lapsed)).status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("learnt", "expected"),
    [
        ({"requested_at": 0}, "requested"),
        (ASKED | {"present_at": 1}, "accepted"),
        (ASKED | {"refused_at": 1}, "refused"),
        (ASKED | {"unconfirmed_at": 1}, "unconfirmed"),
        (ASKED | {"unconfirmed_at": 1, "missing_at": 2}, "gone"),
        (ASKED | {"present_at": 1, "cleared_at": 2}, "cleared"),
        (ASKED | {"present_at": 1, "cleared_at": 2, "missing_at": 3}, "cleared"),
        (ASKED | {"present_at": 3, "cleared_at": 2}, "accepted"),
        (ASKED | {"present_at": 1, "missing_at": 2}, "gone"),
        ({"requested_at": 5, "settled_request": 0, "present_at": 1, "cleared_at": 2}, "requested"),
        (ASKED | {"present_at": 1, "scheduled": True, "lapsed": 149}, "accepted"),
        (ASKED | {"present_at": 1, "scheduled": True, "lapsed": 150}, "expired"),
        (ASKED | {"present_at": 1, "missing_at": 160, "scheduled": True, "lapsed": 150}, "expired"),
        (ASKED | {"present_at": 1, "cleared_at": 120, "scheduled": True, "lapsed": 150}, "cleared"),
        (ASKED | {"refused_at": 1, "scheduled": True, "lapsed": 150}, "refused"),
    ],
)
def test_the_newest_that_is_known_counts(learnt: dict[str, float], expected: str) -> None:
    assert status(**learnt) == expected  # type: ignore[arg-type]


def test_a_control_that_lasts_for_ever_does_not_expire() -> None:
    assert expires_at(control(is_default=False, settings=settings(starts=1))) is None
    assert expires_at(control(is_default=False, settings=settings(starts=1, lasts=10**15))) is None
    assert expires_at(control(is_default=True, settings=settings(starts=1, lasts=1))) is None
