"""Splitting: settings leave in as many messages as the station needs, and come back as one answer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ocpp.rows import StationAnswer
from gateway.ocpp.spelling.splitting import FRAME_BYTES, LARGEST_JOINED, chunks, joined
from gateway.ocpp.translate import Part, to_calls, to_outcome, to_outcome_of_error
from schemas.configuration import GetConfiguration, SetConfiguration, Setting, SettingName
from schemas.limits import StationLimits
from tests.gateway.ocpp.building import V2X, VERSIONS


def get(*keys: str) -> GetConfiguration:
    return GetConfiguration(settings=tuple(SettingName(key=key) for key in keys))


def put(*keys: str) -> SetConfiguration:
    return SetConfiguration(settings=tuple(Setting(key=key, value="1") for key in keys))


def parts(version, command, **limits) -> tuple[Part, ...]:
    found = to_calls(version, command, "c1", StationLimits(**limits))
    assert isinstance(found, tuple), found
    return found


def payloads(version, command, **limits):
    return [json.loads(part.call.payload) for part in parts(version, command, **limits)]


def answered(version, found: tuple[Part, ...], *answers) -> StationAnswer:
    told = [
        to_outcome(version, part.command, json.dumps(answer).encode())
        for part, answer in zip(found, answers, strict=True)
    ]
    return joined(list(zip(found, told, strict=True)), of=len(found))


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 50)), max_size=30),
    st.integers(1, 5),
    st.integers(FRAME_BYTES, FRAME_BYTES + 100),
)
def test_no_chunk_is_too_large_nor_names_a_thing_twice_and_nothing_is_lost(things, most, bytes_most):
    cut = list(chunks(things, most=most, bytes_most=bytes_most, size=lambda one: one[1], told_apart=lambda one: one[0]))

    assert [one for chunk in cut for one in chunk] == things
    for chunk in cut:
        assert 1 <= len(chunk) <= most
        assert len({name for name, _ in chunk}) == len(chunk)
        assert len(chunk) == 1 or FRAME_BYTES + sum(size + 1 for _, size in chunk) <= bytes_most


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("B05.FR.11", "B06.FR.05")
def test_2x_names_as_many_variables_in_a_message_as_the_station_said(version):
    keys = [f"C.V{n}" for n in range(5)]

    reads = payloads(version, get(*keys), get_items=2)
    writes = payloads(version, put(*keys), set_items=4)

    assert [len(each["getVariableData"]) for each in reads] == [2, 2, 1]
    assert [len(each["setVariableData"]) for each in writes] == [4, 1]


@pytest.mark.parametrize("version", V2X)
def test_2x_makes_no_message_longer_than_the_station_said(version):
    found = parts(version, get(*(f"Component.Variable{n}" for n in range(10))), get_bytes=400)

    assert len(found) > 1
    assert all(len(part.call.payload) <= 400 for part in found)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_station_that_told_no_limit_gets_what_is_read_in_one_message(version):
    assert len(parts(version, get(*(f"C.V{n}" for n in range(50))))) == 1


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("B05.FR.13")
def test_one_message_sets_no_variable_twice_whatever_the_case_of_its_name(version):
    assert len(parts(version, put("C.V", "c.v", "C.W"))) == 2


def test_1_6_reads_no_more_keys_than_its_greatest_number_and_all_in_one():
    assert payloads("1.6", get("A", "B", "C"), get_items=2) == [{"key": ["A", "B"]}, {"key": ["C"]}]
    assert payloads("1.6", get(), get_items=2) == [{}]


def test_1_6_changes_one_key_in_a_message():
    assert payloads("1.6", put("A", "B")) == [{"key": "A", "value": "1"}, {"key": "B", "value": "1"}]


def test_a_command_of_which_one_part_cannot_be_spelled_is_not_sent_at_all():
    refused = to_calls("1.6", put("A", "x" * 51), "c1")

    assert not isinstance(refused, tuple)


class TestJoining:
    def test_the_lists_of_several_answers_are_one_list_with_one_outcome(self):
        found = parts("2.0.1", get("C.A", "C.B"), get_items=1)
        one = {
            "component": {"name": "C"},
            "variable": {"name": "A"},
            "attributeStatus": "Accepted",
            "attributeValue": "1",
        }
        two = one | {"variable": {"name": "B"}, "attributeStatus": "UnknownVariable"}

        told = answered("2.0.1", found, {"getVariableResult": [one]}, {"getVariableResult": [two]})

        assert json.loads(bytes(told.response)) == {"getVariableResult": [one, two]}
        assert told.outcome == "partial"
        assert [(item.name, item.status) for item in told.items] == [("C.A", "Accepted"), ("C.B", "UnknownVariable")]

    def test_keys_of_1_6_that_are_known_and_unknown_are_joined(self):
        found = parts("1.6", get("A", "B"), get_items=1)

        told = answered("1.6", found, {"configurationKey": [{"key": "A", "readonly": True}]}, {"unknownKey": ["B"]})

        assert json.loads(bytes(told.response)) == {
            "configurationKey": [{"key": "A", "readonly": True}],
            "unknownKey": ["B"],
        }
        assert (told.outcome, [item.status for item in told.items]) == ("partial", ["Accepted", "UnknownKey"])

    def test_answers_without_lists_are_a_list_and_each_key_has_its_word(self):
        found = parts("1.6", put("A", "B", "C"))

        told = answered("1.6", found, {"status": "Accepted"}, {"status": "RebootRequired"}, {"status": "Rejected"})

        assert json.loads(bytes(told.response)) == [
            {"status": "Accepted"},
            {"status": "RebootRequired"},
            {"status": "Rejected"},
        ]
        assert (told.outcome, told.reboot_required) == ("partial", True)
        assert [(item.name, item.status) for item in told.items] == [
            ("A", "Accepted"),
            ("B", "RebootRequired"),
            ("C", "Rejected"),
        ]

    def test_an_error_of_one_is_the_result_of_each_thing_that_it_named(self):
        found = parts("2.1", put("C.A", "C.B", "C.C"), set_items=2)
        error = to_outcome_of_error("2.1", found[0].command, "OccurrenceConstraintViolation", "too many", b"{}")
        fine = to_outcome("2.1", found[1].command, b'{"setVariableResult":[]}')

        told = joined([(found[0], error), (found[1], fine)], of=2)

        assert [item.status for item in told.items][:2] == ["OccurrenceConstraintViolation"] * 2
        assert (told.outcome, told.error_code) == ("rejected", "OccurrenceConstraintViolation")

    def test_answers_that_are_too_long_together_are_left_out_and_that_is_said(self):
        found = parts("1.6", get("A", "B"), get_items=1)
        long = {"configurationKey": [{"key": "A", "readonly": True, "value": "x" * (LARGEST_JOINED // 2)}]}

        told = answered("1.6", found, long, long)

        assert bytes(told.response) == b"null"
        assert "longer than" in told.error_description
