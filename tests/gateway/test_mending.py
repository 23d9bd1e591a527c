"""Mending: what is no JSON only for bytes without meaning is read as it was meant, and its record says so."""

import json
from typing import Any

import pytest

from gateway.effects import Moment, Publish
from gateway.mending import mend
from schemas.base import Record
from schemas.deviations import MessageBent
from schemas.transactions import MeterValueQuarantined
from tests.gateway.test_times import Station


@pytest.mark.parametrize(
    ("text", "meant", "how"),
    [
        ('{"a":NaN}', '{"a":null}', "no-number"),
        ('{"a":[-Infinity,Infinity]}', '{"a":[null,null]}', "no-number"),
        ('{"NaN":"Infinity is \\"NaN\\""}', '{"NaN":"Infinity is \\"NaN\\""}', ""),
        ('{"a":"x\x00"}', '{"a":"x\\u0000"}', "control-characters"),
        ('{"a":"\\ud800"}', '{"a":"\\ufffd"}', "lone-surrogate"),
        ('\ufeff{"a":1}\x00', '{"a":1}', "padding"),
        ('{"a":1}', '{"a":1}', ""),
    ],
)
def test_text_is_mended_where_its_meaning_is_beyond_doubt(text: str, meant: str, how: str) -> None:
    assert mend(text) == (meant, how)


def said(station: Station, text: str) -> tuple[Record, ...]:
    _, effects = station.session.receive(text, Moment(1_000.0, station.now))
    return tuple(record for effect in effects if isinstance(effect, Publish) for record in effect.records)


def test_a_token_with_control_characters_behind_it_is_kept_with_them_and_its_record_says_so() -> None:
    asked, told = said(Station(), '[2,"m1","Authorize",{"idTag":"04a1\x00\x00"}]')

    assert (asked.token, asked.id_token.value, asked.deviations) == ("04A1", "04a1\x00\x00", ("characters",))  # type: ignore[attr-defined]
    assert isinstance(told, MessageBent)


def test_a_sample_that_is_not_a_number_is_set_apart_and_the_others_count() -> None:
    samples: list[Any] = [{"value": 12500}, {"value": "HERE"}]
    wire = {"evseId": 1, "meterValue": [{"timestamp": "2026-03-29T12:00:00Z", "sampledValue": samples}]}
    text = json.dumps([2, "m1", "MeterValues", wire]).replace('"HERE"', "NaN")

    metered, apart, _ = said(Station("2.0.1"), text)

    assert len(metered.meter_values[0].samples) == 1  # type: ignore[attr-defined]
    assert isinstance(apart, MeterValueQuarantined)
    assert metered.deviations == ("characters", "sample-set-apart", "unreadable-member")  # type: ignore[attr-defined]


def test_padding_around_a_message_is_nothing_of_the_message() -> None:
    (asked,) = said(Station(), '[2,"m1","Authorize",{"idTag":"04A1"}]\x00')

    assert asked.deviations == ()  # type: ignore[attr-defined]
