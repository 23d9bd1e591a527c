"""Authorization: Authorize requests and their answers."""

import datetime as dt
from typing import Any, Protocol

import msgspec

from gateway.ocpp.rows import Answer, Call, Capability, Inbound, Refusal, carries, present, spelled
from gateway.ocpp.spelling.errors import refusal
from gateway.ocpp.spelling.moments import rfc3339
from schemas.authorization import AuthorizationDecided, AuthorizationRequested, IdToken, token_key
from schemas.base import Record
from schemas.wire import Fault

LONGEST_TOKEN_16 = 20
"""1.6 IdToken is a CiString20Type: a longer group is left out, because a truncated one would be another group."""


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
    """2.x Authorize (C01). Certificates, where the station sends them, are not verified here."""
    return _requested(id_token(wire.idToken), call)


def _requested(token: IdToken, call: Call) -> tuple[Record, ...]:
    return (
        AuthorizationRequested(
            id=call.id("authorization"),
            token=token_key(token.value),
            id_token=token,
            station=call.context.station,
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def id_token(wire: Any) -> IdToken:
    """2.x IdTokenType."""
    return IdToken(value=wire.idToken or "", type=wire.type or "")


def id_tag_info(decision: Verdict) -> dict[str, Any]:
    """1.6 IdTagInfo."""
    return present(
        expiryDate=rfc3339(decision.expires_at) if decision.expires_at else None,
        parentIdTag=decision.group if 0 < len(decision.group) <= LONGEST_TOKEN_16 else None,
        status=decision.status,
    )


def id_token_info(decision: Verdict) -> dict[str, Any]:
    """2.x IdTokenInfoType. A group is a token of the CSMS's own (C09), so its type is Central."""
    return present(
        status=decision.status,
        cacheExpiryDateTime=rfc3339(decision.expires_at) if decision.expires_at else None,
        groupIdToken={"idToken": decision.group, "type": "Central"} if decision.group else None,
    )


def authorized_16(decision: AuthorizationDecided, _: dt.datetime) -> bytes:
    """1.6 Authorize.conf."""
    return msgspec.json.encode({"idTagInfo": id_tag_info(decision)})


def authorized_2x(decision: AuthorizationDecided, _: dt.datetime) -> bytes:
    """2.x AuthorizeResponse."""
    return msgspec.json.encode({"idTokenInfo": id_token_info(decision)})


def refuse_undecided(_: Any, call: Call) -> Refusal:
    """InternalError: no service has decided whether the token may charge, so the station has to ask again."""
    return refusal(call.version, Fault.INTERNAL, "no decision in time, please repeat")


TOKEN = carries("idToken.idToken idToken.type")
"""The members of a 2.x IdTokenType that records carry; others (C01: additionalInfo) go to `further`."""

AUTHORIZATION = Capability(
    inbound=(
        Inbound(
            action="Authorize",
            to=spelled(v16=authorize_16, v2x=authorize_2x),
            answer=Answer.DECIDED,
            fallback=refuse_undecided,
            decide=spelled(v16=authorized_16, v2x=authorized_2x),
            carried=spelled(v16=carries("idTag"), v2x=TOKEN),
            needs=spelled(v16="idTag", v2x="idToken.idToken"),
        ),
    ),
)
