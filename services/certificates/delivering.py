"""Delivering: a certificate is sent until the station answers (CertificateSigned; A02.FR.06 to FR.16). PURE."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.commands import CommandRequested, CommandSettled
from schemas.signing import CertificateSigned
from schemas.states.signing import Sending, StationSigning, Wanted
from services.certificates import ended
from services.certificates.changing import put, same_use

REQUESTED_BY = "certificate-signing"
PRIORITY = 3
"""Before the commands of operators, which have 5: the station waits for it."""
TIMEOUT_S = 60.0
WAITS = timedelta(minutes=10)
"""So long the command waits for a station that is not connected."""
OUTCOME_WITHIN = WAITS + timedelta(minutes=5)
"""A command without an outcome by then was lost on its way."""
PAUSE = timedelta(minutes=1)
"""The wait after an attempt without an answer; twice as long after each further one."""
LONGEST_PAUSE = timedelta(hours=1)
ATTEMPTS = 8
"""Then it is `undelivered`, until the station asks again with the same request."""


def anew(one: Wanted, at: datetime) -> Wanted:
    """The certificate, sent again from the first attempt on, unless a command is under way."""
    if one.sending.command_id and one.sending.until is not None:
        return one
    return replace(one, status="issued", detail="", sending=replace(one.sending, next_at=at))


def due(one: Wanted) -> datetime | None:
    """When it is to be sent, or its command is given up."""
    if one.status != "issued":
        return None
    return one.sending.until or one.sending.next_at


def go_on(state: StationSigning, at: datetime) -> tuple[StationSigning, list[Record]]:
    """Give up commands without an outcome, and send what is to be sent."""
    outputs: list[Record] = []
    for one in state.wanted:
        moment = due(one)
        if moment is None or moment > at:
            continue
        if one.sending.until is not None:
            state = put(state, _unanswered(one, at, "The outcome of the command did not come."))
            continue
        state, request = _sent(state, one, at)
        outputs.append(request)
    return state, outputs


def _sent(state: StationSigning, one: Wanted, at: datetime) -> tuple[StationSigning, CommandRequested]:
    assert one.issued is not None
    attempts = one.sending.attempts + 1
    request = CommandRequested(
        id=derived_id(one.id, one.asked_id, "certificate-signed", attempts),
        station=state.station,
        command=CertificateSigned(
            certificate_chain=one.issued.chain, certificate_type=one.use, request_id=one.request_id
        ),
        requested_at=at,
        expires_at=at + WAITS,
        priority=PRIORITY,
        when_offline="wait",
        timeout_s=TIMEOUT_S,
        requested_by=REQUESTED_BY,
    )
    sending = Sending(
        attempts=attempts, command_id=request.id, until=at + OUTCOME_WITHIN, doubtful=one.sending.doubtful
    )
    return put(state, replace(one, sending=sending)), request


def settled(state: StationSigning, outcome: CommandSettled) -> StationSigning:
    """What the station did with the certificate of a command of ours."""
    one = next(
        (one for one in state.wanted if outcome.command_id and one.sending.command_id == outcome.command_id), None
    )
    if one is None or one.issued is None:
        return state
    if outcome.outcome == "accepted":
        return _installed(state, one, outcome.settled_at) if one.status != "installed" else state
    if one.status != "issued" or one.sending.until is None:
        return state
    word = outcome.detail or outcome.error_code or outcome.outcome
    if outcome.outcome in ("timed_out", "disconnected", "expired", "cancelled"):
        doubtful = one.sending.doubtful or outcome.sent is not False
        one = replace(one, sending=replace(one.sending, doubtful=doubtful))
        return put(state, _unanswered(one, outcome.settled_at, f"The station did not answer ({word})."))
    if one.sending.doubtful:
        why = f"The station gave no answer at first, and then: {word}. It may use the certificate."
        return put(state, replace(one, status="undelivered", detail=why, sending=replace(one.sending, until=None)))
    return put(state, ended.of(one, "rejected", word, outcome.settled_at))


def _installed(state: StationSigning, one: Wanted, at: datetime) -> StationSigning:
    """The station uses it, and no other of its use (A02.FR.09; 2.1, A02.FR.10)."""
    assert one.issued is not None
    newer = any(other.status == "installed" and other.asked_at > one.asked_at for other in same_use(state, one))
    taken = replace(
        one,
        status="installed",
        detail="",
        installed_at=at,
        ended_at=None,
        issued=replace(one.issued, chain=""),
        sending=Sending(attempts=one.sending.attempts, command_id=one.sending.command_id),
    )
    if newer:
        return put(state, ended.of(taken, "superseded", "", at))
    for other in same_use(state, one):
        if other.status in ("installed", "undelivered") and other.asked_at < one.asked_at:
            state = put(state, ended.of(other, "superseded", "", at))
    return put(state, taken)


def _unanswered(one: Wanted, at: datetime, why: str) -> Wanted:
    if one.sending.attempts >= ATTEMPTS:
        return replace(one, status="undelivered", detail=why, sending=replace(one.sending, attempts=0, until=None))
    pause = min(PAUSE * 2 ** (one.sending.attempts - 1), LONGEST_PAUSE)
    sending = replace(one.sending, until=None, next_at=at + pause)
    return replace(one, detail=why, sending=sending)
