"""What stations sample, and the readings it becomes."""

from decimal import Decimal

import pytest

from schemas.quantities import ENERGY_IMPORT
from services.transactions.meter import normalise
from tests.services.transactions.records import after, meter, sample


def values(*samples):
    return [(r.value, r.unit, r.phase) for r in normalise((meter(0, *samples),)).readings]


@pytest.mark.parametrize(
    ("written", "value", "unit"),
    [
        (sample("1234"), "1234", "Wh"),
        (sample("1.234", unit="kWh"), "1234", "Wh"),
        (sample("1.234", unit="KWH"), "1234", "Wh"),
        (sample("12", multiplier=3, unit="Wh"), "12000", "Wh"),
        (sample("12", multiplier=3), "12000", "Wh"),
        (sample("12345", multiplier=-1, unit="Wh"), "1234.5", "Wh"),
        (sample("7.4", measurand="Power.Active.Import", unit="kW"), "7400", "W"),
        (sample("7400", measurand="Power.Active.Import"), "7400", "W"),
        (sample("2", measurand="Power.Reactive.Import", unit="kvar"), "2000", "var"),
        (sample("2", measurand="Energy.Reactive.Import.Register", unit="kvarh"), "2000", "varh"),
        (sample("16000", measurand="Current.Import", unit="mA"), "16", "A"),
        (sample("230.1", measurand="Voltage", unit="V"), "230.1", "V"),
        (sample("55", measurand="SoC", unit="%"), "55", "Percent"),
        (sample("55", measurand="SoC"), "55", "Percent"),
        (sample("77", measurand="Temperature", unit="Fahrenheit"), "25", "Celsius"),
        (sample("300", measurand="Temperature", unit="K"), "26.85", "Celsius"),
        (sample("21", measurand="Temperature", unit="Celcius"), "21", "Celsius"),
        (sample("0.98", measurand="Power.Factor"), "0.98", ""),
        (sample("5", measurand="Vendor.Gas", unit="m3"), "5", ""),
    ],
)
def test_each_unit_becomes_the_canonical_one_exactly(written, value, unit):
    assert values(written) == [(Decimal(value), unit, "")]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (sample(None, text="n/a"), "not-a-number"),
        (sample("NaN"), "not-a-number"),
        (sample("1e20"), "out-of-range"),
        (sample("9", multiplier=99), "out-of-range"),
        (sample("9e12", unit="MWh"), "out-of-range"),
        (sample("101", measurand="SoC"), "out-of-range"),
        (sample("-5"), "negative-register"),
        (sample("5", unit="W"), "unit-mismatch"),
        (sample("5", unit="bananas"), "unit-mismatch"),
        (sample("9", measurand="Power.Active.Import", unit="MW"), "impossible-power"),
    ],
)
def test_what_cannot_be_believed_is_set_apart_with_its_reason_and_as_it_came(written, reason):
    normalised = normalise((meter(0, written, sample("1")),))

    assert [(r.reason, r.meter_value) for r in normalised.rejects] == [(reason, meter(0, written))]
    assert [r.value for r in normalised.readings] == [1]


def test_phases_of_energy_and_power_without_a_sum_are_summed_beside_the_phases():
    said = values(*(sample(v, phase=p) for v, p in (("100", "L1"), ("200", "L2"), ("300", "L3"))))

    assert said[-1] == (Decimal(600), "Wh", "")
    assert [phase for _, _, phase in said] == ["L1", "L2", "L3", ""]


def test_phases_in_meter_values_of_their_own_at_the_same_moment_are_summed_all_the_same():
    normalised = normalise((meter(0, sample("100", phase="L1")), meter(0, sample("200", phase="L2"))))

    assert [r.value for r in normalised.readings if not r.phase] == [300]


def test_phases_to_neutral_are_summed_and_lines_between_phases_are_not():
    said = values(sample("100", phase="L1-N"), sample("200", phase="L2-N"), sample("999", phase="L1-L2"))

    assert [value for value, _, phase in said if not phase] == [300]


def test_the_same_energy_sent_per_phase_and_per_phase_to_neutral_is_summed_once():
    said = values(sample("100", phase="L1"), sample("100", phase="L1-N"))

    assert [value for value, _, phase in said if not phase] == [100]


def test_a_sum_that_comes_beside_its_phases_is_not_counted_twice():
    said = values(sample("600"), sample("100", phase="L1"), sample("500", phase="L2"))

    assert [value for value, _, phase in said if not phase] == [600]


def test_no_sum_is_made_of_phases_one_of_which_cannot_be_read():
    said = values(sample("100", phase="L1"), sample(None, text="?", phase="L2"))

    assert [phase for _, _, phase in said] == ["L1"]


@pytest.mark.parametrize("measurand", ["Voltage", "Current.Import"])
def test_voltages_and_currents_stay_per_phase(measurand):
    said = values(sample("230", measurand=measurand, phase="L1"), sample("231", measurand=measurand, phase="L2"))

    assert [phase for _, _, phase in said] == ["L1", "L2"]


def test_phases_of_different_contexts_are_summed_apart():
    said = normalise(
        (meter(0, sample("100", phase="L1", context="Transaction.Begin"), sample("900", phase="L1")),)
    ).readings

    assert {(r.context, r.value) for r in said if not r.phase} == {("Transaction.Begin", 100), ("Sample.Periodic", 900)}


def test_a_signed_value_is_kept_to_the_letter_and_never_read_as_a_number():
    blob = "OCMF|" + "x" * 1024
    normalised = normalise((meter(0, sample(None, signed=blob, context="Transaction.End")),))

    assert normalised.readings == ()
    assert normalised.rejects == ()
    (signed,) = normalised.signed
    assert (signed.text, signed.at, signed.measurand, signed.context) == (
        blob,
        after(0),
        ENERGY_IMPORT,
        "Transaction.End",
    )


def test_a_number_with_a_signature_beside_it_gives_a_reading_and_the_signature():
    normalised = normalise((meter(0, sample("5", signed="{}")),))

    assert [r.value for r in normalised.readings] == [5]
    assert [s.text for s in normalised.signed] == ["{}"]


def test_no_meter_values_give_nothing():
    assert normalise(()) == ((), (), ())
    assert normalise((meter(0),)) == ((), (), ())


def test_phases_are_summed_where_the_sum_beside_them_cannot_be_read():
    said = values(sample(None, text="?"), sample("100", phase="L1"), sample("200", phase="L2"))

    assert [value for value, _, phase in said if not phase] == [300]


def test_decimals_beyond_any_meter_are_rounded_to_28_digits():
    ((value, _, _),) = values(sample("1." + "3" * 5000))

    assert value == Decimal("1." + "3" * 27)
