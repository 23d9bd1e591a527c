"""Announcing: an authority elsewhere is named by the certificate that ends first, and by its roots."""

from services.authorities.announcing import announced
from tests.services.authorities.est_server import EstServer
from tests.services.authorities.given import NOW


def test_an_authority_is_named_by_its_issuer_and_its_roots() -> None:
    server = EstServer()
    told = announced("theirs", "est", ("V2GCertificate",), [server.root, server.issuing], NOW)

    assert (told.subject, told.issuer, told.serial_number, len(told.roots)) == ("CN=Issuing", "CN=Root", "2", 3)


def test_an_authority_of_which_nothing_is_known_is_named_bare() -> None:
    told = announced("theirs", "acme", (), (), NOW)

    assert (told.authority, told.kind, told.subject, told.chain) == ("theirs", "acme", "", "")
