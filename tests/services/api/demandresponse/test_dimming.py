"""Dimming: the least that par. 14a EnWG leaves to charging points."""

from decimal import Decimal

import pytest

from services.api.demandresponse.dimming import least_w


@pytest.mark.parametrize(("devices", "watts"), [(1, 4_200), (2, 8_400), (10, 42_000)])
def test_controlled_directly_each_charging_point_has_4_2_kw(devices: int, watts: int) -> None:
    assert least_w(devices, "direct") == watts


@pytest.mark.parametrize(
    ("devices", "watts"),
    [(1, "4200"), (2, "7560"), (3, "10500"), (4, "13020"), (8, "18900"), (9, "19320"), (20, "40110")],
)
def test_controlled_together_they_have_what_the_formula_gives(devices: int, watts: str) -> None:
    assert least_w(devices, "ems") == Decimal(watts)
