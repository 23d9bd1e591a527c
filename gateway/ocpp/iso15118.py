"""ISO 15118: stations ask for the state of certificates and for contract certificates (M01, M02, M06, M07). Services decide."""

import datetime as dt
from typing import Any

import msgspec

from gateway.ocpp.rows import (
    V21,
    Answer,
    Call,
    Capability,
    Inbound,
    carries,
    present,
    spelled,
)
from gateway.ocpp.spelling.alike import camel
from gateway.ocpp.spelling.moments import rfc3339
from schemas.base import OcppVersion, Record
from schemas.iso15118 import (
    CertificateStatusAsked,
    CertificateStatusDecided,
    ContractCertificateAsked,
    ContractCertificateDecided,
    StatusCheck,
    StatusFound,
)
from schemas.x509 import HashData

HASH_DATA = HashData.__struct_fields__

LONGEST_OCSP_201, LONGEST_OCSP_21 = 5_500, 18_000
"""The most of `ocspResult`, in characters of base64."""

LONGEST_EXI_201, LONGEST_EXI_21 = 5_600, 17_000
"""The most of `exiResponse`."""

INFO_LONGEST = 512
"""The most of StatusInfo's `additionalInfo`: 2.0.1's, for every version."""

LATE = "Nothing was found out in time."

# -- what stations ask ------------------------------------------------------------------------------------------------


def status_asked(wire: Any, call: Call) -> tuple[Record, ...]:
    """GetCertificateStatus (M06): of one certificate, with the address of its responder."""
    data = wire.ocspRequestData
    return (_status_asked(call, (StatusCheck(source="OCSP", urls=(data.responderURL,), name=_name(data)),)),)


