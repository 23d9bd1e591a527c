"""Authorization: Authorize requests and their answers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from gateway.ocpp.rows import V16, Answer, Call, Capability, Inbound, Refusal, carries, exact, present, spelled
from gateway.ocpp.spelling.errors import refusal
from gateway.ocpp.spelling.moments import rfc3339
from gateway.ocpp.spelling.tariffs import with_tariff, with_tariff_text
from schemas.authorization import (
    AuthorizationDecided,
    AuthorizationRequested,
    CertificateHash,
    ContractCertificate,
    ContractPresented,
    IdToken,
    token_key,
)
from schemas.base import Record
from schemas.transactionlimits import MEMBERS, NO_LIMIT, WIRE, TransactionLimit
from schemas.wire import Fault

LONGEST_TOKEN_16 = 20
"""1.6 IdToken is a CiString20Type: a longer group is left out, because a truncated one would be another group."""

LONGEST_LANGUAGE = 8
"""IdTokenInfoType.language1: string[0..8]; a longer tag is left out."""

SHORTEST_CACHE_16 = dt.timedelta(minutes=1)
"""1.6 stations take expiryDate for the end of the token itself, by a clock of their own: one that has passed would refuse the driver."""

STATUS_16: Mapping[str, str] = {
    "NoCredit": "Blocked",
    "NotAllowedTypeEVSE": "Blocked",
    "NotAtThisLocation": "Blocked",
    "NotAtThisTime": "Blocked",
    "Unknown": "Invalid",
}
"""1.6, 7.2 AuthorizationStatus: a known token that may not charge now is Blocked; an unknown one is Invalid."""


class Verdict(Protocol):
    """What is said of a token: the answer to its question, or its entry on a local list."""

    @property
    def status(self) -> str:
        """An AuthorizationStatus."""

    @property
    def expires_at(self) -> dt.datetime | None:
        """Until when it holds."""

    @property
    def group(self) -> str:
        """The token's group; empty: none."""


