"""One-time passwords: by the algorithm of the specification, for the interval and its neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.payments.onetime import ALPHABETS, is_valid, password, secret_of
from tests.services.api.payments.worlds import by_the_specification

SECRET, VALIDITY_S, LENGTH = "a-secret-of-the-station", 60, 12


@given(st.text(min_size=1, max_size=40), st.integers(0, 10**11), st.integers(6, 40))
def test_a_password_is_that_of_the_algorithm_as_the_specification_writes_it(
    secret: str, at_s: int, length: int
) -> None:
    assert password(secret, at_s // 30, length=length) == by_the_specification(secret, at_s, 30, length)


@pytest.mark.usecase("C25", "C25.FR.07")
@pytest.mark.parametrize(
    ("late_s", "valid"), [(-120, False), (-60, True), (0, True), (59, True), (60, True), (119, True), (120, False)]
)
@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_it_holds_for_its_interval_and_those_beside_it(late_s: int, valid: bool, alphabet: str) -> None:
    began_s = 1_800_000_000 // VALIDITY_S * VALIDITY_S
    given_ = password(SECRET, began_s // VALIDITY_S, length=LENGTH, alphabet=alphabet)

    assert is_valid(given_, SECRET, at_s=began_s + late_s, validity_s=VALIDITY_S, length=LENGTH) is valid


@pytest.mark.parametrize("text", ["", "x", "ü" * 12, "0" * 12, "0" * 500])
def test_anything_else_is_not_valid(text: str) -> None:
    assert not is_valid(text, SECRET, at_s=1_800_000_000.5, validity_s=VALIDITY_S, length=LENGTH)


def test_each_station_has_a_secret_of_its_own_whatever_the_case_of_its_id() -> None:
    assert secret_of(b"k", "CP-1") == secret_of(b"k", "cp-1")
    assert len({secret_of(b"k", "CP-1"), secret_of(b"k", "CP-2"), secret_of(b"x", "CP-1")}) == 3
