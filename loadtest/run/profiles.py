"""Charging profiles as lean stations understand them: the limit that holds at first."""

from typing import Any

import msgspec

VOLTS, PHASES = 230.0, 3


def limit_in(payload: bytes) -> float | None:
    """What a SetChargingProfile of any version allows the station at first, in W; None where it says nothing of it."""
    request: dict[str, Any] = msgspec.json.decode(payload)
    profile = request.get("chargingProfile") or request.get("csChargingProfiles") or {}
    given: Any = profile.get("chargingSchedule") or {}
    schedule: dict[str, Any] = given[0] if isinstance(given, list) else given
    periods = schedule.get("chargingSchedulePeriod")
    if not periods:
        return None
    limit = float(periods[0]["limit"])
    return limit if schedule.get("chargingRateUnit") == "W" else limit * VOLTS * PHASES
