"""A root as the API gives it can be trusted as it is."""

from schemas.contracts import ContractRootTrusted
from services.api.contracts.rows import TrustRoot, root_of
from services.api.fakes import NOON

RECORD = ContractRootTrusted(
    root="aa",
    use="V2GRootCertificate",
    certificate="PEM",
    subject="CN=root",
    issuer="CN=root",
    serial_number="1",
    valid_from=NOON,
    expires_at=NOON,
    note="n",
    trusted_at=NOON,
    trusted_by="operator",
)


def test_what_is_given_is_a_body_that_is_taken() -> None:
    given = root_of(RECORD)

    again = TrustRoot(use=given.use, certificate=given.certificate, note=given.note)
    assert (again.use, again.certificate, again.note) == (RECORD.use, RECORD.certificate, RECORD.note)
