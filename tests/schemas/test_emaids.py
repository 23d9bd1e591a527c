"""How contracts are named."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.authorization import token_key
from schemas.emaids import canonical, check_digit, same_contract
from tests.examples import examples

NAMES = st.builds(
    lambda country, provider, contract: f"{country}{provider}C{contract}",
    st.text(string.ascii_uppercase, min_size=2, max_size=2),
    st.text(string.ascii_uppercase + string.digits, min_size=3, max_size=3),
    st.text(string.ascii_uppercase + string.digits, min_size=8, max_size=8),
)


def separated(name: str, by: str, digit: str = "") -> str:
    return by.join(filter(None, (name[:2], name[2:5], name[5:], digit)))


@pytest.mark.parametrize(("name", "digit"), [("NLTNM000122045", "U"), ("DE83DUIEN83QGZ", "D")])
def test_the_check_digit_is_that_of_published_examples(name: str, digit: str) -> None:
    assert check_digit(name) == digit


@settings(max_examples=examples(100))
@given(NAMES, st.sampled_from(["", "-", "*"]), st.booleans(), st.booleans())
@pytest.mark.usecase("C07")
def test_all_ways_to_write_a_contract_are_one_token(name: str, by: str, small: bool, checked: bool) -> None:
    written = separated(name, by, check_digit(name) if checked else "")
    written = written.lower() if small else written

    assert token_key(f" {written}\0") == name
    assert same_contract(written, name)


@settings(max_examples=examples(100))
@given(NAMES, st.sampled_from(["", "-"]), st.sampled_from(string.ascii_uppercase + string.digits))
def test_a_wrong_check_digit_is_another_contract(name: str, by: str, digit: str) -> None:
    written = separated(name, by, digit)

    assert same_contract(written, name) == (digit == check_digit(name)) == (token_key(written) == name)


@settings(max_examples=examples(100))
@given(st.text(string.ascii_uppercase + string.digits + "-* ", max_size=20))
def test_the_one_spelling_stays_as_it_is(text: str) -> None:
    assert canonical(canonical(text)) == canonical(text)


@pytest.mark.parametrize(
    "token",
    [
        "04A1B2C3D4E5F6",
        "NLTNM000122045U",
        "012345678901234",
        "DE-8AA-C1234567",
        "DE-8AA*C12345678",
        "",
        "É-8AA-C1234567",
    ],
)
def test_other_tokens_stay_as_they_are(token: str) -> None:
    assert token_key(token) == token


def test_separators_alone_are_taken_out_where_an_emaid_has_no_c() -> None:
    assert token_key("nl-tnm-000122045-u") == "NLTNM000122045U"
    assert same_contract("NL-TNM-000122045", "NLTNM000122045U"), "both are known to be eMAIDs"


def test_nothing_is_no_contract() -> None:
    assert not same_contract("", "")
    assert not same_contract("--", "")


@pytest.mark.parametrize("name", ["", "DE8AAC1234567", "DE8AAC123456789", "DE8AA-12345678", "De8AAC12345678"])
def test_only_names_of_contracts_have_a_check_digit(name: str) -> None:
    with pytest.raises(ValueError, match=r"characters|substring|not found"):
        check_digit(name)
