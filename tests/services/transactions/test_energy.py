"""What a session's readings add up to, told through the session."""

from decimal import Decimal

import pytest

from schemas.anomalies import Anomaly
from tests.services.transactions.records import (
    Station,
    ended,
    meter,
    metered,
    number_of,
    sample,
    start_16,
    started,
    stop_16,
    updated,
)


def begin(value):
    return sample(value, context="Transaction.Begin")


def end(value):
    return sample(value, context="Transaction.End")


def charged(*values, **overrides):
    """A 2.x session: readings at their minutes in Updated events, ended at minute 120."""
    events = [
        updated(f"u{i}", seq_no=i + 1, minutes=minute, meter_values=(meter(minute, *samples),))
        for i, (minute, *samples) in enumerate(values)
    ]
    return Station(
        started(meter_values=overrides.get("first", ())),
        *events,
        ended(minutes=120, seq_no=len(values) + 1, **overrides.get("last", {})),
    )


def test_energy_is_the_difference_of_meter_start_and_meter_stop():
    station = Station(start_16(meter_wh=Decimal("1000")))
    station.tells(stop_16(transaction_id=number_of(station), meter_wh=Decimal("6500")))

    session = station.session
    assert (session.meter_start_wh, session.meter_stop_wh, session.energy_wh) == (1000, 6500, 5500)
    assert session.anomalies == ()


def test_energy_is_the_difference_of_the_begin_and_end_readings():
    station = Station(
        started(meter_values=(meter(0, begin("1.5")),)),
        updated(meter_values=(meter(5, "2500"),)),
        ended(meter_values=(meter(30, end("7.25")),)),
    )

    assert station.session.energy_wh == Decimal("5.75")


def test_without_begin_and_end_the_first_and_the_last_reading_count():
    session = charged((5, "1000"), (10, "1500"), (60, "9000")).session

    assert (session.meter_start_wh, session.meter_stop_wh, session.energy_wh) == (1000, 9000, 8000)


def test_no_energy_reading_at_all_leaves_the_energy_absent_not_zero():
    station = Station(started(), updated(meter_values=(meter(5, sample("11", measurand="Current.Import")),)), ended())

    assert station.session.energy_wh is None


def test_one_reading_alone_tells_no_energy():
    assert charged((5, "1000")).session.energy_wh is None


def test_a_session_that_took_nothing_has_zero_energy():
    station = Station(started(meter_values=(meter(0, begin("1000")),)), ended(meter_values=(meter(30, end("1000")),)))

    assert station.session.energy_wh == 0


def test_meter_values_without_energy_never_reset_the_total():
    station = Station(started(meter_values=(meter(0, begin("1000")),)), updated(meter_values=(meter(5, "3000"),)))
    station.tells(updated("m9", seq_no=2, minutes=6, meter_values=(meter(6, sample("230", measurand="Voltage")),)))

    assert station.session.energy_wh == 2000


def test_an_offline_begin_of_0_before_the_odometer_is_not_billed_as_910_kwh():
    station = charged(
        (10, "910000"),
        (20, "910050"),
        first=(meter(0, begin("0")),),
        last={"meter_values": (meter(120, end("910083")),)},
    )

    session = station.session
    assert (session.meter_start_wh, session.energy_wh) == (910_000, 83)
    assert session.anomalies == (Anomaly.BEGIN_NOT_BELIEVED,)


def test_an_offline_begin_of_0_long_before_the_odometer_is_not_believed_either():
    station = Station(
        started(meter_values=(meter(0, begin("0")),), offline=True),
        updated(minutes=1000, meter_values=(meter(1000, "910000"),)),
        ended(minutes=1005, meter_values=(meter(1005, end("910083")),)),
    )

    assert station.session.energy_wh == 83


def test_a_begin_of_0_and_an_odometer_at_the_end_with_nothing_between_tell_no_energy():
    station = Station(start_16(meter_wh=Decimal(0)))
    station.tells(stop_16(transaction_id=number_of(station), meter_wh=Decimal(910_083)))

    session = station.session
    assert (session.meter_start_wh, session.meter_stop_wh, session.energy_wh) == (None, 910_083, None)
    assert Anomaly.BEGIN_NOT_BELIEVED in session.anomalies


def test_a_register_that_starts_at_0_with_each_session_is_believed():
    session = charged((5, "900"), (60, "10000"), first=(meter(0, begin("0")),)).session

    assert (session.energy_wh, session.anomalies) == (10_000, ())


def test_a_truck_whose_register_starts_at_0_is_believed_after_an_hour_offline():
    session = charged((60, "350000"), (90, "525000"), first=(meter(0, begin("0")),)).session

    assert (session.energy_wh, session.anomalies) == (525_000, ())


def test_the_same_measurand_with_two_contexts_in_one_meter_value_counts_by_context():
    session = charged((5, "5000", begin("0")), (10, "6000", begin("0")), first=(meter(0, begin("4000")),)).session

    assert (session.meter_start_wh, session.energy_wh) == (4000, 2000)


