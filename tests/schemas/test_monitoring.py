"""Monitoring: a part of a report counts its monitors, and a monitor's value keeps its digits."""

from decimal import Decimal

import msgspec
import pytest

from schemas.examples import example
from schemas.monitoring import Monitor, MonitorsReported, SetMonitoringLevel, SetVariableMonitoring


def test_a_part_counts_its_monitors() -> None:
    part = example(MonitorsReported)

    assert msgspec.structs.replace(part, monitors=part.monitors * 3).size == 3


def test_a_value_keeps_its_digits_on_its_way() -> None:
    monitor = Monitor(component="C", variable="V", type="Delta", value=Decimal("0.10"))
    command = SetVariableMonitoring(monitors=(monitor,))

    again = msgspec.json.decode(msgspec.json.encode(command), type=SetVariableMonitoring)

    assert str(again.monitors[0].value) == "0.10"


@pytest.mark.parametrize("severity", [-1, 10])
def test_a_severity_is_0_to_9(severity: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"command": "SetMonitoringLevel", "severity": severity}, SetMonitoringLevel)
