"""Standing: what a DER control is at its station, by the newest times of what was learnt of it. PURE."""

from datetime import datetime, timedelta

import msgspec

from schemas.der import DERControl, DERControlStatus
from schemas.states.der import Kept
from services.following.remembering import is_since


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a control is, and since when it is not there."""

    status: DERControlStatus
    detail: str = ""
    ended_at: datetime | None = None


def expires_at(control: DERControl) -> datetime | None:
    """When the station deletes a scheduled control (R04.FR.10); None: never by itself."""
    starts, lasts = control.settings.starts_at, control.settings.duration_s
    if control.is_default or starts is None or lasts is None:
        return None
    try:
        return starts + timedelta(seconds=float(lasts))
    except OverflowError:
        return None


def standing(one: Kept, lapsed_at: datetime | None) -> Standing:
    """What the control is; what ends until `lapsed_at` has expired."""
    absent_at = max(filter(None, (one.cleared_at, one.missing_at)), default=None)
    held_at = max(filter(None, (one.present_at, one.unconfirmed_at)), default=None)
    pending = one.requested_at is not None and not is_since(one.settled_request, one.requested_at)
    there = one.present_at is not None and not is_since(absent_at, one.present_at)
    end = expires_at(one.control)
    over = end is not None and is_since(lapsed_at, end) and held_at is not None and not pending
    if over and end is not None and (there or absent_at is None or end <= absent_at):
        return Standing(status="expired", ended_at=end)
    if there:
        return Standing(status="accepted")
    if pending:
        return Standing(status="requested")
    found: list[tuple[datetime, Standing]] = []
    if absent_at is not None and held_at is not None and absent_at >= held_at:
        found.append((absent_at, _absent(one, held_at, absent_at)))
    if one.unconfirmed_at is not None:
        found.append((one.unconfirmed_at, Standing(status="unconfirmed")))
    if one.refused_at is not None:
        found.append((one.refused_at, Standing(status="refused", detail=one.detail, ended_at=one.refused_at)))
    return max(found, key=lambda each: each[0], default=(None, Standing(status="requested")))[1]


def _absent(one: Kept, held_at: datetime, absent_at: datetime) -> Standing:
    if one.cleared_at is not None and one.cleared_at >= held_at:
        return Standing(status="cleared", ended_at=one.cleared_at)
    return Standing(status="gone", ended_at=absent_at)
