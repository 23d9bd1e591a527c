"""What the car at an EVSE may draw, and what it draws, is told at each change."""

import pytest

from loadtest.station.curve import AC_1, AC_3, DC_50, Charged, Curve, Meter, Outlet
from loadtest.station.drawing import Drawing
from tests.loadtest.hand_clock import START

CAR = Curve(peak_w=22_080, battery_wh=100_000, soc_start_percent=10, soc_target_percent=90)
LATER = Charged(elapsed_s=60)


@pytest.mark.parametrize(
    ("outlet", "phases", "amps", "watts"),
    [
        (AC_3, 0, 16, 11_040),
        (AC_3, 1, 16, 3_680),
        (AC_1, 3, 10, 2_300),
        (DC_50, 0, 16, 11_040),
        (AC_3, 0, 5.9, 0),
        (DC_50, 0, 5.9, 4_071),
        (AC_3, 0, None, None),
    ],
)
def test_amperes_are_watts_by_the_phases_that_the_car_uses(outlet: Outlet, phases, amps, watts) -> None:
    curve = Curve(peak_w=22_080, battery_wh=9, soc_start_percent=1, soc_target_percent=9, phases=phases)

    assert Drawing(1, None).cap_w(Meter(outlet=outlet), curve, amps) == watts


def test_the_lesser_of_profiles_and_others_counts() -> None:
    drawing = Drawing(1, None)
    drawing.others_w = 5_000

    assert [drawing.cap_w(Meter(outlet=AC_3), CAR, amps) for amps in (None, 16, 6)] == [5_000, 5_000, 4_140]


def test_only_changes_are_told_and_the_end() -> None:
    told: list = []
    drawing = Drawing(2, lambda *draw: told.append(draw))
    for limit_w in (11_040, 11_040, 6_900):
        drawing.tell(Meter(outlet=AC_3), CAR, LATER, limit_w=limit_w, at=START)
    drawing.nothing(START)
    drawing.nothing(START)

    assert told == [(2, (amps,) * 3, START) for amps in (16.0, 10.0, 0.0)]
