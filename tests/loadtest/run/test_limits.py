"""The scenario `limits`: what of an ordered reduction is metered, told from a report."""

from datetime import UTC, datetime

from loadtest.run.limits import share_at

NOON = datetime(2026, 6, 1, 12, 1, 30, tzinfo=UTC)


def test_the_share_is_that_of_all_sites_at_the_minute() -> None:
    minutes = [
        {"minute": "2026-06-01T12:01:00Z", "site": site, "ordered_w": 100.0, "delivered_w": delivered}
        for site, delivered in (("a", 100.0), ("b", 90.0))
    ]
    minutes.append({"minute": "2026-06-01T12:02:00Z", "site": "a", "ordered_w": 100.0, "delivered_w": 0.0})

    assert share_at({"minutes": minutes}, NOON) == 95
    assert share_at({"minutes": []}, NOON) == 0
