"""Pseudonyms are recognised wherever they stand, and nothing else is taken for one."""

import pytest

from schemas.identities import PSEUDONYM, REF_IDENTITIES, is_pseudonym
from schemas.routing import route
from tests.schemas.vaults import Opened


def test_a_pseudonym_is_recognised_in_any_text_and_as_a_whole() -> None:
    one = Opened("04A2").records[-1].identity  # type: ignore[attr-defined]

    assert is_pseudonym(one)
    assert PSEUDONYM.findall(f'{{"idTag":"{one}"}} <a href="/tokens/{one}">{one}</a>') == [one] * 3


@pytest.mark.parametrize(
    "text", ["", "04A2B3C4", "PN-", "PN-AAAAAAAAAAAAAAAA", "PN-AAAAAAAAAAAAAAAAAA", "XPN-AAAAAAAAAAAAAAAAA"]
)
def test_tokens_and_halves_are_no_pseudonyms(text: str) -> None:
    assert not is_pseudonym(text)


def test_all_records_of_the_vault_are_in_one_partition_so_that_they_have_an_order() -> None:
    for record in Opened("04A2").records:
        routed = route(record)

        assert (routed.topic, routed.partition) == (REF_IDENTITIES.name, 0)