def chain_status_asked(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 GetCertificateChainStatus (M07): of up to four certificates."""
    checks = tuple(
        StatusCheck(
            source="CRL" if each.source == "CRL" else "OCSP",
            urls=tuple(url for url in each.urls or () if isinstance(url, str)),
            name=_name(each.certificateHashData),
        )
        for each in wire.certificateStatusRequests
    )
    return (_status_asked(call, checks, chain=True),)


def _status_asked(call: Call, checks: tuple[StatusCheck, ...], *, chain: bool = False) -> CertificateStatusAsked:
    return CertificateStatusAsked(
        id=call.id("certificate-status-asked"),
        station=call.context.station,
        checks=checks,
        chain=chain,
        reply_to=call.reply_to(),
        received_at=call.context.received_at,
    )


def _name(data: Any) -> HashData:
    """The hash data; read leniently members may be missing, and then nothing is found out about it."""
    given = {name: _text(getattr(data, camel(name), None)) for name in HASH_DATA}
    return HashData(**given | {"hash_algorithm": given["hash_algorithm"] or "SHA256"})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def contract_asked_201(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.0.1 Get15118EVCertificate."""
    return (_contract_asked(wire, call),)


def contract_asked_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 Get15118EVCertificate: for ISO 15118-20, several contracts of an EV (M01.FR.03)."""
    asked = _contract_asked(wire, call)
    emaids = tuple(wire.prioritizedEMAIDs or ())
    return (
        msgspec.structs.replace(asked, maximum_chains=wire.maximumContractCertificateChains, prioritized_emaids=emaids),
    )


def _contract_asked(wire: Any, call: Call) -> ContractCertificateAsked:
    return ContractCertificateAsked(
        id=call.id("contract-certificate-asked"),
        station=call.context.station,
        schema_version=wire.iso15118SchemaVersion,
        action="Update" if wire.action == "Update" else "Install",
        exi_request=wire.exiRequest,
        reply_to=call.reply_to(),
        received_at=call.context.received_at,
    )


# -- what they are answered -------------------------------------------------------------------------------------------


def status_decided(longest: int) -> Any:
    """GetCertificateStatusResponse: the responder's answer (M06.FR.02, FR.03, FR.08, FR.09), or Failed (M06.FR.04)."""

    def decided(decision: CertificateStatusDecided, _: dt.datetime) -> bytes:
        found = decision.found[0]
        if found.ocsp and len(found.ocsp) <= longest:
            return msgspec.json.encode({"status": "Accepted", "ocspResult": found.ocsp})
        long = f"The answer has {len(found.ocsp)} characters, and the message holds {longest}."
        return msgspec.json.encode({"status": "Failed", "statusInfo": _info(long if found.ocsp else found.detail)})

    return decided


def chain_status_decided(decision: CertificateStatusDecided, now: dt.datetime) -> bytes:
    """2.1 GetCertificateChainStatusResponse: an entry for each certificate (M07.FR.08)."""
    return _chain_status(decision.found, now)


def _chain_status(found: tuple[StatusFound, ...], now: dt.datetime) -> bytes:
    entries = [
        {
            "certificateHashData": {camel(name): getattr(each.name, name) for name in HASH_DATA},
            "source": each.source,
            "status": each.status,
            "nextUpdate": rfc3339(each.next_update or now),
        }
        for each in found
    ]
    return msgspec.json.encode({"certificateStatus": entries})


def contract_decided_201(decision: ContractCertificateDecided, _: dt.datetime) -> bytes:
    """2.0.1 Get15118EVCertificateResponse."""
    return _contract(decision, LONGEST_EXI_201)


def contract_decided_21(decision: ContractCertificateDecided, _: dt.datetime) -> bytes:
    """2.1 Get15118EVCertificateResponse, with how many contracts are left (M01.FR.04, FR.07)."""
    return _contract(decision, LONGEST_EXI_21, decision.remaining)


def _contract(decision: ContractCertificateDecided, longest: int, remaining: int | None = None) -> bytes:
    exi, size = decision.exi_response, decision.exi_size or len(decision.exi_response)
    if exi and size <= longest:
        return msgspec.json.encode(present(status="Accepted", exiResponse=exi, remainingContracts=remaining))
    why = f"The answer has {size} characters, and the message holds {longest}." if exi else decision.detail
    return msgspec.json.encode({"status": "Failed", "statusInfo": _info(why), "exiResponse": ""})


def _info(why: str) -> dict[str, str]:
    return present(reasonCode="Unspecified", additionalInfo=why[:INFO_LONGEST] or None)


def status_late(_: Any, __: Call) -> bytes:
    """Nobody has answered in time (M06.FR.04)."""
    return msgspec.json.encode({"status": "Failed", "statusInfo": _info(LATE)})


def chain_status_late(wire: Any, call: Call) -> bytes:
    """Nobody has answered in time: each certificate, and Failed (M07.FR.02, FR.05)."""
    (asked,) = chain_status_asked(wire, call)
    assert isinstance(asked, CertificateStatusAsked)
    found = tuple(StatusFound(source=each.source, name=each.name) for each in asked.checks)
    return _chain_status(found, call.context.received_at)


def contract_late(_: Any, __: Call) -> bytes:
    """Nobody has answered in time: the station tells the EV that it failed (M01, M02, error handling)."""
    return msgspec.json.encode({"status": "Failed", "statusInfo": _info(LATE), "exiResponse": ""})


_NAMED = carries(" ".join(map(camel, HASH_DATA)))
_EXI = "iso15118SchemaVersion action exiRequest"
_BOTH: tuple[OcppVersion, ...] = ("2.0.1", V21)

ISO15118 = Capability(
    inbound=(
        Inbound(
            action="GetCertificateStatus",
            to=spelled(v2x=status_asked),
            answer=Answer.DECIDED,
            fallback=status_late,
            decide=spelled(v201=status_decided(LONGEST_OCSP_201), v21=status_decided(LONGEST_OCSP_21)),
            carried=dict.fromkeys(_BOTH, carries(ocspRequestData=_NAMED | {"responderURL"})),
            needs=dict.fromkeys(
                _BOTH,
                " ".join(f"ocspRequestData.{each}" for each in (*map(camel, HASH_DATA), "responderURL")),
            ),
        ),
        Inbound(
            action="GetCertificateChainStatus",
            to={V21: chain_status_asked},
            answer=Answer.DECIDED,
            fallback=chain_status_late,
            decide={V21: chain_status_decided},
            carried={
                V21: carries(certificateStatusRequests=carries("source urls", certificateHashData=_NAMED)),
            },
            needs={V21: "certificateStatusRequests"},
        ),
        Inbound(
            action="Get15118EVCertificate",
            to=spelled(v201=contract_asked_201, v21=contract_asked_21),
            answer=Answer.DECIDED,
            fallback=contract_late,
            decide=spelled(v201=contract_decided_201, v21=contract_decided_21),
            carried=spelled(
                v201=carries(_EXI), v21=carries(f"{_EXI} maximumContractCertificateChains prioritizedEMAIDs")
            ),
            needs=dict.fromkeys(_BOTH, _EXI),
        ),
    ),
)
