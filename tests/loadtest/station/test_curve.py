"""Power curves and registers."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from loadtest.ocpp.messages import BEGIN
from loadtest.station.curve import (
    AC_1,
    AC_3,
    DC_150,
    TAPER_END_SHARE,
    Charged,
    Curve,
    Meter,
    advance,
    full,
    gives_back,
    power_w,
    register_wh,
    soc_percent,
)

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)

curves = st.builds(
    Curve,
    peak_w=st.integers(1_000, 350_000),
    battery_wh=st.integers(300, 100_000),
    soc_start_percent=st.floats(0, 70),
    soc_target_percent=st.floats(71, 100),
)


def curve(**other: float) -> Curve:
    return Curve(
        **({"peak_w": 11_040, "battery_wh": 2_000, "soc_start_percent": 20.0, "soc_target_percent": 100.0} | other)
    )


@given(curves, st.integers(0, 10**10), st.lists(st.integers(1, 40), max_size=12))
def test_the_register_never_falls_and_counts_each_second_exactly_however_time_is_cut(curve, start_ws, steps):
    charged, registers = Charged(), [register_wh(start_ws, Charged())]
    for seconds in steps:
        charged = advance(curve, charged, seconds)
        registers.append(register_wh(start_ws, charged))

    assert registers == sorted(registers)
    assert charged == advance(curve, Charged(), sum(steps))


def test_the_energy_is_the_sum_of_the_power_of_every_second():
    charged, total_ws = Charged(), 0
    for _ in range(400):
        total_ws += power_w(curve(), charged)
        charged = advance(curve(), charged, 1)

    assert charged.delivered_ws == total_ws
    assert register_wh(7, charged) == (7 + total_ws) // 3_600


def test_power_ramps_up_then_stays_then_tapers_above_eighty_percent():
    begun, steady = Charged(), advance(curve(), Charged(), 60)
    at_90 = Charged(1_000, 2_000 * 36 * 70)

    assert 0 < power_w(curve(), begun) < 1_000
    assert power_w(curve(), steady) == 11_040
    assert soc_percent(curve(), at_90) == 90.0
    assert power_w(curve(), at_90) == int(11_040 * (1 + TAPER_END_SHARE) / 2)


def test_a_full_car_draws_nothing_and_its_register_stands():
    charged = advance(curve(soc_target_percent=30.0), Charged(), 3_600)

    assert full(curve(soc_target_percent=30.0), charged)
    assert power_w(curve(soc_target_percent=30.0), charged) == 0
    assert charged.delivered_ws == advance(curve(soc_target_percent=30.0), charged, 60).delivered_ws


def test_a_limit_caps_the_power_and_the_energy():
    charged = advance(curve(), Charged(), 100, limit_w=1_000)

    assert power_w(curve(), charged, limit_w=1_000) == 1_000
    assert charged.delivered_ws <= 100_000


def test_the_next_car_finds_the_register_where_the_last_one_left_it():
    meter = Meter(outlet=AC_3, start_ws=3_599)
    charged = advance(curve(), Charged(), 77)
    left = meter.sample(curve(), charged, at=AT)

    assert meter.after(charged).sample(curve(), Charged(), at=AT, context=BEGIN).register_wh == left.register_wh


def test_current_times_voltage_times_phases_is_the_power():
    for outlet in (AC_1, AC_3):
        seen = Meter(outlet=outlet).sample(curve(peak_w=outlet.peak_w), Charged(50, 0), at=AT)
        product = Decimal(str(seen.current_a)) * Decimal(str(seen.voltage_v)) * outlet.phases

        assert abs(product - seen.power_w) < seen.power_w * Decimal("0.01")


def test_only_dc_outlets_know_the_state_of_charge():
    assert Meter(outlet=AC_3).sample(curve(), Charged(), at=AT).soc_percent is None
    assert Meter(outlet=DC_150).sample(curve(), Charged(), at=AT).soc_percent == 20.0


def test_a_car_that_gives_energy_back_takes_it_again_until_it_is_full():
    v2g = curve(returns_wh=400, returns_w=5_000, returns_from_percent=50.0)
    charged, turns, meter = Charged(), [], Meter(outlet=DC_150, start_ws=0)
    while not full(v2g, charged):
        gives, before = gives_back(v2g, charged), charged
        charged = advance(v2g, charged, 1)
        assert (charged.returned_ws > before.returned_ws) == gives
        assert (charged.delivered_ws > before.delivered_ws) != gives
        if not turns or turns[-1] != gives:
            turns.append(gives)

    assert turns == [False, True, False]
    assert 400 <= charged.returned_ws / 3_600 < 402
    assert soc_percent(v2g, charged) == 100.0
    assert meter.sample(v2g, charged, at=AT).exported_wh == charged.returned_ws // 3_600
    assert meter.after(charged).sample(v2g, Charged(), at=AT).exported_wh == charged.returned_ws // 3_600


def test_a_car_that_gives_nothing_back_has_no_register_for_it():
    sample = Meter(outlet=DC_150).sample(curve(), Charged(), at=AT)

    assert (sample.exported_wh, sample.export_power_w) == (None, 0)
