"""Contracts: the roots below which contract certificates count (2.x part 2, C07; ISO 15118-2, annex E). PURE."""

from typing import Literal

from cryptography import x509

from schemas.base import Record, Timestamp
from schemas.topic import Topic
from schemas.x509 import BadCertificate, Certificate, read_pem

ContractRootUse = Literal["MORootCertificate", "V2GRootCertificate"]
"""Whose root it is, in OCPP's words: of a mobility operator, or of a whole V2G PKI. Contracts of either count."""


class ContractRootTrusted(Record, frozen=True, kw_only=True, tag="contract-root-trusted"):
    """A root, or an authority below one, below which contract certificates count.

    `root` is the SHA-256 of the certificate's DER in lower-case hexadecimal, and the key. `certificate` is its PEM text; `serial_number`
    is in lower-case hexadecimal, `subject` and `issuer` as RFC 4514 writes names.
    """

    root: str
    use: ContractRootUse
    certificate: str
    subject: str
    issuer: str
    serial_number: str
    valid_from: Timestamp
    expires_at: Timestamp
    note: str = ""
    trusted_at: Timestamp
    trusted_by: str = ""


class ContractRootRemoved(Record, frozen=True, kw_only=True, tag="contract-root-removed"):
    """The root is trusted no longer. Replaces its ContractRootTrusted on the topic."""

    root: str
    removed_at: Timestamp
    removed_by: str = ""


def read_root(text: str) -> Certificate:
    """The certificate of an authority, in PEM. Raises BadCertificate for another text, and for a certificate that may issue none."""
    read = read_pem(text)
    try:
        found = x509.load_pem_x509_certificate(text.encode()).extensions
        issues = found.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        issues = False
    if not issues:
        raise BadCertificate("is no authority's certificate: its basic constraints do not say CA")
    return read


REF_CONTRACT_ROOTS = Topic(
    name="csms.ref.contract-roots",
    meaning="Roots below which contract certificates count, by the SHA-256 of the certificate.",
    records=(ContractRootTrusted, ContractRootRemoved),
    key="root",
    retention_s=None,
)

TOPICS = (REF_CONTRACT_ROOTS,)
