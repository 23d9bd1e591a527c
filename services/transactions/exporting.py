"""Exporting: the energy that a vehicle gives back in a session (V2X, 2.1 part 2, Q; 1.6 stations may measure it too). PURE.

It has an account of its own, kept and measured as that of the energy taken: neither is ever taken off the other.
"""

from typing import Any

from schemas.anomalies import Anomaly
from schemas.base import Timestamp
from schemas.quantities import POWER_EXPORT, POWER_IMPORT, Reading
from schemas.states.transactions import EnergyAccount, Point, SessionState
from services.transactions.energy import measure

EXPORT = "Energy.Active.Export."
NOTHING = EnergyAccount()

FLOWS = {POWER_IMPORT: "power", POWER_EXPORT: "export_power"}
"""The members of a session that have its newest power, by measurand."""


def account_of(reading: Reading) -> str:
    """The member of a session that has the account to which a reading of energy belongs."""
    return "exported" if reading.measurand.startswith(EXPORT) else "energy"


def exported(session: SessionState, began: Timestamp, odd: set[str], *, active: bool) -> dict[str, Any]:
    """What the session's snapshot has of the energy given back; anomalies of its register are added to `odd`."""
    power = session.export_power
    if session.exported == NOTHING and power is None:
        return {}
    energy = measure(session.exported, began)
    if energy.anomalies:
        odd.add(Anomaly.EXPORT_REGISTER_ODD)
    return {
        "export_start_wh": energy.start_wh,
        "export_stop_wh": energy.stop_wh,
        "exported_wh": energy.energy_wh,
        "export_power_w": power.value if power is not None and active else None,
    }


def flows(session: SessionState) -> bool:
    """Whether power flows, in either direction, by the newest readings."""
    powers: tuple[Point | None, ...] = (session.power, session.export_power)
    return any(power is not None and power.value > 0 for power in powers)
