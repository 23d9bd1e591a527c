"""Rows say what their records say."""

from services.api.energy.loadrows import alert_of, load_of
from tests.services.api.energy.sites import a_load, an_alert


def test_a_load_and_an_alert_are_shown_as_they_are() -> None:
    assert load_of(a_load()).nodes == a_load().nodes
    assert alert_of(an_alert()).alert == "berlin/exceeded/garage"
