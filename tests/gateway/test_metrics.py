"""Metrics: what stations say of themselves can be a label only so often."""

from prometheus_client import CollectorRegistry, Counter

from gateway.metrics import Makes


def test_makes_beyond_the_first_are_counted_together():
    registry = CollectorRegistry()
    labels = ("rule", "vendor", "model", "firmware")
    makes = Makes(Counter("bent_total", "Of a test.", labels, registry=registry), most=2)

    for firmware in ("1", "2", "3", "1", "4"):
        makes.count("null-member", "ACME", "Box", firmware)

    def counted(*make: str) -> float | None:
        return registry.get_sample_value("bent_total", dict(zip(labels, ("null-member", *make), strict=True)))

    assert [counted("ACME", "Box", firmware) for firmware in "1234"] == [2, 1, None, None]
    assert counted("other", "other", "other") == 2