def authorize_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 Authorize."""
    return _requested(IdToken(value=wire.idTag), call)


def authorize_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x Authorize (C01); with what the station says of a contract certificate it is judged first (C07.FR.02, FR.05, FR.06)."""
    hashes = tuple(
        CertificateHash(
            hash_algorithm=each.hashAlgorithm or "",
            issuer_name_hash=each.issuerNameHash or "",
            issuer_key_hash=each.issuerKeyHash or "",
            serial_number=each.serialNumber or "",
            responder_url=each.responderURL or "",
        )
        for each in wire.iso15118CertificateHashData or ()
    )
    chain = wire.certificate or ""
    token = id_token(wire.idToken)
    if not (hashes or chain):
        return _requested(token, call)
    return (
        ContractPresented(
            id=call.id("contract"),
            token=token_key(token.value),
            id_token=token,
            station=call.context.station,
            certificate=ContractCertificate(hashes=hashes, chain=chain),
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def _requested(token: IdToken, call: Call) -> tuple[Record, ...]:
    return (
        AuthorizationRequested(
            id=call.id("authorization"),
            token=token_key(token.value),
            id_token=token,
            station=call.context.station,
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
            purpose="authorize",
        ),
    )


def id_token(wire: Any) -> IdToken:
    """2.x IdTokenType."""
    return IdToken(value=wire.idToken or "", type=wire.type or "")


# -- what stations are told -------------------------------------------------------------------------------------------


def id_tag_info(decision: Verdict, expires_at: dt.datetime | None = None) -> dict[str, Any]:
    """1.6 IdTagInfo; `expires_at` where another moment than the token's own is said."""
    expires_at = expires_at or decision.expires_at
    return present(
        expiryDate=rfc3339(expires_at) if expires_at else None,
        parentIdTag=decision.group if 0 < len(decision.group) <= LONGEST_TOKEN_16 else None,
        status=STATUS_16.get(decision.status, decision.status),
    )


def id_tag_decided(decision: AuthorizationDecided, at: dt.datetime) -> dict[str, Any]:
    """1.6 IdTagInfo of a decision: kept by the station for a minute at least."""
    until = decision.cache_until
    if until is not None and until != decision.expires_at:
        until = max(until, at + SHORTEST_CACHE_16)
    return id_tag_info(decision, until)


def id_token_info(decision: Verdict) -> dict[str, Any]:
    """2.x IdTokenInfoType of a local list. A group is a token of the CSMS's own (C09.FR.13), so its type is Central."""
    return present(
        status=decision.status,
        cacheExpiryDateTime=rfc3339(decision.expires_at) if decision.expires_at else None,
        groupIdToken=_group(decision),
    )


ORDER_201 = [
    "status",
    "cacheExpiryDateTime",
    "chargingPriority",
    "language1",
    "evseId",
    "groupIdToken",
    "language2",
    "personalMessage",
]
ORDER_21 = [
    "status",
    "cacheExpiryDateTime",
    "chargingPriority",
    "groupIdToken",
    "language1",
    "language2",
    "evseId",
    "personalMessage",
]
"""The members of IdTokenInfoType as the schemas order them."""


def id_token_decided(decision: AuthorizationDecided, order: Sequence[str]) -> dict[str, Any]:
    """2.x IdTokenInfoType of a decision (C01), its members in this order."""
    until = decision.cache_until or decision.expires_at
    languages = tuple(each for each in decision.languages if len(each) <= LONGEST_LANGUAGE)
    language = languages[0] if languages else None
    message = present(format="UTF8", language=language, content=decision.message) if decision.message else None
    members = present(
        status=decision.status,
        cacheExpiryDateTime=rfc3339(until) if until else None,
        chargingPriority=decision.priority or None,
        language1=language,
        language2=languages[1] if len(languages) > 1 else None,
        evseId=list(decision.evses) or None,
        groupIdToken=_group(decision),
        personalMessage=message,
    )
    return {name: members[name] for name in order if name in members}


def _group(decision: Verdict) -> dict[str, str] | None:
    return {"idToken": decision.group, "type": "Central"} if decision.group else None


def transaction_limit(limit: TransactionLimit) -> dict[str, Any] | None:
    """2.1 TransactionLimitType (E16); None for no limit."""
    values = {kind: getattr(limit, member) for kind, member in MEMBERS.items()}
    spelled_limit = {
        WIRE[kind]: exact(value) if kind in ("cost", "energy") else value
        for kind, value in values.items()
        if value is not None
    }
    return spelled_limit or None


def said_limit(wire: Any) -> TransactionLimit:
    """What a 2.1 station limits a transaction to (TransactionLimitType); nothing where it says nothing."""
    if wire is None:
        return NO_LIMIT
    return TransactionLimit(**{member: getattr(wire, WIRE[kind]) for kind, member in MEMBERS.items()})


LIMIT_SAID = frozenset(f"transactionInfo.transactionLimit.{member}" for member in WIRE.values())
"""The members of a TransactionEvent with what its station limits it to."""


def authorized_16(decision: AuthorizationDecided, at: dt.datetime) -> bytes:
    """1.6 Authorize.conf."""
    return msgspec.json.encode({"idTagInfo": id_tag_decided(decision, at)})


def authorized_201(decision: AuthorizationDecided, _: dt.datetime) -> bytes:
    """2.0.1 AuthorizeResponse."""
    return _authorized_2x(decision, ORDER_201)


def authorized_21(decision: AuthorizationDecided, _: dt.datetime) -> bytes:
    """2.1 AuthorizeResponse."""
    return _authorized_2x(decision, ORDER_21)


def _authorized_2x(decision: AuthorizationDecided, order: Sequence[str]) -> bytes:
    """Something is said of a certificate only where it was judged (C07.FR.13 to FR.17)."""
    info, certificate = id_token_decided(decision, order), decision.certificate_status or None
    return msgspec.json.encode(present(idTokenInfo=info, certificateStatus=certificate))


def refuse_undecided(_: Any, call: Call) -> Refusal:
    """InternalError: no service has decided whether the token may charge, so the station has to ask again."""
    return refusal(call.version, Fault.INTERNAL, "no decision in time, please repeat")


def undecided_2x(wire: Any, call: Call) -> Refusal | bytes:
    """No service has decided in time. An EV waits for no repetition: its contract gets the word for what could not be verified (C07.FR.17).

    The station is not to remember it.
    """
    if not (wire.certificate or wire.iso15118CertificateHashData):
        return refuse_undecided(wire, call)
    info = {"status": "Invalid", "cacheExpiryDateTime": rfc3339(call.context.received_at)}
    return msgspec.json.encode({"idTokenInfo": info, "certificateStatus": "CertChainError"})


def undecided(wire: Any, call: Call) -> Refusal | bytes:
    """The fallback of Authorize."""
    return refuse_undecided(wire, call) if call.version == V16 else undecided_2x(wire, call)


TOKEN = carries("idToken.idToken idToken.type")
"""The members of a 2.x IdTokenType that records carry; others (C01: additionalInfo) go to `further`."""

_CERTIFICATE = carries(
    "certificate",
    iso15118CertificateHashData=carries("hashAlgorithm issuerNameHash issuerKeyHash serialNumber responderURL"),
)
"""What is said of a contract certificate (C07.FR.02, FR.06)."""

AUTHORIZATION = Capability(
    inbound=(
        Inbound(
            action="Authorize",
            to=spelled(v16=authorize_16, v2x=authorize_2x),
            answer=Answer.DECIDED,
            fallback=undecided,
            decide=spelled(v16=authorized_16, v201=with_tariff_text(authorized_201), v21=with_tariff(authorized_21)),
            carried=spelled(v16=carries("idTag"), v2x=TOKEN | _CERTIFICATE),
            needs=spelled(v16="idTag", v2x="idToken.idToken"),
        ),
    ),
)
