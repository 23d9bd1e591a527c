"""Certificates: what was asked and answered is learnt (`learning`), and what each certificate is follows from that (`standing`).

A certificate is known by its use and by how OCPP names it. It was installed from here, or the station listed it. Requests are read first;
in whatever order answers are read, the end is the same. Raw commands are not followed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.certificates import (
    PRESENT,
    CertificateChanged,
    DeleteCertificate,
    GetInstalledCertificates,
    InstallCertificate,
)
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.states.certificates import Answered, Delete, Install, Kept, Listing, Said, StationCertificates
from schemas.x509 import BadCertificate, Certificate, HashData, read_pem
from services.certificates.learning import KEPT_AT_MOST, learnt
from services.certificates.listing import listed_in
from services.certificates.standing import Standing, standing
from services.following.forgetting import Dated, first, over, strays, surplus, until, without
from services.following.remembering import ANY_TIME, in_any_order, remembered, undated, word_of
from services.following.snapshots import published

Step = tuple[StationCertificates, list[Record]]

REMEMBERED = 50
"""Requests, and answers to none that is known, of one station; the newest stay."""

FORGOTTEN_AFTER = timedelta(days=1)
"""So long after its end a certificate is known, and so long requests and answers are kept: what they said stays."""

LIST = str(GetInstalledCertificates.__struct_config__.tag)
OURS = frozenset(
    str(each.__struct_config__.tag) for each in (InstallCertificate, DeleteCertificate, GetInstalledCertificates)
)


def initial(key: str) -> StationCertificates:
    """A station of whose certificates nothing is known."""
    return StationCertificates(station=key)


def due(state: StationCertificates) -> datetime | None:
    """When the next thing is forgotten."""
    return first(_passing(state))


def step(state: StationCertificates, record: Record) -> Step:
    """Remember what a record says, and publish each certificate that it changes."""
    match record:
        case CommandRequested():
            after, at = _requested(state, record), record.requested_at
        case CommandSettled() if record.command in OURS:
            after, at = _settled(state, record), record.settled_at
        case Due():
            return _without(state, over(_passing(state), record.at)), []
        case CommandCancelled() | CommandSettled():
            return state, []
        case _:
            raise Poison(f"certificates has no use for a {type(record).__name__}")
    return (state, []) if after is state else _published(_bounded(learnt(after)), at)


def comparable(state: StationCertificates) -> StationCertificates:
    """The state without what the order of reading between its topics decides: how often, and when, something was published."""
    return in_any_order(replace(state, said=undated(state.said)), "said", "kept", "asked", "answers")


# -- what is remembered -----------------------------------------------------------------------------------------------


def _requested(state: StationCertificates, request: CommandRequested) -> StationCertificates:
    asked = _asked(request)
    if asked is None or asked in state.asked:
        return state
    if isinstance(asked, Install) and len(state.kept) >= KEPT_AT_MOST:
        raise Poison(f"{KEPT_AT_MOST} certificates of this station are known: this one is not followed")
    return replace(state, asked=(*state.asked, asked))


def _asked(request: CommandRequested) -> Install | Delete | Listing | None:
    made: dict[str, Any] = {"command_id": request.id, "at": request.requested_at}
    match request.command:
        case InstallCertificate(certificate_type=use, certificate=text):
            return Install(
                use=use,
                content=_content(text),
                digest=derived_id(text.strip()),
                requested_by=request.requested_by,
                **made,
            )
        case DeleteCertificate() as command:
            return Delete(
                name=HashData(**{name: getattr(command, name) for name in HashData.__struct_fields__}), **made
            )
        case GetInstalledCertificates(certificate_type=uses):
            return Listing(uses=uses, **made)
    return None


def _content(text: str) -> Certificate | None:
    try:
        return read_pem(text)
    except BadCertificate:
        return None


def _settled(state: StationCertificates, record: CommandSettled) -> StationCertificates:
    readable = record.command == LIST and record.outcome == "accepted"
    answer = Answered(
        command_id=record.command_id,
        outcome=record.outcome,
        detail=word_of(record),
        sent=record.sent,
        listed=listed_in(record.response) if readable else None,
        at=record.settled_at,
    )
    return remembered(state, "answers", answer, by="command_id")


# -- what is published ------------------------------------------------------------------------------------------------


def _published(state: StationCertificates, at: datetime) -> Step:
    """The state that knows what was published, and a snapshot of each certificate that is not what was published last."""
    now = (_now(state, one, at) for one in state.kept)
    said, outputs = published(state.said, now, by="id", record=_numbered)
    return replace(state, said=said), outputs


def _now(state: StationCertificates, one: Kept, at: datetime) -> tuple[CertificateChanged, Said]:
    """The certificate whole, and what is said of it by that."""
    now = standing(one, state.listed_at.get(one.use))
    changed = _changed(state, one, now, at)
    return changed, Said(id=one.id, revision=0, status=now.status, digest=_digest(changed), at=at)


def _numbered(changed: CertificateChanged, said: Said) -> CertificateChanged:
    return replace(changed, id=derived_id(said.id, "certificate-changed", said.revision), revision=said.revision)


def _digest(changed: CertificateChanged) -> str:
    """Equal for snapshots that say the same. A later listing that lacks it too ends a certificate no second time."""
    ended_at = None if changed.status == "gone" else changed.ended_at
    same = replace(changed, id="", revision=0, changed_at=ANY_TIME, ended_at=ended_at)
    return derived_id(msgspec.json.encode(same).decode())


def _changed(state: StationCertificates, one: Kept, now: Standing, at: datetime) -> CertificateChanged:
    content = one.content
    return CertificateChanged(
        id="",
        certificate=one.id,
        station=state.station,
        revision=0,
        use=one.use,
        status=now.status,
        detail=now.detail,
        child_of=_parent(state, one),
        name=one.name or (content.names[0] if content is not None and content.names else None),
        subject=content.subject if content else "",
        issuer=content.issuer if content else "",
        valid_from=content.valid_from if content else None,
        expires_at=content.expires_at if content else None,
        fingerprint=content.fingerprint if content else "",
        requested_at=one.requested_at,
        requested_by=one.requested_by,
        verified_at=one.verified_at,
        ended_at=now.ended_at,
        changed_at=at,
    )


def _parent(state: StationCertificates, one: Kept) -> str:
    if one.parent is None:
        return ""
    return next(
        (other.id for other in state.kept if other.use == one.use and other.name and other.name.is_that(one.parent)), ""
    )


# -- what is forgotten ------------------------------------------------------------------------------------------------


def _passing(state: StationCertificates) -> Iterator[Dated]:
    """What is forgotten some day, with the time: certificates that are not there, and what was learnt already."""
    kept = {one.id: one for one in state.kept}
    gone = ((kept[said.id], said.at) for said in state.said if said.status not in PRESENT and said.id in kept)
    answered = {answer.command_id: answer.at for answer in state.answers}
    asked = ((one, answered[one.command_id]) for one in state.asked if one.command_id in answered)
    return until(chain(gone, asked, ((answer, answer.at) for answer in state.answers)), FORGOTTEN_AFTER)


def _bounded(state: StationCertificates) -> StationCertificates:
    """The state within its limits: the newest requests and answers stay."""
    answered = {answer.command_id for answer in state.answers}
    settled: list[Dated] = [(one, one.at) for one in state.asked if one.command_id in answered]
    gone = surplus((settled, strays(state.answers, {one.command_id for one in state.asked})), REMEMBERED)
    dropped = {one.command_id for one in state.asked if one in gone}
    gone |= {answer for answer in state.answers if answer.command_id in dropped}
    return _without(state, gone) if gone else state


def _without(state: StationCertificates, gone: set[msgspec.Struct]) -> StationCertificates:
    after = without(state, gone, "kept", "asked", "answers")
    ids = {one.id for one in after.kept}
    return replace(after, said=tuple(said for said in state.said if said.id in ids))
