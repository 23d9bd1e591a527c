"""Responding: keeps the answers of our OCSP responder: one is made with each certificate, again in time, and when it is revoked."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from schemas.authorities import OCSP_ANSWERS, OcspAnswerMade
from schemas.base import Record
from schemas.revocations import CertificateRevoked
from schemas.signing import CertificateIssued
from services.authorities.answers import About, again
from services.authorities.port import Authority
from services.runtime.bus.outgoing import Outgoing

AT_ONCE = 200
"""Answers that are made before others get their turn: some 20 to 200 ms of signing."""

References = Mapping[str, Record]
T = TypeVar("T")


def batched(many: Iterable[T], count: int) -> Iterator[list[T]]:
    """So many of them at a time."""
    rest = iter(many)
    while some := list(islice(rest, count)):
        yield some


class Responding:
    """The answers about certificates of these authorities; each holds for `hours`."""

    def __init__(self, authorities: Mapping[str, Authority], *, hours: float) -> None:
        self._authorities = authorities
        self._holds = dt.timedelta(hours=hours)

    def first(self, issued: CertificateIssued, now: dt.datetime) -> list[OcspAnswerMade]:
        """The first answers about a certificate that was made now."""
        authority = self._authorities.get(issued.authority)
        abouts = authority.asked_about(issued) if authority is not None else ()
        made = (self._made(about, now) for about in abouts)
        return [each for each in made if each is not None]

    def stale(self, answers: References, revoked: References, now: dt.datetime) -> Iterable[OcspAnswerMade]:
        """The answers that are to be made again: half of their time has passed, or the certificate was revoked since."""
        for each in list(answers.values()):
            if isinstance(each, OcspAnswerMade) and each.expires_at > now:
                half = each.made_at + (each.next_at - each.made_at) / 2
                if half <= now or (each.status == "good" and each.fingerprint in revoked):
                    yield each

    def renewed(self, stale: Iterable[OcspAnswerMade], revoked: References, now: dt.datetime) -> list[OcspAnswerMade]:
        """These answers made again. Nothing of an authority that is not here any more."""
        found = []
        for each in stale:
            revocation = revoked.get(each.fingerprint)
            about = again(each, revocation if isinstance(revocation, CertificateRevoked) else None)
            found.append(self._made(about, now))
        return [each for each in found if each is not None]

    def forgotten(self, answers: References, now: dt.datetime) -> list[Outgoing]:
        """Tombstones of answers about certificates that have expired."""
        return [
            Outgoing(OCSP_ANSWERS.name, each.answer.encode(), None)
            for each in list(answers.values())
            if isinstance(each, OcspAnswerMade) and each.expires_at <= now
        ]

    def _made(self, about: About, now: dt.datetime) -> OcspAnswerMade | None:
        next_at = now + self._holds
        answers = (one.ocsp_answer(about, now, next_at) for one in self._authorities.values())
        return next((each for each in answers if each is not None), None)
