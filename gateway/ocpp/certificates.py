"""Certificates: signed for stations (A02, A03), installed, listed and deleted (M03 to M05)."""

import datetime as dt
from typing import Any

import msgspec

from gateway.ocpp.rows import (
    Answer,
    Call,
    Capability,
    Draft,
    Inbound,
    Outbound,
    Unsupported,
    carries,
    present,
    spelled,
)
from gateway.ocpp.spelling.alike import alike, camel
from gateway.ocpp.spelling.outcomes import by_answer
from gateway.ocpp.spelling.transfers import opened, transferred
from schemas.base import Record
from schemas.certificates import CertificateUse, DeleteCertificate, GetInstalledCertificates, InstallCertificate
from schemas.signing import STATION, CertificateSigned, SignatureAsked, SigningDecided
from schemas.x509 import HashData

USES_16 = {
    "CSMSRootCertificate": "CentralSystemRootCertificate",
    "ManufacturerRootCertificate": "ManufacturerRootCertificate",
}
"""How 1.6 calls the uses that it has (its security extension, CertificateUseEnumType)."""

V2G = "V2GCertificate"
PNC_USES = frozenset({"MORootCertificate", "V2GRootCertificate", "V2GCertificateChain"})
"""Uses that 1.6 has by Plug & Charge alone, inside DataTransfer. Its certificates are deleted like others."""

HASH_DATA = HashData.__struct_fields__
REJECTED = b'{"status":"Rejected"}'
INFO_LONGEST = 512
"""The most of 2.0.1 StatusInfo's `additionalInfo`."""

# -- what stations ask to have signed -------------------------------------------------------------------------------------


def asked_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 SignCertificate of the security extension, which has one use."""
    return (_asked(wire, call, STATION),)


def asked_201(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.0.1 SignCertificate (A02.FR.03)."""
    return (_asked(wire, call, wire.certificateType),)


