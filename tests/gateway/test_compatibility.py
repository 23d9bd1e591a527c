"""The compatibility matrix follows what operators add and remove."""

import datetime as dt

from gateway.compatibility import Compatibility
from gateway.effects import Hardware
from schemas.compatibility import CompatibilityProvisioned, CompatibilityRemoved, Row, Rule

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ACME = Hardware(vendor="Acme", model="X1")


def provisioned(name: str = "acme") -> CompatibilityProvisioned:
    row = Row(name=name, vendor="acme", rules=(Rule.NO_PONG,), strict=True)
    return CompatibilityProvisioned(name=name, row=row, provisioned_at=NOW)


def test_a_row_applies_from_when_it_is_added_until_it_is_removed() -> None:
    matrix = Compatibility()
    before = matrix.traits("CP-1", ACME, "Europe/Berlin", "berlin")
    matrix.apply(provisioned())
    added = matrix.traits("CP-1", ACME, "Europe/Berlin", "berlin")
    matrix.apply(CompatibilityRemoved(name="acme", removed_at=NOW))

    assert (added.rules, added.strict) == ({Rule.NO_PONG}, True)
    assert (added.time_zone, added.site) == ("Europe/Berlin", "berlin")
    assert matrix.traits("CP-1", ACME, "Europe/Berlin", "berlin") == before


def test_a_row_whose_record_is_gone_from_the_topic_applies_no_more() -> None:
    matrix = Compatibility()
    matrix.apply(provisioned())
    matrix.forget("acme")

    assert not matrix.traits("CP-1", ACME, "").strict
