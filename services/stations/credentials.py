"""Credentials: which passwords of a station are accepted, by operators, commands and the station's own use. PURE.

A01.FR.03 and 04: a password that the station accepted replaces the one before; a rejected one is dropped. Where the result is
unknown, both are accepted until the station has used one. A station without a password needs the new one only once it has used it,
because it gets the password first and is told to use it afterwards (A05).
"""

from datetime import datetime

from msgspec.structs import replace

from schemas.commands import CredentialReported
from schemas.credentials import credential_id
from schemas.states.stations import CredentialState, OfferedCredential

OFFERS_REMEMBERED = 4
"""Passwords that may be on their way to one station; of more, the oldest is dropped."""


def set_by_operator(state: CredentialState, password_hash: str, at: datetime) -> CredentialState:
    """Set the password of the operator; a changed one voids all others."""
    if password_hash == state.word:
        return state
    return CredentialState(word=password_hash, current=password_hash, since=at if password_hash else None)


def apply_report(state: CredentialState, report: CredentialReported) -> CredentialState:
    """Apply the report on a command that sets a password."""
    match report.status:
        case "asked":
            return _offer(state, report)
        case "changed" if state.current:
            return _set_current(state, report.password_hash, report.at)
        case "unchanged":
            left = tuple(offer for offer in state.offered if offer.command_id != report.command_id)
            return replace(state, offered=left)
    opened = tuple(replace(o, open=True) if o.command_id == report.command_id else o for o in state.offered)
    return replace(state, offered=opened)


def note_used(state: CredentialState, credential: str, at: datetime) -> CredentialState:
    """Note that the station connected with this credential (`credential_id`), so that its password is known."""
    for offer in state.offered:
        if credential_id(offer.password_hash) == credential:
            return _set_current(state, offer.password_hash, at)
    if credential and credential == credential_id(state.current):
        return replace(state, offered=tuple(offer for offer in state.offered if not offer.open))
    return state


def accepted_hashes(state: CredentialState) -> tuple[str, ...]:
    """The hashes of all accepted passwords; empty where only the operator's own applies."""
    if not state.offered and state.current == state.word:
        return ()
    return (state.current, *(offer.password_hash for offer in state.offered))


def _offer(state: CredentialState, report: CredentialReported) -> CredentialState:
    if report.password_hash == state.current or any(o.command_id == report.command_id for o in state.offered):
        return state
    offer = OfferedCredential(password_hash=report.password_hash, command_id=report.command_id)
    return replace(state, offered=(*state.offered, offer)[-OFFERS_REMEMBERED:])


def _set_current(state: CredentialState, password_hash: str, at: datetime) -> CredentialState:
    """Set the station's password: those before it are void, those sent after it may still arrive."""
    hashes = [offer.password_hash for offer in state.offered]
    later = state.offered[hashes.index(password_hash) + 1 :] if password_hash in hashes else state.offered
    since = state.since if password_hash == state.current else at
    return replace(state, current=password_hash, offered=later, since=since)
