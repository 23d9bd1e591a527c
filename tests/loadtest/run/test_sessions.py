"""Sessions of the throughput scenarios."""

from loadtest.run.sessions import CURVES, SAMPLE_EVERY_S, charged_after
from loadtest.station.curve import Charged, advance


def test_remembered_energy_is_what_charging_gives():
    assert charged_after(CURVES[3], 6) == advance(CURVES[3], Charged(), 6 * SAMPLE_EVERY_S)
