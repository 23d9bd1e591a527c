"""The test pool has an answer for everybody, which says that it is one for tests."""

import base64

import pytest

from services.iso15118.testpool import CONTRACTS, MARK
from services.iso15118.testpool import TestPool as Pool
from tests.services.iso15118.given import contract_asked


@pytest.mark.parametrize(("takes", "count"), [(None, 1), (0, 1), (2, 2), (9, CONTRACTS)])
async def test_as_many_answers_as_the_ev_takes_each_another(takes: int | None, count: int) -> None:
    found = await Pool().contracts(contract_asked(maximum_chains=takes))

    assert len(set(found)) == len(found) == count
    assert all(base64.b64decode(each, validate=True).startswith(MARK) for each in found)
    assert found != await Pool().contracts(contract_asked(maximum_chains=takes, exi_request="AAAA"))
