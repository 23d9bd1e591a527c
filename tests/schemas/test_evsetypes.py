"""Types of EVSEs: what is of which, and how a word is spelled."""

import pytest

from schemas.evsetypes import EvseDescribed, evses_of_types, spelled

KNOWN = (
    EvseDescribed(evse=1, kind="AC", connectors=("cType2", "sCEE-7-7")),
    EvseDescribed(evse=2, kind="DC", connectors=("cCCS2",)),
    EvseDescribed(evse=3, kind="DC"),
)


@pytest.mark.parametrize(
    ("types", "evses"),
    [((), set()), (("AC",), {1}), (("DC",), {2, 3}), (("cCCS2",), {2}), (("AC", "cCCS2"), {1, 2}), (("cG105",), set())],
)
def test_an_evse_is_of_a_type_by_its_kind_or_by_one_of_its_connectors(types: tuple, evses: set[int]) -> None:
    assert evses_of_types(KNOWN, types) == evses


@pytest.mark.parametrize(
    ("word", "type_"), [("ac", "AC"), ("CCCS2", "cCCS2"), ("scee-7-7", "sCEE-7-7"), ("plug", "plug")]
)
def test_words_are_spelled_as_ocpp_does_whatever_their_case(word: str, type_: str) -> None:
    assert spelled(word) == type_
