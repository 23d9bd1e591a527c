"""The compatibility matrix: which rows are about a station, and what they say of it together."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.compatibility import MEANINGS, NO_MATCH, Matrix, Row, Rule, matches, merge_rows, shipped_rows
from schemas.deviations import Deviation


def row(name: str = "one", **members: object) -> Row:
    return msgspec.convert({"name": name, **members}, Row)


def found(*rows: Row, **station: str) -> tuple[frozenset[str], bool]:
    said = Matrix(rows).rules_for(
        **{"station": "CP-1", "vendor": "Acme", "model": "Post 2", "firmware": "1.2.3"} | station
    )
    return said.rules, said.strict


@pytest.mark.parametrize(
    ("pattern", "text", "fit"),
    [
        ("*", "", True),
        ("*", "anything", True),
        ("acme", "acme", True),
        ("acme", "acme gmbh", False),
        ("acme*", "acme gmbh", True),
        ("*gmbh", "acme gmbh", True),
        ("*m*m*", "acme gmbh", True),
        ("*m*m*m*", "acme gmbh", False),
        ("a?me", "acme", True),
        ("a?me", "ame", False),
        ("?", "", False),
        ("**", "x", True),
        ("[a]*", "a", False),
        ("1.2.*", "1.2.3", True),
        ("1.2.*", "1x2y3", False),
    ],
)
def test_a_pattern_fits_by_stars_and_question_marks_alone(pattern: str, text: str, fit: bool) -> None:
    assert matches(pattern, text) is fit


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
def test_a_pattern_fits_what_the_shell_would_let_it_fit(pattern: str, text: str) -> None:
    def slowly(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return any(slowly(pattern[1:], text[begin:]) for begin in range(len(text) + 1))
        return bool(text) and pattern[0] in ("?", text[0]) and slowly(pattern[1:], text[1:])

    assert matches(pattern, text) is slowly(pattern, text)


def test_many_stars_cost_no_more_than_the_lengths_of_both() -> None:
    assert not matches("*a" * 32 + "*b", "a" * 20_000)


def test_a_row_is_about_all_whose_vendor_model_firmware_and_id_fit_in_any_case() -> None:
    about = row(vendor="ACME*", model="post ?", firmware="1.*", station="cp-*", rules=["no-pong"])

    assert found(about) == ({"no-pong"}, False)
    for other in ({"vendor": "Ac"}, {"model": "Post 22"}, {"firmware": "2.0"}, {"station": "XP-1"}):
        assert found(about, **other) == (frozenset(), False)


def test_what_nobody_knows_of_a_station_fits_a_star_alone() -> None:
    unknown = {"vendor": "", "model": "", "firmware": ""}

    assert found(row(rules=["no-pong"]), **unknown) == ({"no-pong"}, False)
    assert found(row(vendor="?*", rules=["no-pong"]), **unknown) == (frozenset(), False)


def test_rows_about_the_same_station_add_up() -> None:
    rows = (row("a", rules=["no-pong"]), row("b", vendor="Acme", rules=["no-heartbeat"], strict=True))

    assert found(*rows) == ({"no-pong", "no-heartbeat"}, True)
    assert Matrix(rows).rules_for(station="CP-1", vendor="ACME").rows == ("a", "b")


def test_a_row_that_names_the_station_itself_stands_alone() -> None:
    make, own = row("a", vendor="Acme", rules=["no-pong"], strict=True), row("b", station="cp-1", rules=["basic-user"])

    assert found(make, own) == ({"basic-user"}, False)
    assert found(make, own, station="CP-2") == ({"no-pong"}, True)


def test_nothing_is_known_of_a_station_that_no_row_is_about() -> None:
    assert Matrix(()).rules_for(station="CP-1") is NO_MATCH


def test_an_operators_row_replaces_the_shipped_one_of_its_name() -> None:
    name = shipped_rows()[0].name
    mine = row(name, vendor="Mine")

    held = [each for each in merge_rows({name: mine}) if each.name == name]

    assert held == [mine]
    assert len(merge_rows({})) == len(shipped_rows())


def test_what_ships_has_a_name_of_its_own_a_reason_and_words_that_exist() -> None:
    names = [each.name for each in shipped_rows()]

    assert len(set(names)) == len(names) > 0
    for each in shipped_rows():
        assert each.note
        assert set(each.deviations) <= set(Deviation)
        assert any(pattern != "*" for pattern in (each.vendor, each.model, each.firmware, each.station))


def test_every_rule_says_what_it_does() -> None:
    assert set(MEANINGS) == set(Rule)
