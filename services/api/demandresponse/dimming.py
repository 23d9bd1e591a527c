"""Dimming: what a grid operator may order by par. 14a EnWG, and has to leave (BNetzA BK6-22-300, annex 1, 4.5). PURE.

A charging point that is not public is a controllable device. Controlled directly, each has 4.2 kW at least. Several behind one connection
that an energy management controls together have P = 4.2 kW + (n - 1) * g * 4.2 kW, with a factor g for n of them. The terms for heat pumps
and cooling above 11 kW are left out: none of them is a charging point.
"""

from decimal import Decimal

DEVICE_W = Decimal(4_200)
FACTORS = (
    Decimal(1),
    *(Decimal(text) for text in ("0.80", "0.75", "0.70", "0.65", "0.60", "0.55", "0.50")),
    Decimal("0.45"),
)
"""For 1, 2, ... 8 and for 9 and more devices."""


def least_w(devices: int, control: str) -> Decimal:
    """What so many devices behind one connection have to have together, in W."""
    if control == "direct":
        return devices * DEVICE_W
    factor = FACTORS[min(devices, len(FACTORS)) - 1]
    return DEVICE_W + (devices - 1) * factor * DEVICE_W
