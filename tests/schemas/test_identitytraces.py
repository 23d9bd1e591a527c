"""Tokens are found in certificates, in EXI messages at any bit, and in prose."""

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identitytraces import LONGEST, MOST, SHORTEST, has_certificate, traces
from tests.pki import EMAID, contracts

tokens = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-*", min_size=SHORTEST, max_size=LONGEST)


def in_exi(token: str, before: bytes = b"", *, bit: int = 0) -> str:
    """A message in base64 with a string as EXI writes it, from one bit on."""
    content = before + bytes([len(token) + 2]) + token.encode() + b"\x00\x01"
    whole = int.from_bytes(content) << (8 - bit)
    return base64.b64encode(whole.to_bytes(len(content) + 1)).decode()


@given(tokens, st.binary(max_size=40), st.integers(1, 7))
def test_a_token_in_an_exi_message_is_found_at_whatever_bit_it_begins(token: str, before: bytes, bit: int) -> None:
    assert token in traces(in_exi(token, before, bit=bit))


def test_a_token_in_a_certificate_is_found_whoever_wrote_the_lines(tmp_path: Path) -> None:
    mo = contracts(tmp_path)
    own = mo.issue()
    chain = mo.chain(own)

    for text in (chain, chain.replace("\n", "\r\n"), chain.replace("\n", " ")):
        assert has_certificate(text)
        assert EMAID in traces(text)
    assert EMAID in traces(base64.b64encode(own.der).decode())


@pytest.mark.parametrize("text", ["card 04A2B3 of Max", '{"card":"04A2B3"}', "card=04A2B3;x"])
def test_a_token_in_prose_is_found(text: str) -> None:
    assert "04A2B3" in traces(text)


@given(st.binary(max_size=4_000))
def test_no_message_has_more_looked_up_than_a_pool_would_write(content: bytes) -> None:
    assert len(traces(base64.b64encode(content).decode())) <= MOST
    assert len(traces("".join(f"word{number} " for number in range(2 * MOST)))) == MOST
