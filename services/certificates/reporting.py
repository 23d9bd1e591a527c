"""Reporting: security events by which a station says what it did with its certificate (A02.FR.07; 2.1, A02.FR.29). PURE."""

from datetime import datetime

from msgspec.structs import replace

from schemas.security import SecurityEventReported
from schemas.signing import STATION
from schemas.states.signing import StationSigning
from services.certificates import ended
from services.certificates.changing import put

INVALID = "InvalidChargingStationCertificate"
DISCARDED = "DiscardedRenewedClientCertificate"


def reported(state: StationSigning, event: SecurityEventReported) -> StationSigning:
    """A02.FR.07: the certificate is not valid for it; A02.FR.29: it went back to the one before."""
    if event.type not in (INVALID, DISCARDED):
        return state
    mine = [one for one in state.wanted if one.use in (None, STATION) and one.issued is not None]
    newest = max(mine, key=lambda one: one.asked_at, default=None)
    if newest is None or newest.asked_at > event.received_at:
        return state
    word = f"{event.type}{f': {event.tech_info}' if event.tech_info else ''}"[:500]
    if event.type == INVALID:
        if newest.status not in ("issued", "undelivered", "rejected") or newest.detail == word:
            return state
        return put(state, ended.of(newest, "rejected", word, event.received_at))
    if newest.status != "installed":
        return state
    return _back_to_the_one_before(
        put(state, ended.of(newest, "discarded", word, event.received_at)), event.received_at
    )


def _back_to_the_one_before(state: StationSigning, at: datetime) -> StationSigning:
    former = [
        one
        for one in state.wanted
        if one.status == "superseded" and one.installed_at is not None and one.issued and one.issued.expires_at > at
    ]
    if not former:
        return state
    last = max(former, key=lambda one: one.asked_at)
    return put(state, replace(last, status="installed", detail="", ended_at=None))
