"""Renewing: stations are asked for the successor of a certificate before it expires, each at a moment of its own (A02). PURE."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.commands import CommandRequested, CommandSettled
from schemas.security import SecurityEventReported
from schemas.signing import STATION, TRIGGERS
from schemas.states.signing import Renewal, StationSigning, Wanted
from schemas.stationcommands import TriggerMessage
from services.certificates.changing import put, same_use
from services.certificates.checking import Policy
from services.certificates.delivering import REQUESTED_BY

AGAIN = timedelta(days=1)
"""The wait for a new certificate before the station is asked again."""
WAITS = timedelta(hours=1)
PRIORITY = 7
TIMEOUT_S = 60.0
WHOLE = 2**32
COMBINED = ("SignCombinedCertificate", "SignChargingStationCertificate")
"""What is triggered, in turn, where one certificate is for everything: not every station knows the first."""


def renewal_at(station: str, one: Wanted, policy: Policy) -> datetime | None:
    """When the station is first asked; None where it never is."""
    if one.issued is None or policy.renewal_days <= 0:
        return None
    validity = one.issued.expires_at - one.issued.valid_from
    lead = min(timedelta(days=policy.renewal_days), validity / 3)
    spread = min(timedelta(days=policy.spread_days), lead / 2)
    share = int(derived_id(station, "certificate-renewal")[:8], 16) / WHOLE
    return one.issued.expires_at - lead + spread * share


def due(state: StationSigning, one: Wanted, policy: Policy) -> datetime | None:
    """When the station is to be asked next; None while a successor is on its way."""
    if one.status != "installed" or any(other.status in ("ordered", "issued") for other in same_use(state, one)):
        return None
    first = renewal_at(state.station, one, policy)
    if first is None or one.renewal.asked_at is None:
        return first
    return max(first, one.renewal.asked_at + AGAIN)


def go_on(state: StationSigning, at: datetime, policy: Policy) -> tuple[StationSigning, list[Record]]:
    """Ask for what is due."""
    outputs: list[Record] = []
    for one in state.wanted:
        moment = due(state, one, policy)
        if moment is not None and moment <= at:
            state, request = _asked(state, one, at)
            outputs.append(request)
    return state, outputs


def _asked(state: StationSigning, one: Wanted, at: datetime) -> tuple[StationSigning, CommandRequested]:
    attempts = one.renewal.attempts + 1
    message = COMBINED[(attempts - 1) % len(COMBINED)] if one.use is None else TRIGGERS[one.use]
    request = CommandRequested(
        id=derived_id(one.id, "renewal", attempts),
        station=state.station,
        command=TriggerMessage(requested_message=message),
        requested_at=at,
        expires_at=at + WAITS,
        priority=PRIORITY,
        when_offline="wait",
        timeout_s=TIMEOUT_S,
        requested_by=REQUESTED_BY,
    )
    return put(state, replace(one, renewal=Renewal(attempts=attempts, command_id=request.id, asked_at=at))), request


def at_once(station: str, event: SecurityEventReported) -> list[Record]:
    """A station that was let in with an expired certificate is asked for a request now (A00.FR.429, FR.807: A02), known here or not."""
    request = CommandRequested(
        id=derived_id(event.id, "renewal"),
        station=station,
        command=TriggerMessage(requested_message=TRIGGERS[STATION]),
        requested_at=event.received_at,
        expires_at=event.received_at + WAITS,
        priority=0,
        when_offline="wait",
        timeout_s=TIMEOUT_S,
        requested_by=REQUESTED_BY,
    )
    return [request]


def settled(state: StationSigning, outcome: CommandSettled) -> StationSigning:
    """What the station said to being asked: shown with its certificate, until there is a new one."""
    one = next(
        (one for one in state.wanted if outcome.command_id and one.renewal.command_id == outcome.command_id), None
    )
    if one is None or one.status != "installed":
        return state
    word = "" if outcome.outcome == "accepted" else (outcome.detail or outcome.error_code or outcome.outcome)
    detail = f"The station was asked to renew it: {word}." if word else ""
    if (one.renewal.word, one.detail) == (word, detail):
        return state
    return put(state, replace(one, detail=detail, renewal=replace(one.renewal, word=word)))
