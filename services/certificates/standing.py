"""Standing: what a certificate is at its station, by the newest times of what was learnt of it. PURE."""

from datetime import datetime

import msgspec

from schemas.certificates import CertificateStatus
from schemas.states.certificates import Kept
from services.following.remembering import is_since


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a certificate is, and since when it is not there."""

    status: CertificateStatus
    detail: str = ""
    ended_at: datetime | None = None


def standing(one: Kept, listed_at: datetime | None) -> Standing:
    """What the certificate is; `listed_at` is when the station last listed all of its use."""
    missing_at = listed_at if listed_at is not None and not is_since(one.present_at, listed_at) else None
    absent_at = max(filter(None, (one.deleted_at, missing_at)), default=None)
    if one.present_at is not None and not (absent_at is not None and absent_at >= one.present_at):
        return Standing(status="installed")
    if one.requested_at is not None and not is_since(one.settled_request, one.requested_at):
        return Standing(status="requested")
    held_at = max(filter(None, (one.present_at, one.unconfirmed_at)), default=None)
    found: list[tuple[datetime, Standing]] = []
    if absent_at is not None and held_at is not None and absent_at >= held_at:
        deleted = one.deleted_at is not None and one.deleted_at >= held_at
        found.append((absent_at, _absent(one.deleted_at if deleted else absent_at, deleted=deleted)))
    if one.unconfirmed_at is not None:
        found.append((one.unconfirmed_at, Standing(status="unconfirmed")))
    if one.refused_at is not None:
        found.append((one.refused_at, Standing(status="refused", detail=one.detail, ended_at=one.refused_at)))
    return max(found, key=lambda each: each[0], default=(None, Standing(status="requested")))[1]


def _absent(at: datetime | None, *, deleted: bool) -> Standing:
    return Standing(status="deleted" if deleted else "gone", ended_at=at)
