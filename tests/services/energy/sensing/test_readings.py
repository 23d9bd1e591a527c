"""Currents by phase, from whatever a station tells."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.energy.sensing.readings import joined, shown
from tests.services.energy.sensing.records import currents, reading
from tests.services.moments import at

VOLTS = Decimal(230)


def amps(*readings, phases: int = 3, volts: Decimal = VOLTS):
    now = shown(joined({}, readings), phases=phases, volts=volts)
    return None if now is None else [float(each) for each in now.amps.values()]


@pytest.mark.parametrize(
    ("readings", "phases", "expected"),
    [
        (currents(1, 16, 15, 0), 3, [16, 15, 0]),
        (currents(1, 16, 15, 0), 1, [16]),
        ([reading(1, "Power.Active.Import", 11_040)], 3, [16, 16, 16]),
        ([reading(1, "Power.Active.Import", 3_680)], 1, [16]),
        ([reading(1, "Power.Active.Import", 2_300, "L1"), reading(1, "Power.Active.Import", 0, "L2")], 3, [10, 0]),
        ([reading(1, "Power.Active.Import", 2_400), reading(1, "Voltage", 240)], 1, [10]),
        ([reading(1, "Power.Active.Import", 11_040), reading(1, "Voltage", 400)], 3, [16, 16, 16]),
        ([reading(1, "Current.Import", 48)], 3, [16, 16, 16]),
        ([reading(1, "Current.Import", 16)], 1, [16]),
        ([reading(1, "Voltage", 230)], 3, None),
        ([], 3, None),
    ],
)
def test_currents_are_those_of_the_phases_else_by_power_and_voltage_else_a_share_of_all(
    readings, phases, expected
) -> None:
    assert amps(*readings, phases=phases) == expected


def test_power_counts_where_the_current_is_older() -> None:
    assert amps(*currents(1, 16, 16, 16), reading(9, "Power.Active.Import", 6_900)) == [10, 10, 10]


def test_what_was_measured_before_is_not_shown() -> None:
    assert shown(joined({}, currents(1, 16)), phases=1, volts=VOLTS, since=at(2)) is None


def test_a_meter_before_the_station_counts_first_for_a_site() -> None:
    both = (reading(1, "Current.Import", 5, "L1"), reading(1, "Current.Import", 3, "L1", location="Upstream"))

    assert [float(joined({}, both, upstream=up)["A L1"].value) for up in (False, True)] == [5, 3]


some = st.lists(
    st.builds(
        lambda seconds, kind, value, phase, location: reading(seconds, kind, value, phase, location=location),
        st.integers(1, 4),
        st.sampled_from(("Current.Import", "Power.Active.Import", "Voltage", "Frequency")),
        st.integers(0, 300),
        st.sampled_from(("", "L1", "L2", "L3", "L1-N", "N", "L1-L2")),
        st.sampled_from(("Outlet", "Inlet", "EV")),
    ),
    max_size=8,
)


@given(some, some)
def test_readings_join_in_any_order_and_any_number_of_times(one, other) -> None:
    together = joined(joined({}, one), other)

    assert joined(joined({}, other), one) == together
    assert joined(together, [*one, *other]) == together
