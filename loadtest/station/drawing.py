"""Drawing: what the car at an EVSE may draw by profiles and others, and what it draws, told to whoever keeps a ledger of it."""

from collections.abc import Callable
from datetime import datetime

from loadtest.station.curve import AC_VOLTAGE_V, Charged, Curve, Meter, power_w
from loadtest.station.limiting import LEAST_A

Drawn = Callable[[int, tuple[float, ...], datetime], None]
"""An EVSE draws so much in each of its phases from a moment on."""

TOLD_FROM_A = 0.05
"""Smaller changes are not told."""


class Drawing:
    """The load of one EVSE. `others_w`: what others than the CSMS allow it now."""

    def __init__(self, evse: int, drawn: Drawn | None) -> None:
        self.others_w: int | None = None
        self._evse = evse
        self._drawn = drawn
        self._told = (0.0, 0.0, 0.0)

    def cap_w(self, meter: Meter, curve: Curve, amps: float | None) -> int | None:
        """The power that so many amperes in each phase and the others allow; AC below its least current: nothing."""
        caps = [] if self.others_w is None else [self.others_w]
        loaded = meter.loaded(curve)
        if amps is not None:
            caps.append(0 if loaded and amps < LEAST_A else int(amps * AC_VOLTAGE_V * (loaded or 3)))
        return min(caps, default=None)

    def tell(self, meter: Meter, curve: Curve, charged: Charged, *, limit_w: int | None, at: datetime) -> None:
        """The car draws what it does now, where that has changed."""
        if self._drawn is None:
            return
        amps = meter.current_a(curve, power_w(curve, charged, limit_w=limit_w))
        loaded = meter.loaded(curve) or 3
        self._say(tuple(amps if number < loaded else 0.0 for number in range(3)), at)

    def nothing(self, at: datetime) -> None:
        """The car draws nothing any more."""
        if self._drawn is not None:
            self._say((0.0, 0.0, 0.0), at)

    def _say(self, amps: tuple[float, ...], at: datetime) -> None:
        assert self._drawn is not None
        changed = max(abs(new - old) for new, old in zip(amps, self._told, strict=True))
        if changed >= TOLD_FROM_A or (not any(amps) and any(self._told)):
            self._told = amps  # type: ignore[assignment]
            self._drawn(self._evse, amps, at)
