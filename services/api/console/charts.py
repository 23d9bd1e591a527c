"""Charts: curves and bars as data for the page's script, with the same drawn as SVG for pages without one. PURE."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from services.api.history.curves import Point
from services.api.overview.rows import EnergyHour
from services.api.sessions.rows import SessionSeries

WIDTH, HEIGHT = 1000, 200
"""The SVG's own units; it stretches to its place."""

HOUR_S = 3_600

Shape = Literal["area", "line", "bars"]


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity over time. `values` are in `unit`; `times` are seconds since 1970."""

    label: str
    unit: str
    tone: str
    shape: Shape
    times: tuple[float, ...]
    values: tuple[float, ...]

    @property
    def most(self) -> float:
        """The greatest value."""
        return max(self.values, default=0.0)


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """Curves over the same time. `name` tells charts of a page apart; `summary` says it in words."""

    name: str
    summary: str
    curves: tuple[Curve, ...]

    @property
    def data(self) -> str:
        """The curves as JSON, for the page's script."""
        return msgspec.json.encode(self.curves).decode()

    @property
    def empty(self) -> bool:
        """Whether nothing was measured at all."""
        return not any(value for curve in self.curves for value in curve.values)

    def path(self, curve: Curve) -> str:
        """A curve as the path of an SVG of `WIDTH` by `HEIGHT`."""
        times = [at for each in self.curves for at in each.times]
        since, span = min(times, default=0.0), max(times, default=0.0) - min(times, default=0.0)
        if curve.shape == "bars" and times:
            span += HOUR_S  # a bar stands for the hour that begins at its time
        if not span:
            return ""
        top = curve.most * 1.05 or 1.0
        places = [
            (round((at - since) / span * WIDTH, 1), round(HEIGHT - max(value, 0.0) / top * HEIGHT, 1))
            for at, value in zip(curve.times, curve.values, strict=True)
        ]
        if curve.shape == "bars":
            width = round(HOUR_S / span * WIDTH * 0.7, 1)
            return "".join(f"M{x} {HEIGHT}V{y}h{width}V{HEIGHT}Z" for x, y in places)
        line = "L".join(f"{x} {y}" for x, y in places)
        return f"M{line}L{places[-1][0]} {HEIGHT}L{places[0][0]} {HEIGHT}Z" if curve.shape == "area" else f"M{line}"


def power(name: str, points: Sequence[Point], summary: str) -> Chart:
    """Power in kW over time."""
    return Chart(name=name, summary=summary, curves=(_curve("Power", points, "kW"),))


def energy_by_hour(name: str, hours: Sequence[EnergyHour], summary: str) -> Chart:
    """Energy of each hour in kWh; what was given back beside it, where anything was."""
    taken = _bars(hours, [each.energy_wh for each in hours], label="Energy", tone="energy")
    given_back = _bars(hours, [each.exported_wh for each in hours], label="Given back", tone="exported")
    return Chart(name=name, summary=summary, curves=(taken, given_back) if given_back.most else (taken,))


def _bars(hours: Sequence[EnergyHour], energies_wh: Sequence[Decimal], *, label: str, tone: str) -> Curve:
    return Curve(
        label=label,
        unit="kWh",
        tone=tone,
        shape="bars",
        times=tuple(each.hour.timestamp() for each in hours),
        values=tuple(round(float(energy_wh) / 1000, 3) for energy_wh in energies_wh),
    )


def session(series: SessionSeries, summary: str) -> Chart:
    """A session's power and energy in both directions, and its state of charge; those that were measured."""
    curves = (
        _curve("Power", series.power_w, "kW"),
        _curve("Energy", series.energy_wh, "kWh", tone="energy", shape="line"),
        _curve("Power given back", series.export_power_w, "kW", tone="exported"),
        _curve("Given back", series.exported_wh, "kWh", tone="exported", shape="line"),
        _curve("State of charge", series.soc_percent, "%", tone="soc", shape="line"),
    )
    shown = (curve for curve in curves if curve.times and (curve.tone != "exported" or curve.most))
    return Chart(name="session", summary=summary, curves=tuple(shown))


def _curve(label: str, points: Sequence[Point], unit: str, *, tone: str = "power", shape: Shape = "area") -> Curve:
    scale = 1.0 if unit == "%" else 1000.0
    return Curve(
        label=label,
        unit=unit,
        tone=tone,
        shape=shape,
        times=tuple(point.at.timestamp() for point in points),
        values=tuple(round(point.value / scale, 4) for point in points),
    )


def window(until: dt.datetime, hours: int) -> tuple[dt.datetime, dt.datetime]:
    """The last so many hours."""
    return until - dt.timedelta(hours=hours), until
