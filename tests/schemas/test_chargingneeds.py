"""Needs of EVs: by what an EV tells it is known which ISO 15118 it speaks."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.chargingneeds import ChargingNeedsReported
from schemas.examples import example


@pytest.mark.usecase("K18.FR.06", "K19.FR.06")
@pytest.mark.parametrize(
    ("changes", "by_iso_20"),
    [
        ({"parameters": {"dcChargingParameters.evMaxCurrent": 200}}, False),
        ({"parameters": {"v2xChargingParameters.targetSoC": 80}}, True),
        ({"parameters": {}, "control_mode": "DynamicControl"}, True),
    ],
)
def test_an_ev_of_iso_15118_20_tells_parameters_of_v2x_or_how_it_is_controlled(
    changes: dict[str, Any], by_iso_20: bool
) -> None:
    told = replace(example(ChargingNeedsReported), control_mode="")

    assert replace(told, **changes).by_iso_20 is by_iso_20
