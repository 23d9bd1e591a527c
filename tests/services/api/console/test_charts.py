"""Charts as SVG, for pages without a script."""

import datetime as dt
import re
from decimal import Decimal

from services.api.console.charts import HEIGHT, WIDTH, energy_by_hour
from services.api.overview.rows import EnergyHour

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def bars(*energies_wh: int) -> list[tuple[float, float, float]]:
    """Left edge, top and width of each hour's bar."""
    hours = [EnergyHour(hour=NOON + dt.timedelta(hours=at), energy_wh=Decimal(wh)) for at, wh in enumerate(energies_wh)]
    chart = energy_by_hour("energy", hours, "")
    drawn = re.findall(rf"M([\d.]+) {HEIGHT}V([\d.]+)h([\d.]+)V{HEIGHT}Z", chart.path(chart.curves[0]))
    return [(float(left), float(top), float(width)) for left, top, width in drawn]


def test_each_hour_has_a_bar_of_the_same_width_within_the_picture() -> None:
    drawn = bars(1000, 2000, 500)

    assert [(left, width) for left, _, width in drawn] == [(0, 233.3), (333.3, 233.3), (666.7, 233.3)]
    assert max(left + width for left, _, width in drawn) < WIDTH


def test_the_hour_that_has_just_begun_is_there_from_its_first_watt_hour() -> None:
    ((left, top, width),) = bars(1)

    assert (left, width) == (0, 700)
    assert top < HEIGHT


def test_higher_bars_stand_for_more() -> None:
    tops = [top for _, top, _ in bars(1000, 2000, 500)]

    assert tops[1] < tops[0] < tops[2] < HEIGHT


def test_what_was_given_back_is_drawn_only_where_anything_was() -> None:
    hour = EnergyHour(hour=NOON, energy_wh=Decimal(1000))
    gives = EnergyHour(hour=NOON, energy_wh=Decimal(1000), exported_wh=Decimal(400))

    assert [curve.label for curve in energy_by_hour("energy", [hour], "").curves] == ["Energy"]
    chart = energy_by_hour("energy", [gives], "")
    assert [(curve.label, curve.values) for curve in chart.curves] == [("Energy", (1.0,)), ("Given back", (0.4,))]
