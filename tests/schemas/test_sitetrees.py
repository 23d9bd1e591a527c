"""Limits are values: equal ones are one."""

from decimal import Decimal

from schemas.sitetrees import Limits


def test_equal_limits_are_one_and_others_are_not() -> None:
    by_line = {"amps_by_line": {"L1": Decimal(6), "L2": Decimal(8)}}
    turned = {"amps_by_line": dict(reversed(by_line["amps_by_line"].items()))}

    assert len({Limits(**by_line), Limits(**turned), Limits(amps=Decimal(6)), Limits()}) == 3  # type: ignore[arg-type]
