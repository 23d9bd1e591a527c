"""The limit in a composite schedule, in the forms in which stations tell it."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from services.energy.sensing.answers import schedule_a
from services.energy.sensing.places import Spot

SPOTS = (Spot("depot", 1, 3, Decimal(230)), Spot("depot", 2, 1, Decimal(230)))


def schedule(limit: Any, unit: str = "A", **changes: Any) -> dict[str, Any]:
    return {"chargingRateUnit": unit, "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit} | changes]}


@pytest.mark.parametrize(
    ("response", "amps"),
    [
        ({"schedule": schedule(13.5) | {"evseId": 1}}, "13.5"),
        ({"connectorId": 1, "chargingSchedule": schedule(16)}, "16"),
        ({"schedule": schedule(11_040, "W") | {"evseId": 1}}, "16"),
        ({"schedule": schedule(3_680, "W") | {"evseId": 2}}, "16"),
        ({"connectorId": 1, "chargingSchedule": schedule(3_680, "W", numberPhases=1)}, "16"),
        ({"schedule": schedule(3_680, "W") | {"evseId": 9}}, None),
        ({"schedule": schedule("much")}, None),
        ({"schedule": schedule(-1)}, None),
        ({"schedule": {"chargingSchedulePeriod": []}}, None),
        ({"schedule": [1]}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_first_period_is_what_holds_now(response: Any, amps: str | None) -> None:
    found = schedule_a(msgspec.Raw(msgspec.json.encode(response)), SPOTS)

    assert found == (None if amps is None else Decimal(amps))