def test_a_begin_of_0_repeated_beside_each_reading_does_not_make_the_session_0_kwh():
    session = charged((5, "5000", begin("0")), (10, "6000", begin("0"))).session

    assert session.energy_wh == 6000


def test_a_register_reset_within_the_session_adds_what_was_charged_before_and_after():
    session = charged((5, "1000"), (30, "5000"), (31, "0"), (50, "2000"), (60, "6000")).session

    assert session.energy_wh == 10_000
    assert session.anomalies == (Anomaly.REGISTER_RESET,)


def test_a_single_reading_of_0_in_between_does_not_count():
    session = charged((5, "1000"), (30, "5000"), (31, "0"), (32, "5100"), (60, "6000")).session

    assert session.energy_wh == 5000
    assert session.anomalies == (Anomaly.REGISTER_DIP,)


def test_a_register_that_runs_backwards_within_the_session_is_billed_by_its_ends():
    session = charged((5, "1000"), (30, "5000"), (31, "3000"), (60, "4000")).session

    assert session.energy_wh == 3000
    assert session.anomalies == (Anomaly.REGISTER_BACKWARDS,)


def test_a_meter_stop_below_the_meter_start_never_gives_negative_energy():
    station = Station(start_16(meter_wh=Decimal(1000)))
    station.tells(stop_16(transaction_id=number_of(station), meter_wh=Decimal(0)))

    assert station.session.energy_wh is None
    assert station.session.anomalies == (Anomaly.REGISTER_RESET,)


def test_a_meter_stop_of_0_behind_good_readings_leaves_what_they_told():
    station = Station(start_16(meter_wh=Decimal(1000)))
    number = number_of(station)
    station.tells(metered(meter(10, "3000"), transaction_id=number))
    station.tells(stop_16(transaction_id=number, meter_wh=Decimal(0)))

    assert station.session.energy_wh == 2000
    assert station.session.anomalies == (Anomaly.REGISTER_RESET,)


def test_a_register_that_was_rounded_down_before_its_reset_never_gives_negative_energy():
    station = charged((0, "102"), (1, "101"), last={"meter_values": (meter(120, end("0")),)})

    assert station.session.energy_wh == 0
    assert Anomaly.REGISTER_RESET in station.session.anomalies


def test_a_meter_stop_rounded_below_the_last_reading_is_no_anomaly():
    station = Station(start_16(meter_wh=Decimal(1000)))
    number = number_of(station)
    station.tells(metered(meter(10, sample("3.0505", unit="kWh")), transaction_id=number))
    station.tells(stop_16(transaction_id=number, meter_wh=Decimal(3050)))

    assert (station.session.energy_wh, station.session.anomalies) == (2050, ())


def test_a_register_that_jumps_beyond_any_power_is_quarantined_with_its_reason():
    station = charged((5, "1000"), (10, "99000000"), (15, "2000"))

    assert station.quarantined == ["impossible-jump"]
    assert station.registers == [1000, 2000]
    assert station.session.energy_wh == 1000
    assert station.session.anomalies == (Anomaly.QUARANTINED,)


def test_a_register_that_jumped_and_counts_on_is_believed_again_but_its_jump_does_not_count():
    station = charged((5, "1000"), (10, "2000"), (15, "99000000"), (20, "99001000"), (25, "99002000"))

    assert station.registers == [1000, 2000, 99_001_000, 99_002_000]
    assert station.session.energy_wh == 2000
    assert set(station.session.anomalies) == {Anomaly.QUARANTINED, Anomaly.REGISTER_JUMP}


def test_an_impossible_meter_stop_is_quarantined_and_the_readings_count():
    station = Station(start_16(meter_wh=Decimal(1000)))
    number = number_of(station)
    station.tells(metered(meter(10, "3000"), transaction_id=number))
    station.tells(stop_16(transaction_id=number, meter_wh=Decimal(4_294_967_295)))

    assert station.quarantined == ["impossible-jump"]
    assert (station.session.energy_wh, station.session.status) == (2000, "ended")


def test_a_first_reading_out_of_reach_does_not_spoil_those_that_follow():
    session = charged((5, "99000000"), (10, "1000"), (20, "2000"), first=(meter(0, begin("0")),)).session

    assert session.energy_wh == 2000
    assert Anomaly.REGISTER_JUMP in session.anomalies


def test_intervals_are_summed_where_there_is_no_register():
    def interval(value):
        return sample(value, measurand="Energy.Active.Import.Interval")

    assert charged((15, interval("500")), (30, interval("700.5"))).session.energy_wh == Decimal("1200.5")


def test_an_interval_repeated_in_another_message_counts_once():
    interval = sample("500", measurand="Energy.Active.Import.Interval")
    station = charged((15, interval), last={"meter_values": (meter(15, interval), meter(30, interval))})

    assert station.session.energy_wh == 1000


