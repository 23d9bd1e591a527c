"""Standing: a station can be asked for something where it is connected, or provisioned and not removed since."""

from typing import Any

import pytest

from schemas.stations import StationProvisioned, StationRemoved
from services.api.commands.standing import Standing, standing_in_history, standing_now
from services.api.stations.views import station_row
from tests.services.api.builders import a_state
from tests.services.fleet import NOON

PROVISIONED = StationProvisioned(station="DE-BER-0001", provisioned_at=NOON)
REMOVED = StationRemoved(station="DE-BER-0001", removed_at=NOON)
GONE = {"connected": False, "removed": True}


@pytest.mark.parametrize(
    ("state", "reference", "standing"),
    [
        ({}, None, Standing("1.6")),
        ({}, REMOVED, Standing("1.6")),
        ({"connected": False}, PROVISIONED, Standing("1.6")),
        ({"connected": False}, None, Standing("1.6")),
        ({"connected": False}, REMOVED, None),
        (GONE, None, None),
        (GONE, PROVISIONED, Standing("1.6")),
    ],
)
def test_by_its_newest_state_and_its_provisioning_and_the_same_in_the_history(
    state: dict[str, Any], reference: Any, standing: Standing | None
) -> None:
    assert standing_now(a_state(**state), reference) == standing
    assert standing_in_history(station_row(a_state(**state)), reference) == standing


def test_a_station_that_never_connected_can_be_asked_once_it_is_provisioned() -> None:
    assert standing_now(None, PROVISIONED) == Standing(None)
    assert standing_now(None, None) is None
    assert standing_now(None, REMOVED) is None
