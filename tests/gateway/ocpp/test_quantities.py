"""Meter values: what stations put into them, and what is kept of it."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from gateway.ocpp.translate import receive
from schemas.codec import Decoder, encode
from schemas.quantities import SampledValue
from schemas.transactions import TRANSACTIONS
from tests.gateway.ocpp.building import SECOND, V2X, context, record

TEXT = "2026-03-29T00:00:00Z"


def sample_16(**wire):
    said = record("1.6", "MeterValues", {"connectorId": 1, "meterValue": [{"timestamp": TEXT, "sampledValue": [wire]}]})
    return said.meter_values[0].samples[0]


def sample_2x(version, **wire):
    said = record(version, "MeterValues", {"evseId": 1, "meterValue": [{"timestamp": TEXT, "sampledValue": [wire]}]})
    return said.meter_values[0].samples[0]


def test_a_bare_1_6_value_is_imported_energy_in_wh():
    assert sample_16(value="5678") == SampledValue(value=Decimal(5678), unit="Wh")


def test_a_1_6_value_keeps_all_that_is_said_of_it():
    sample = sample_16(
        value="7.25",
        measurand="Power.Active.Import",
        unit="kW",
        phase="L1",
        context="Transaction.Begin",
        location="Inlet",
    )

    assert sample == SampledValue(
        value=Decimal("7.25"),
        measurand="Power.Active.Import",
        unit="kW",
        phase="L1",
        context="Transaction.Begin",
        location="Inlet",
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.50", "1.50"),
        (" 12 ", "12"),
        ("-3", "-3"),
        ("+3", "3"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e3", "1E+3"),
        ("0", "0"),
    ],
)
def test_a_1_6_value_that_reads_as_a_number_is_one_to_the_last_digit(text, number):
    sample = sample_16(value=text)

    assert (str(sample.value), sample.text) == (number, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n/a",
        "NaN",
        "Infinity",
        "-inf",
        "1,5",
        "1_000",
        "٣",
        "0x10",
        "1e999999",
        "--1",
        "1 2",
        "9" * 5000,
        " " * 100_000,
    ],
)
def test_a_1_6_value_that_is_no_number_is_kept_as_text(text):
    sample = sample_16(value=text)

    assert (sample.value, sample.text) == (None, text)


def test_signed_data_is_kept_to_the_letter_and_is_no_number():
    signed = 'OCMF|{"FV":"1.0"}|{"SD":"30"}' * 40

    sample = sample_16(value=signed, format="SignedData")

    assert (sample.value, sample.text, sample.signed) == (None, "", signed)


@pytest.mark.parametrize(
    ("measurand", "unit"),
    [("Energy.Active.Import.Register", "Wh"), ("Energy.Active.Export.Interval", "Wh"), ("Voltage", ""), ("SoC", "")],
)
def test_wh_is_the_default_of_active_energy_only(measurand, unit):
    assert sample_16(value="1", measurand=measurand).unit == unit
    for version in V2X:
        assert sample_2x(version, value=1, measurand=measurand).unit == unit


def test_the_misspelt_unit_of_1_6_is_spelt_right():
    assert sample_16(value="1", measurand="Temperature", unit="Celcius").unit == "Celsius"


@pytest.mark.parametrize("version", V2X)
def test_a_2x_value_has_a_unit_with_a_multiplier(version):
    sample = sample_2x(version, value=7.25, unitOfMeasure={"unit": "kWh", "multiplier": -1})

    assert (sample.value, sample.unit, sample.multiplier) == (Decimal("7.25"), "kWh", -1)


@pytest.mark.parametrize("version", V2X)
def test_a_2x_unit_may_be_left_out_and_its_multiplier_not(version):
    sample = sample_2x(version, value=7, unitOfMeasure={"multiplier": 3})

    assert (sample.unit, sample.multiplier) == ("Wh", 3)


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("J03")
def test_a_2x_signed_value_is_kept_as_json_beside_the_number(version):
    signed = {
        "signedMeterData": "T0NNRnx7fQ==",
        "signingMethod": "ECDSA",
        "encodingMethod": "OCMF",
        "publicKey": "a2V5",
    }

    sample = sample_2x(version, value=5, signedMeterValue=signed)

    assert sample.value == 5
    assert json.loads(sample.signed) == signed


@pytest.mark.parametrize("version", V2X)
def test_a_2x_value_arrives_on_kafka_with_every_digit(version):
    wire = (
        f'{{"evseId":1,"meterValue":[{{"timestamp":"{TEXT}","sampledValue":[{{"value":1234567890123.000000001}}]}}]}}'
    )
    (said,) = receive(version, "MeterValues", "m1", wire.encode(), context()).records
    read = Decoder(TRANSACTIONS).decode(encode(said))

    assert str(read.meter_values[0].samples[0].value) == "1234567890123.000000001"


def test_a_meter_value_whose_time_cannot_be_read_has_the_gateways():
    wire = {"connectorId": 1, "meterValue": [{"timestamp": "soon", "sampledValue": [{"value": "1"}]}]}

    assert record("1.6", "MeterValues", wire).meter_values[0].at == SECOND


def test_phases_and_contexts_stay_apart():
    samples = [{"value": str(n), "phase": f"L{n}", "context": "Sample.Clock"} for n in (1, 2, 3)]
    wire = {"connectorId": 1, "meterValue": [{"timestamp": TEXT, "sampledValue": samples}]}

    value = record("1.6", "MeterValues", wire).meter_values[0]

    assert [(s.phase, s.value) for s in value.samples] == [("L1", 1), ("L2", 2), ("L3", 3)]
    assert value.at == dt.datetime(2026, 3, 29, tzinfo=dt.UTC)
