"""Plug & Charge at a simulated station: the contract that an EV shows, as each version spells it, and what the CSMS says (C07). PURE."""

import re
from typing import Any

import msgspec

from loadtest.ocpp.messages import Message, Payload

PNC = "org.openchargealliance.iso15118pnc"
"""The vendor of messages of 2.0.1 inside DataTransfer of 1.6."""

PROVIDER = "DEELB"
"""Country and provider of the simulated mobility operator."""

_EMAID = re.compile(rf"{PROVIDER}C[A-Z0-9]{{8}}")


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """What an EV shows: its eMAID, the chain in PEM without the root, and what a responder is to be asked about each certificate."""

    emaid: str
    chain: str
    hashes: tuple[Payload, ...] = ()


class _TokenInfo(msgspec.Struct):
    status: str


class _Answer(msgspec.Struct, rename="camel"):
    id_token_info: _TokenInfo
    certificate_status: str = ""


class _Transferred(msgspec.Struct):
    status: str
    data: str = "{}"


def is_contract(token: str) -> bool:
    """Whether a token is the eMAID of a simulated contract."""
    return _EMAID.fullmatch(token) is not None


def authorizing(subprotocol: str, contract: Contract) -> Message:
    """Authorize with the contract's certificate (C07.FR.02, FR.06); in 1.6 inside DataTransfer."""
    payload: Payload = {
        "idToken": {"idToken": contract.emaid, "type": "eMAID"},
        "certificate": contract.chain,
        "iso15118CertificateHashData": list(contract.hashes),
    }
    return message(subprotocol, "Authorize", payload)


def asking_status(subprotocol: str, certificate: Payload) -> Message:
    """GetCertificateStatus of a certificate (M06); in 1.6 inside DataTransfer."""
    return message(subprotocol, "GetCertificateStatus", {"ocspRequestData": certificate})


def message(subprotocol: str, action: str, payload: Payload) -> Message:
    """A message of 2.0.1; in 1.6 inside DataTransfer."""
    if subprotocol != "ocpp1.6":
        return Message(action, payload)
    data = msgspec.json.encode(payload).decode()
    return Message("DataTransfer", {"vendorId": PNC, "messageId": action, "data": data})


def accepted(subprotocol: str, payload: bytes) -> bool:
    """Whether both the certificate and the contract are accepted."""
    if subprotocol == "ocpp1.6":
        outer = msgspec.json.decode(payload, type=_Transferred)
        if outer.status != "Accepted":
            return False
        payload = outer.data.encode()
    answer: Any = msgspec.json.decode(payload, type=_Answer)
    return (answer.id_token_info.status, answer.certificate_status) == ("Accepted", "Accepted")
