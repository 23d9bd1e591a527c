"""Roots of contracts as the API takes and gives them."""

from typing import Annotated

import msgspec
from litestar.params import PathParameter

from schemas.base import Timestamp
from schemas.contracts import ContractRootTrusted, ContractRootUse
from services.api.web.bodies import Body

RootPath = Annotated[str, PathParameter(description="The root's id: the SHA-256 of its certificate, in hexadecimal.")]


class TrustRoot(Body, frozen=True, kw_only=True):
    """A root below which contract certificates are to count."""

    use: Annotated[
        ContractRootUse,
        msgspec.Meta(
            description="Whose root it is: MORootCertificate of a mobility operator, V2GRootCertificate of a whole V2G PKI."
        ),
    ]
    certificate: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=10_000,
            description="The certificate in PEM; an authority below a root may be trusted by itself too.",
            examples=["-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----"],
        ),
    ]
    note: Annotated[str, msgspec.Meta(max_length=500, description="For people.")] = ""


class ContractRoot(msgspec.Struct, frozen=True, kw_only=True):
    """A root below which contract certificates count. `subject` and `issuer` as RFC 4514 writes names."""

    root: str
    use: ContractRootUse
    subject: str
    issuer: str
    serial_number: str
    valid_from: Timestamp
    expires_at: Timestamp
    certificate: str
    note: str
    trusted_at: Timestamp
    trusted_by: str


def root_of(record: ContractRootTrusted) -> ContractRoot:
    """A root as its record has it."""
    return ContractRoot(**{name: getattr(record, name) for name in ContractRoot.__struct_fields__})
