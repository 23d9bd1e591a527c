"""Learning: what the requests and answers of a station say of each of its certificates, in whatever order they were read. PURE.

Of each thing that is learnt the newest time counts, so that learning the same again, or in another order, changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import get_args

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.certificates import CertificateUse
from schemas.outcomes import is_unanswered
from schemas.states.certificates import Answered, Delete, Install, Kept, Listed, Listing, StationCertificates
from schemas.x509 import HashData
from services.following.remembering import later

KEPT_AT_MOST = 200
"""Certificates of one station that are followed; more that it lists are not."""

USES: tuple[str, ...] = get_args(CertificateUse)


def learnt(state: StationCertificates) -> StationCertificates:
    """The state with all that the remembered requests and answers say."""
    book = _Book(state)
    answers = {answer.command_id: answer for answer in state.answers}
    asked = sorted(state.asked, key=lambda one: (one.at, one.command_id))
    for one in asked:
        if isinstance(one, Install):
            book.install(one, answers.get(one.command_id))
    for one in sorted(asked, key=lambda one: answers[one.command_id].at if one.command_id in answers else one.at):
        answer = answers.get(one.command_id)
        if isinstance(one, Listing) and answer is not None and answer.listed is not None:
            book.listing(one, answer, answer.listed)
    for one in asked:
        answer = answers.get(one.command_id)
        if isinstance(one, Delete) and answer is not None and answer.outcome == "accepted":
            book.deleted(one.name, answer.at)
    return replace(state, kept=tuple(book.kept.values()), listed_at=book.listed_at)


def is_of(kept: Kept, name: HashData) -> bool:
    """Whether a station that names a certificate so means this one."""
    names = (*((kept.name,) if kept.name is not None else ()), *(kept.content.names if kept.content else ()))
    return any(each.is_that(name) for each in names)


class _Book:
    """The certificates of a station while they are learnt."""

    def __init__(self, state: StationCertificates) -> None:
        self.station = state.station
        self.kept = {one.id: one for one in state.kept}
        self.listed_at = dict(state.listed_at)

    def install(self, asked: Install, answer: Answered | None) -> None:
        """A certificate that the station was asked to install, with its answer where there is one."""
        one = self._of_install(asked)
        if one.requested_at is None or asked.at >= one.requested_at:
            one = replace(one, requested_at=asked.at, requested_by=asked.requested_by)
        one = replace(one, content=one.content or asked.content)
        if answer is not None:
            one = _answered(replace(one, settled_request=later(one.settled_request, asked.at)), answer)
        self.kept[one.id] = one

    def _of_install(self, asked: Install) -> Kept:
        content = asked.content
        for one in self._of_use(asked.use):
            same = content is not None and one.content is not None and one.content.fingerprint == content.fingerprint
            if same or (content and one.name and any(each.is_that(one.name) for each in content.names)):
                return one
        cause: tuple[str, ...] = (asked.digest,)
        if content is not None:
            cause = (content.fingerprint,)
            if (first := next(iter(content.names), None)) is not None and first.issuer_key_hash:
                cause = _parts(first)
        return self._known(asked.use, cause)

    def listing(self, asked: Listing, answer: Answered, listed: tuple[Listed, ...]) -> None:
        """All certificates of some uses, as the station lists them."""
        only = asked.uses[0] if len(asked.uses) == 1 else ""
        for use in asked.uses or USES:
            self.listed_at[use] = max(answer.at, self.listed_at.get(use, answer.at))
        for each in listed:
            if use := each.use or only:
                self._seen(use, each, answer.at)

    def _seen(self, use: str, listed: Listed, at: datetime) -> None:
        one = next((one for one in self._of_use(use) if is_of(one, listed.name)), None)
        if one is None:
            cause = _parts(listed.name)
            if len(self.kept) >= KEPT_AT_MOST:
                return
            one = self._known(use, cause)
        if one.verified_at is None or at >= one.verified_at:
            one = replace(one, name=listed.name, parent=listed.parent, verified_at=at)
        self.kept[one.id] = replace(one, present_at=later(one.present_at, at))

    def deleted(self, name: HashData, at: datetime) -> None:
        """The station has the certificate of this name no more, whatever its use."""
        for one in tuple(self.kept.values()):
            if is_of(one, name):
                self.kept[one.id] = replace(one, deleted_at=later(one.deleted_at, at))

    def _of_use(self, use: str) -> Iterator[Kept]:
        return (one for one in tuple(self.kept.values()) if one.use == use)

    def _known(self, use: str, cause: tuple[str, ...]) -> Kept:
        id_ = derived_id(self.station, "certificate", use, *cause)
        return self.kept.get(id_) or Kept(id=id_, use=use)


def _parts(name: HashData) -> tuple[str, ...]:
    plain = name.plain
    return (plain.hash_algorithm, plain.issuer_name_hash, plain.issuer_key_hash, plain.serial_number)


def _answered(one: Kept, answer: Answered) -> Kept:
    if answer.outcome == "accepted":
        return replace(one, present_at=later(one.present_at, answer.at))
    if is_unanswered(answer.outcome, sent=answer.sent):
        return replace(one, unconfirmed_at=later(one.unconfirmed_at, answer.at))
    if one.refused_at is None or answer.at >= one.refused_at:
        return replace(one, refused_at=answer.at, detail=answer.detail)
    return one