def test_clock_aligned_intervals_do_not_double_the_sampled_ones():
    def interval(value, context):
        return sample(value, measurand="Energy.Active.Import.Interval", context=context)

    session = charged((15, interval("500", "Sample.Clock")), (16, interval("510", "Sample.Periodic"))).session

    assert session.energy_wh == 510


def test_intervals_beside_a_register_do_not_count():
    interval = sample("500", measurand="Energy.Active.Import.Interval")

    assert charged((15, "1000", interval), (30, "1400", interval)).session.energy_wh == 400


def test_intervals_older_than_memory_are_recorded_but_not_added():
    def interval(minute):
        return (minute, sample("1", measurand="Energy.Active.Import.Interval"))

    station = charged(*(interval(minute) for minute in range(10, 260)))
    station.tells(updated("late", seq_no=500, minutes=5, meter_values=(meter(*interval(5)),)))

    assert station.session.energy_wh == 250
    assert Anomaly.INTERVAL_LATE in station.session.anomalies
    assert len(station.readings) == 251


def test_the_outlet_counts_where_a_station_also_measures_at_its_inlet():
    session = charged(
        (5, sample("1000", location="Inlet"), sample("500")), (10, sample("3000", location="Inlet"), sample("900"))
    ).session

    assert session.energy_wh == 400


def test_phases_alone_make_the_energy():
    session = charged(
        (5, sample("100", phase="L1"), sample("100", phase="L2")),
        (10, sample("300", phase="L1"), sample("400", phase="L2")),
    ).session

    assert session.energy_wh == 500


def test_a_late_reading_from_before_all_others_moves_the_start():
    session = charged((30, "5000"), (60, "6000"), (5, "1000")).session

    assert (session.meter_start_wh, session.energy_wh) == (1000, 5000)


def test_a_register_that_turns_too_often_is_called_erratic():
    values = [(5 + i, "9000" if i % 2 else "1000") for i in range(41)]

    session = charged(*((m, str(int(v) - 150 * m)) for m, v in values)).session

    assert Anomaly.REGISTER_ERRATIC in session.anomalies
    assert session.energy_wh is None or session.energy_wh >= 0


@pytest.mark.parametrize("unit", ["Wh", "kWh"])
def test_units_do_not_change_the_energy(unit):
    factor = 1 if unit == "Wh" else 1000
    session = charged(
        (5, sample(Decimal(1000) / factor, unit=unit)), (10, sample(Decimal(4500) / factor, unit=unit))
    ).session

    assert session.energy_wh == 3500


def test_power_and_state_of_charge_are_those_of_the_newest_meter_value_not_of_the_last_heard():
    power, soc = "Power.Active.Import", "SoC"
    newer = meter(30, sample("7.4", measurand=power, unit="kW"), sample("60", measurand=soc))
    older = meter(10, sample("11", measurand=power, unit="kW"), sample("40", measurand=soc))
    station = Station(started(), updated("u1", meter_values=(newer,)), updated("u2", meter_values=(older,)))

    assert (station.session.power_w, station.session.soc_percent) == (7400, 60)


def test_a_session_that_is_over_takes_no_power():
    session = charged((30, sample("7.4", measurand="Power.Active.Import", unit="kW"))).session

    assert (session.status, session.power_w) == ("ended", None)


def test_a_begin_told_beside_a_later_reading_is_of_the_start_of_the_session():
    session = charged((60, "50000", begin("0")), (90, "60000", begin("0"))).session

    assert (session.energy_wh, session.anomalies) == (60_000, ())


def test_intervals_beside_a_register_take_no_memory():
    interval = sample("500", measurand="Energy.Active.Import.Interval")
    station = charged((5, "1000", interval), (15, "1400", interval), (30, "1900", interval))

    (session,) = station.state.sessions
    assert session.energy.interval_times == ()


@pytest.mark.parametrize(
    ("readings", "energy", "odd"),
    [
        (("9999900", "12"), 112, ("register-rollover",)),
        (("9999900", "9999990", "12", "500"), 600, ("register-rollover",)),
        (("999999900", "40"), 140, ("register-rollover",)),
        (("9999900", "9000"), 9100, ("register-rollover",)),
        (("5000000", "5000400", "10", "200"), 590, ("register-reset",)),
    ],
    ids=["of 7 digits", "with readings between", "of 9 digits", "with much charged", "a reset in the middle"],
)
def test_a_register_that_runs_past_its_last_digit_counts_on_and_one_that_is_reset_counts_what_is_known(
    readings, energy, odd
):
    station = charged(*((10 * number + 10, value) for number, value in enumerate(readings)))

    assert (station.session.energy_wh, station.session.anomalies) == (energy, odd)


def test_a_1_6_register_that_runs_past_its_last_digit_counts_on():
    station = Station(start_16(meter_wh=Decimal(9_999_950)))
    station.tells(stop_16(transaction_id=number_of(station), meter_wh=Decimal(12)))

    assert (station.session.energy_wh, station.session.anomalies) == (62, ("register-rollover",))
