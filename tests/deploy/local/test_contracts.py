"""The mobility operator of the local product is made once, and its contracts count below its root."""

import stat
from pathlib import Path
from random import Random

import pytest
from cryptography import x509

from deploy.local.checks import CannotStart
from deploy.local.contracts import KEY, ROOT, mobility_operator, root_of
from loadtest.station.contracts import MobilityOperator
from schemas.contracts import read_root
from services.iso15118.chains import judge
from tests.pki import NOW


def test_it_is_made_at_the_first_start_and_kept(tmp_path: Path) -> None:
    assert root_of(tmp_path) == ""
    home = mobility_operator(tmp_path)
    key = (home / KEY).read_bytes()

    assert mobility_operator(tmp_path) == home
    assert (home / KEY).read_bytes() == key
    assert stat.S_IMODE((home / KEY).stat().st_mode) == 0o600
    assert read_root(root_of(tmp_path)).subject == "CN=Elbtal Mobility root,O=Elbtal Mobility"


def test_the_contracts_of_the_simulated_fleet_count_below_it(tmp_path: Path) -> None:
    operator = MobilityOperator(mobility_operator(tmp_path), contracts=1, random=Random(1))
    root = x509.load_pem_x509_certificate(root_of(tmp_path).encode())
    (emaid,) = operator.emaids
    found = {judge(operator.shown(emaid).chain, lambda name: name == emaid, [root], NOW).status for _ in range(100)}

    assert found == {"Accepted", "CertificateExpired"}, "revoked ones are for their responder to tell"


def test_a_folder_that_lacks_a_file_is_not_filled_again(tmp_path: Path) -> None:
    (mobility_operator(tmp_path) / ROOT).unlink()

    with pytest.raises(CannotStart, match="move that folder away"):
        mobility_operator(tmp_path)
