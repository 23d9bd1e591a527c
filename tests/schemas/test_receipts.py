"""The word that opens a receipt: of one payment, by one key, and by nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.receipts import payment_in, receipt_token

KEY = b"k" * 64


def test_a_word_opens_the_receipt_of_its_payment_alone() -> None:
    token = receipt_token(KEY, "p-1")

    assert payment_in(KEY, token) == "p-1"
    assert payment_in(b"x" * 64, token) == ""
    assert payment_in(KEY, token.replace("p-1", "p-2")) == ""
    assert payment_in(KEY, token[:-1]) == ""


def test_without_a_key_nothing_opens() -> None:
    assert payment_in(b"", receipt_token(b"", "p")) == ""


@given(st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    assert payment_in(KEY, text) == ""
