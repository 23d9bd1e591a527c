"""Certificates: installed, listed and deleted at stations (M03 to M05), and what is answered where nothing here can check or make one."""

import msgspec

from gateway.ocpp.facts import ALL, V2X, cannot_process, fact_row
from gateway.ocpp.rows import (
    V21,
    Call,
    Capability,
    Draft,
    Outbound,
    Said,
    Unsupported,
    spelled,
)
from gateway.ocpp.spelling.alike import alike
from gateway.ocpp.spelling.errors import refusal
from gateway.ocpp.spelling.moments import rfc3339
from gateway.ocpp.spelling.outcomes import by_answer
from schemas.certificates import CertificateUse, DeleteCertificate, GetInstalledCertificates, InstallCertificate
from schemas.wire import Fault

USES_16 = {
    "CSMSRootCertificate": "CentralSystemRootCertificate",
    "ManufacturerRootCertificate": "ManufacturerRootCertificate",
}
"""How 1.6 calls the uses that it has (its security extension, CertificateUseEnumType)."""


# -- what stations ask ------------------------------------------------------------------------------------------------


def no_contract(_: Call) -> Said:
    """Get15118EVCertificate (M01, M02): Failed, for no provider of contracts is set up; there is no EXI to give."""
    return b'{"status":"Failed","exiResponse":""}'


def no_status(_: Call) -> Said:
    """M06.FR.04, GetCertificateStatus: Failed, for no OCSP responder is asked."""
    return b'{"status":"Failed"}'


class _Asked(msgspec.Struct, rename="camel"):
    source: str
    certificate_hash_data: msgspec.Raw


class _Chain(msgspec.Struct, rename="camel"):
    certificate_status_requests: list[_Asked]


def no_chain_status(call: Call) -> Said:
    """M07.FR.02, M07.FR.05, M07.FR.08, GetCertificateChainStatus: each certificate with its source, and Failed."""
    try:
        asked = msgspec.json.decode(call.payload, type=_Chain).certificate_status_requests
    except msgspec.MsgspecError:
        return refusal(call.version, Fault.FORMAT, "certificateStatusRequests cannot be read")
    at = rfc3339(call.context.received_at)
    return msgspec.json.encode(
        {
            "certificateStatus": [
                {
                    "certificateHashData": each.certificate_hash_data,
                    "source": each.source,
                    "status": "Failed",
                    "nextUpdate": at,
                }
                for each in asked
            ]
        }
    )


# -- what stations are asked ------------------------------------------------------------------------------------------


def _use_16(use: CertificateUse) -> str | Unsupported:
    return USES_16.get(use) or Unsupported(reason=f"OCPP 1.6 has no {use}")


def install_16(command: InstallCertificate, _: str) -> Draft | Unsupported:
    """1.6 InstallCertificate of the security extension."""
    use = _use_16(command.certificate_type)
    if isinstance(use, Unsupported):
        return use
    return Draft("InstallCertificate", {"certificateType": use, "certificate": command.certificate})


def list_16(command: GetInstalledCertificates, _: str) -> Draft | Unsupported:
    """1.6 GetInstalledCertificateIds: of one use."""
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
        fact_row("Get15118EVCertificate", V2X, noun="certificates", says=no_contract),
        fact_row("GetCertificateChainStatus", (V21,), noun="certificates", says=no_chain_status),
        fact_row("GetCertificateStatus", V2X, noun="certificates", says=no_status),
        fact_row("SignCertificate", ALL, noun="certificates", says=cannot_process),
    ),
    outbound=(
        Outbound(command=InstallCertificate, to=spelled(v16=install_16, v2x=alike("InstallCertificate"))),
        Outbound(
            command=GetInstalledCertificates,
            to=spelled(v16=list_16, v2x=alike("GetInstalledCertificateIds")),
            outcome=spelled(v16=by_answer, v2x=by_answer),  # NotFound is no refusal (M03, M04)
        ),
        Outbound(
            command=DeleteCertificate,
            to=spelled(v16=delete, v2x=delete),
            outcome=spelled(v16=by_answer, v2x=by_answer),  # NotFound is no refusal (M03, M04)
        ),
    ),
)
