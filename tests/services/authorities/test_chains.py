"""Chains: issuers are found by their signatures, whatever their names say."""

from pathlib import Path

import pytest
from cryptography import x509

from services.authorities import chains
from services.authorities.making import ISSUING, ROOT
from tests.roots import a_root
from tests.services.authorities.given import made


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[x509.Certificate, x509.Certificate]:
    folder = made(tmp_path_factory.mktemp("chain"))
    return chains.load((folder / ISSUING).read_bytes())[0], chains.load((folder / ROOT).read_bytes())[0]


def test_issuers_are_found_in_any_order(pair: tuple[x509.Certificate, x509.Certificate]) -> None:
    issuing, root = pair
    other = chains.load(a_root().encode())[0]

    assert chains.above(issuing, [other, root, issuing]) == [root]
    assert chains.above(root, [root]) == []
    assert chains.above(issuing, [other]) == []


def test_a_name_alone_makes_no_issuer(pair: tuple[x509.Certificate, x509.Certificate], tmp_path: Path) -> None:
    _, root = pair
    impostor = chains.load((made(tmp_path / "again") / ROOT).read_bytes())[0]

    assert impostor.subject == root.subject
    assert chains.above(pair[0], [impostor]) == []


def test_the_root_is_not_served(pair: tuple[x509.Certificate, x509.Certificate]) -> None:
    issuing, root = pair

    assert chains.served(issuing, [root]) == chains.pem([issuing])
    assert (chains.is_root(root), chains.is_root(issuing)) == (True, False)
    assert chains.is_authority(issuing)
    assert not chains.is_authority(chains.load(a_root().encode())[0])


def test_a_text_without_a_certificate_is_no_chain() -> None:
    with pytest.raises(chains.BadChain):
        chains.load(b"nothing")
