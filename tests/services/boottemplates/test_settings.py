"""Settings of `boottemplates`: the spread has a default that spares a fleet."""

from services.boottemplates.settings import BootTemplateSettings


def test_runs_of_a_fleet_are_spread_unless_somebody_says_otherwise() -> None:
    assert BootTemplateSettings().boot_templates_spread_s > 0
