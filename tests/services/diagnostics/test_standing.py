"""Words find their log."""

import pytest

from schemas.states.diagnostics import Asked, Word
from services.diagnostics.standing import matches
from tests.services.moments import at

ONE = Asked(command_id="c1", request_id=7, type="DiagnosticsLog", requested_at=at(10))


@pytest.mark.parametrize(
    ("request_id", "seconds", "found"), [(7, 0, True), (8, 20, False), (None, 20, True), (None, 5, False)]
)
def test_a_word_is_about_a_request_by_its_number_or_because_it_came_after_it(
    request_id: int | None, seconds: float, found: bool
) -> None:
    assert matches(ONE, Word(request_id=request_id, status="Uploading", at=at(seconds))) == found
