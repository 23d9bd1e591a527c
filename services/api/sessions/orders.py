"""Session orders: an operator ends, corrects and releases charging sessions, each with a reason that is kept.

An order is published, and the use case waits until the session shows it, at most `api_order_wait_s`.
"""

import asyncio
import datetime as dt
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any

import msgspec

from schemas.base import Timestamp
from schemas.sessionorders import (
    WITHIN_REACH,
    SessionCorrected,
    SessionEndOrdered,
    SessionLimitOrdered,
    SessionReleased,
)
from services.api.ports import Ports
from services.api.sessions.rows import Session, SessionFilter
from services.api.sessions.usecases import known_session
from services.api.web.problems import Problem, invalid

LOOK_EVERY_S = 0.05
A_LITTLE_AHEAD = dt.timedelta(minutes=1)
MOST_WH = Decimal(10) ** 9

Order = SessionEndOrdered | SessionCorrected | SessionReleased | SessionLimitOrdered

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500, description="Why; it is kept with the session.")]
EndedAt = Annotated[Timestamp | None, msgspec.Meta(description="When it ended.")]
EnergyWh = Annotated[Decimal | None, msgspec.Meta(description="What was charged in Wh.", examples=["7321.25"])]


class _Reasoned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class EndSession(_Reasoned, frozen=True, kw_only=True):
    """The session is over; when, and with how much, where that is known: else as of its last reading."""

    ended_at: EndedAt = None
    energy_wh: EnergyWh = None


class CorrectSession(_Reasoned, frozen=True, kw_only=True):
    """When the session really ended, or how much was charged."""

    ended_at: EndedAt = None
    energy_wh: EnergyWh = None


class ReleaseSession(_Reasoned, frozen=True, kw_only=True):
    """The session's token is free for others; the session goes on."""


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order: the session, and whether it shows the order's effect already."""

    session: Session
    applied: bool


async def end(ports: Ports, session: str, data: EndSession) -> Ordered:
    """End a session whose station does not. Raises Problem: 404, 409 where it is over, 422; Outage."""
    found = await known_session(ports, session)
    if found.status == "ended":
        raise Problem(HTTPStatus.CONFLICT, "The session has ended: correct it instead.")
    await _require_reach(ports, found)
    given = _members(found, data, ports.clock())
    order = SessionEndOrdered(
        id=ports.new_id(),
        station=found.station,
        session=session,
        ordered_by=ports.principal.name,
        ordered_at=ports.clock(),
        **given,
    )
    return await published(ports, found, order)


async def correct(ports: Ports, session: str, data: CorrectSession) -> Ordered:
    """Correct the end or the energy of a session that is over. Raises Problem: 404, 409 where it runs, 422; Outage."""
    found = await known_session(ports, session)
    if found.status == "active":
        raise Problem(HTTPStatus.CONFLICT, "The session runs: end it first.")
    await _require_reach(ports, found)
    if data.ended_at is None and data.energy_wh is None:
        raise invalid("energy_wh", "say `energy_wh`, `ended_at`, or both")
    given = _members(found, data, ports.clock())
    order = SessionCorrected(
        id=ports.new_id(),
        station=found.station,
        session=session,
        ordered_by=ports.principal.name,
        ordered_at=ports.clock(),
        **given,
    )
    return await published(ports, found, order)


async def release(ports: Ports, session: str, data: ReleaseSession) -> Ordered:
    """Free the token of a running session. Raises Problem: 404, 409 where it is over; Outage."""
    found = await known_session(ports, session)
    if found.status != "active":
        raise Problem(HTTPStatus.CONFLICT, "The session is over: its token is free.")
    order = SessionReleased(
        id=ports.new_id(),
        station=found.station,
        session=session,
        reason=data.reason,
        ordered_by=ports.principal.name,
        ordered_at=ports.clock(),
    )
    return await published(ports, found, order)


async def _require_reach(ports: Ports, found: Session) -> None:
    """Raises Problem for a session that is over for so long that the service `transactions` has it no more."""
    if found.status == "active":
        return
    since = SessionFilter(station=found.station, active=False, since=found.started_at)
    if len((await ports.reads.sessions(since, limit=WITHIN_REACH + 1)).items) > WITHIN_REACH:
        sentence = f"The station has had {WITHIN_REACH} sessions or more since: a session as old as this can be changed no more."
        raise Problem(HTTPStatus.CONFLICT, sentence)


def _members(found: Session, data: EndSession | CorrectSession, now: dt.datetime) -> dict[str, Any]:
    """The order's own members. Raises Problem for an end before the start or ahead of now, and energies that nobody charged."""
    if data.ended_at is not None and data.ended_at < found.started_at:
        raise invalid("ended_at", f"before the session started, at {found.started_at.isoformat()}")
    if data.ended_at is not None and data.ended_at > now + A_LITTLE_AHEAD:
        raise invalid("ended_at", "this is still to come")
    energy_wh = data.energy_wh
    if energy_wh is not None and not (energy_wh.is_finite() and 0 <= energy_wh <= MOST_WH):
        raise invalid("energy_wh", f"from 0 to {MOST_WH}")
    ended_at = data.ended_at.astimezone(dt.UTC) if data.ended_at is not None else None
    return {"reason": data.reason, "ended_at": ended_at, "energy_wh": energy_wh}


async def published(ports: Ports, found: Session, order: Order) -> Ordered:
    """Publish the order and wait until the session shows it, at most `order_wait_s`. Raises Outage."""
    await ports.publisher.publish(order)
    loop = asyncio.get_running_loop()
    until = loop.time() + ports.config.order_wait_s
    while True:
        now = await ports.reads.session(found.session)
        if now is not None and now.changed_at > found.changed_at:
            return Ordered(session=now, applied=True)
        if loop.time() >= until:
            return Ordered(session=now or found, applied=False)
        await asyncio.sleep(LOOK_EVERY_S)