def asked_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 SignCertificate, with its number and its root (A02.FR.24, FR.27)."""
    root = wire.hashRootCertificate
    members: dict[str, Any] = {name: getattr(root, camel(name), None) for name in HASH_DATA}
    whole = all(
        isinstance(value, str) for value in members.values()
    )  # read leniently it may lack some: then it names no root
    named = HashData(**members) if whole else None
    return (msgspec.structs.replace(_asked(wire, call, wire.certificateType), request_id=wire.requestId, root=named),)


def _asked(wire: Any, call: Call, use: Any) -> SignatureAsked:
    return SignatureAsked(
        id=call.id("signature-asked"),
        station=call.context.station,
        csr=wire.csr,
        use=use,
        reply_to=call.reply_to(),
        received_at=call.context.received_at,
    )


def decided_16(decision: SigningDecided, _: dt.datetime) -> bytes:
    """1.6 SignCertificateResponse: it has no room for the reason."""
    return b'{"status":"Accepted"}' if decision.accepted else REJECTED


def decided_2x(decision: SigningDecided, _: dt.datetime) -> bytes:
    """2.x SignCertificateResponse (A02.FR.11, FR.12)."""
    if decision.accepted:
        return b'{"status":"Accepted"}'
    info = {"reasonCode": decision.reason_code or "Unspecified", "additionalInfo": decision.detail[:INFO_LONGEST]}
    return msgspec.json.encode({"status": "Rejected", "statusInfo": info})


def undecided(_: Any, __: Call) -> bytes:
    """Nobody has decided in time: Rejected and not a CALLERROR, for stations with the 1.6 security extension ask right after boot, and
    some end the connection on any error. A certificate that is made all the same is sent."""
    return REJECTED


def signed_16(command: CertificateSigned, _: str) -> Draft | Unsupported:
    """1.6 CertificateSigned of the security extension: one use, no number; for V2G that of Plug & Charge."""
    if command.certificate_type == V2G:
        return transferred("CertificateSigned", certificateChain=command.certificate_chain, certificateType=V2G)
    if command.certificate_type not in (None, STATION):
        return Unsupported(reason=f"OCPP 1.6 has no {command.certificate_type}")
    return Draft("CertificateSigned", {"certificateChain": command.certificate_chain})


def signed_201(command: CertificateSigned, _: str) -> Draft | Unsupported:
    """2.0.1 CertificateSigned (A02.FR.14): no number, and no use of ISO 15118-20."""
    if command.certificate_type == "V2G20Certificate":
        return Unsupported(reason="OCPP 2.0.1 has no V2G20Certificate")
    members = present(certificateChain=command.certificate_chain, certificateType=command.certificate_type)
    return Draft("CertificateSigned", members)


# -- what stations are asked ------------------------------------------------------------------------------------------


def _use_16(use: CertificateUse) -> str | Unsupported:
    return USES_16.get(use) or Unsupported(reason=f"OCPP 1.6 has no {use}")


def install_16(command: InstallCertificate, _: str) -> Draft | Unsupported:
    """1.6 InstallCertificate of the security extension; for roots of contracts and V2G that of Plug & Charge."""
    if command.certificate_type in PNC_USES:
        return transferred(
            "InstallCertificate", certificateType=command.certificate_type, certificate=command.certificate
        )
    use = _use_16(command.certificate_type)
    if isinstance(use, Unsupported):
        return use
    return Draft("InstallCertificate", {"certificateType": use, "certificate": command.certificate})


def list_16(command: GetInstalledCertificates, _: str) -> Draft | Unsupported:
    """1.6 GetInstalledCertificateIds: of one use; of those of Plug & Charge several."""
    if command.certificate_type and PNC_USES.issuperset(command.certificate_type):
        return transferred("GetInstalledCertificateIds", certificateType=list(command.certificate_type))
    if len(command.certificate_type) != 1:
        return Unsupported(reason="OCPP 1.6 lists the certificates of one use: name one")
    use = _use_16(command.certificate_type[0])
    return use if isinstance(use, Unsupported) else Draft("GetInstalledCertificateIds", {"certificateType": use})


def delete(command: DeleteCertificate, _: str) -> Draft:
    """DeleteCertificate of every version."""
    which = {
        "hashAlgorithm": command.hash_algorithm,
        "issuerNameHash": command.issuer_name_hash,
        "issuerKeyHash": command.issuer_key_hash,
        "serialNumber": command.serial_number,
    }
    return Draft("DeleteCertificate", {"certificateHashData": which})


CERTIFICATES = Capability(
    inbound=(
        Inbound(
            action="SignCertificate",
            to=spelled(v16=asked_16, v201=asked_201, v21=asked_21),
            answer=Answer.DECIDED,
            fallback=undecided,
            decide=spelled(v16=decided_16, v2x=decided_2x),
            carried=spelled(
                v16=carries("csr"),
                v201=carries("csr certificateType"),
                v21=carries(
                    "csr certificateType requestId", hashRootCertificate=carries(" ".join(map(camel, HASH_DATA)))
                ),
            ),
            needs=spelled(v16="csr", v201="csr", v21="csr"),
        ),
    ),
    outbound=(
        Outbound(
            command=CertificateSigned,
            to=spelled(v16=signed_16, v201=signed_201, v21=alike("CertificateSigned")),
            opened=spelled(v16=opened),
        ),
        Outbound(
            command=InstallCertificate,
            to=spelled(v16=install_16, v2x=alike("InstallCertificate")),
            opened=spelled(v16=opened),
        ),
        Outbound(
            command=GetInstalledCertificates,
            to=spelled(v16=list_16, v2x=alike("GetInstalledCertificateIds")),
            opened=spelled(v16=opened),
            outcome=spelled(v16=by_answer, v2x=by_answer),  # NotFound is no refusal (M03, M04)
        ),
        Outbound(
            command=DeleteCertificate,
            to=spelled(v16=delete, v2x=delete),
            outcome=spelled(v16=by_answer, v2x=by_answer),  # NotFound is no refusal (M03, M04)
        ),
    ),
)
