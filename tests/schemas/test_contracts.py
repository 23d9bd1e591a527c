"""Roots of contracts: what may be one."""

from pathlib import Path

import pytest

from schemas.contracts import read_root
from schemas.x509 import BadCertificate
from tests.pki import contracts, pem_of

pytestmark = pytest.mark.usecase("C07")


def test_authorities_may_stand_above_contracts_at_any_height(tmp_path: Path) -> None:
    mo = contracts(tmp_path)

    for each in (mo.root, mo.upper, mo.lower):
        assert read_root(pem_of(each)).subject == f"O=Authorities,CN={each.name}"


def test_a_contract_may_not_and_neither_may_a_text_that_is_no_certificate(tmp_path: Path) -> None:
    with pytest.raises(BadCertificate, match="no authority"):
        read_root(contracts(tmp_path).issue().pem)
    with pytest.raises(BadCertificate, match=r"no X\.509"):
        read_root("garbage")
