"""Answers: what became of the commands by which a site limits its EVSEs, and the limit in a composite schedule that was read back. PURE."""

from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from schemas.base import derived_id
from schemas.commands import CommandSettled
from schemas.energy import LimitAnswered
from schemas.profilecommands import ClearChargingProfile, GetCompositeSchedule, SetChargingProfile
from services.energy.sensing.places import Spot

PASSED_ON = frozenset(
    each.__struct_config__.tag for each in (SetChargingProfile, ClearChargingProfile, GetCompositeSchedule)
)
"""Commands by which a site limits its EVSEs; `energy` knows which of them are its own, by their ids."""

REMEMBERED = 16
"""So many outcomes of one station are known to have been passed on."""


def limit_answered(settled: CommandSettled, site: str, spots: tuple[Spot, ...]) -> LimitAnswered:
    """The outcome, for one site."""
    return LimitAnswered(
        id=derived_id(settled.id, "site", site),
        site=site,
        station=settled.station,
        command_id=settled.command_id,
        outcome=settled.outcome,
        detail=settled.detail or settled.error_code,
        schedule_a=None if settled.outcome != "accepted" else schedule_a(settled.response, spots),
        sent=settled.sent,
        at=settled.settled_at,
    )


def schedule_a(response: msgspec.Raw, spots: tuple[Spot, ...]) -> Decimal | None:
    """What the EVSE allows now by a station's composite schedule, in A for each phase; None where it has none that can be read.

    Either the schedule says all of itself (K08), or it stands beside its EVSE (1.6, 6.22).
    """
    told = msgspec.json.decode(response)
    whole = (told.get("schedule") or told.get("chargingSchedule")) if isinstance(told, dict) else None
    if not isinstance(whole, dict):
        return None
    periods = whole.get("chargingSchedulePeriod")
    if not periods or not isinstance(periods, list) or not isinstance(periods[0], dict):
        return None
    limit = _number(periods[0].get("limit"))
    if limit is None or whole.get("chargingRateUnit") == "A":
        return limit
    evse = whole.get("evseId", told.get("connectorId"))
    spot = next((one for one in spots if one.evse == evse), None)
    if spot is None:
        return None
    phases = min(periods[0].get("numberPhases") or 3, spot.phases)
    return (limit / (spot.volts * phases)).quantize(Decimal("0.1"))


def _number(told: Any) -> Decimal | None:
    try:
        number = Decimal(str(told))
    except InvalidOperation:
        return None
    return number if number.is_finite() and number >= 0 else None
