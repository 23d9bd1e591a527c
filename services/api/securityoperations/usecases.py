"""Use cases of security operations: order at one station or at many, list, look, cancel, steer a batch. Routes and pages call them."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from http import HTTPStatus
from typing import Literal

from schemas.base import derived_id
from schemas.boottemplates import misfit, traits_of
from schemas.securityoperations import (
    BATCH_MOST,
    SECURITY_BATCHES,
    Operation,
    SecurityBatchChanged,
    SecurityBatchOrdered,
    SecurityBatchSteered,
    SecurityOperationCancelled,
    SecurityOperationChanged,
    SecurityOperationOrdered,
)
from schemas.stations import STATION_STATES, StationChanged
from services.api.boottemplates.rows import stations_of
from services.api.commands.usecases import idempotent_id
from services.api.ports import Ports
from services.api.securityoperations.ordering import operation_of_order
from services.api.securityoperations.rows import (
    OrderBatch,
    OrderOperation,
    SecurityBatch,
    SecurityOperation,
    batch_of,
    operation_of,
)
from services.api.stations.usecases import known_station
from services.api.web.paging import Page, Position, cursor_of, micros, position_of
from services.api.web.parts import in_parts
from services.api.web.policy import owner
from services.api.web.problems import Problem, invalid, not_found

SEED_BYTES = 32
AT_ONCE = 500
"""Orders that are sent to Kafka together."""

Action = Literal["pause", "resume", "cancel"]
STEERABLE: dict[Action, frozenset[str]] = {
    "pause": frozenset({"running"}),
    "resume": frozenset({"paused", "halted"}),
    "cancel": frozenset({"running", "paused", "halted"}),
}
"""In which statuses each intervention means something."""


async def order(ports: Ports, station: str, data: OrderOperation, *, key: str | None = None) -> SecurityOperation:
    """Order an operation at a station. Raises Problem, Outage."""
    known = await known_station(ports, station)
    operation = operation_of_order(data, ports.config.seal)
    order_id = ports.new_id() if key is None else idempotent_id(known.station, f"security-operation {key}")
    record = _order(ports, order_id, known.station, operation, data)
    await ports.publisher.publish(record)
    return _ordered(record)


def _order(
    ports: Ports, order_id: str, station: str, operation: Operation, data: OrderOperation
) -> SecurityOperationOrdered:
    now = ports.clock()
    return SecurityOperationOrdered(
        id=order_id,
        station=station,
        operation=operation,
        seed=secrets.token_hex(SEED_BYTES),
        back_within_s=data.back_within_s,
        expires_at=now + timedelta(seconds=data.expires_s),
        ordered_at=now,
        ordered_by=ports.principal.name,
    )


def _ordered(record: SecurityOperationOrdered) -> SecurityOperation:
    """The operation before the service has said anything of it."""
    return operation_of(
        SecurityOperationChanged(
            id="",
            operation=record.id,
            station=record.station,
            revision=0,
            kind=record.operation.kind,
            status="waiting",
            security_profile=getattr(record.operation, "security_profile", None),
            batch=record.batch,
            requested_at=record.ordered_at,
            requested_by=record.ordered_by,
            changed_at=record.ordered_at,
        )
    )


async def known_operation(ports: Ports, operation: str) -> SecurityOperation:
    """An operation. Raises Problem: 404; Outage."""
    found = await ports.reads.security_operation(operation)
    if found is None:
        raise not_found(f"There is no security operation {operation!r}.")
    return found


async def cancel(ports: Ports, operation: str) -> SecurityOperation:
    """Cancel an operation, if nothing was sent that the station acts on. Raises Problem: 404, 409; Outage."""
    found = await known_operation(ports, operation)
    if found.ended_at is not None:
        raise Problem(HTTPStatus.CONFLICT, f"The operation has ended: {found.status}.")
    await ports.publisher.publish(
        SecurityOperationCancelled(
            id=ports.new_id(),
            station=found.station,
            operation=operation,
            requested_at=ports.clock(),
            requested_by=ports.principal.name,
        )
    )
    return found


# -- batches ----------------------------------------------------------------------------------------------------------


async def order_batch(ports: Ports, data: OrderBatch, *, key: str | None = None) -> SecurityBatch:
    """Order an operation at many stations, in waves. Raises Problem, Outage."""
    operation = operation_of_order(data, ports.config.seal)
    await ports.reference.caught_up()
    stations = chosen(ports, data)
    whose = owner(ports.principal, None, None)
    batch = ports.new_id() if key is None else idempotent_id(whose, f"security-batch {key}")
    ends = wave_ends(len(stations), data.first, data.wave)
    now = ports.clock()
    ordered = SecurityBatchOrdered(
        id=derived_id(batch, "ordered"),
        key=batch,
        title=data.title,
        operation=operation,
        stations=len(stations),
        wave_ends=ends,
        wave_within_s=data.wave_within_s,
        max_failures=data.max_failures,
        spread_s=data.spread_s,
        expires_at=now + timedelta(seconds=data.expires_s),
        requested_at=now,
        requested_by=ports.principal.name,
        tenant=whose,
    )
    await ports.publisher.publish(ordered)
    for some in in_parts(_orders(ports, ordered, stations, data), AT_ONCE):
        await ports.publisher.publish(*some)
    return _begun(ordered)


def chosen(ports: Ports, data: OrderBatch) -> list[str]:
    """The stations of a batch, connected ones first, so that the first wave tells something. Raises Problem."""
    states = ports.reference.all(STATION_STATES)
    there = {name: each for name, each in states.items() if isinstance(each, StationChanged) and not each.removed}
    if unknown := [name for name in data.stations if name not in there]:
        raise invalid("stations", f"nobody has heard of {', '.join(unknown[:5])}")
    wanted = stations_of(data.criteria)
    named = set(data.stations) or set(there)
    fitting = [each for name, each in there.items() if name in named and not misfit(wanted, traits_of(each))]
    if not fitting:
        raise invalid("criteria", "no station meets them")
    if len(fitting) > BATCH_MOST:
        raise invalid("criteria", f"{len(fitting)} stations, {BATCH_MOST} at most: make several batches of it")
    # the digest spreads sites and makes over the waves, the same way every time
    fitting.sort(key=lambda each: (not each.connected, derived_id("security-batch", each.station)))
    return [each.station for each in fitting]


def wave_ends(stations: int, first: int, wave: int) -> tuple[int, ...]:
    """Where each wave ends in the list."""
    return tuple(min(end, stations) for end in range(first, stations + wave, wave) if end - wave < stations)


def _orders(
    ports: Ports, ordered: SecurityBatchOrdered, stations: list[str], data: OrderBatch
) -> Iterable[SecurityOperationOrdered]:
    wave = 0
    for number, station in enumerate(stations):
        wave += number == ordered.wave_ends[wave]
        yield SecurityOperationOrdered(
            id=derived_id(ordered.key, station),
            station=station,
            operation=ordered.operation,
            seed=secrets.token_hex(SEED_BYTES),
            back_within_s=data.back_within_s,
            expires_at=ordered.expires_at,
            batch=ordered.key,
            number=number,
            wave=wave,
            spread_s=data.spread_s,
            ordered_at=ordered.requested_at,
            ordered_by=ordered.requested_by,
        )


def _begun(ordered: SecurityBatchOrdered) -> SecurityBatch:
    """The batch before the service has said anything of it."""
    return batch_of(
        SecurityBatchChanged(
            id="",
            batch=ordered.key,
            revision=0,
            title=ordered.title,
            kind=ordered.operation.kind,
            security_profile=getattr(ordered.operation, "security_profile", None),
            status="running",
            stations=ordered.stations,
            waves=(),
            max_failures=ordered.max_failures,
            expires_at=ordered.expires_at,
            requested_at=ordered.requested_at,
            requested_by=ordered.requested_by,
            changed_at=ordered.requested_at,
            tenant=ordered.tenant,
        )
    )


def batches(ports: Ports) -> list[SecurityBatchChanged]:
    """All batches, newest first."""
    found = [each for each in ports.reference.all(SECURITY_BATCHES).values() if isinstance(each, SecurityBatchChanged)]
    return sorted(found, key=_place, reverse=True)


def batch_page(ports: Ports, *, cursor: str | None, limit: int) -> Page[SecurityBatch]:
    """A page of batches, newest first. Raises BadCursor."""
    behind = None if cursor is None else position_of(cursor)
    found = batches(ports)
    rest = [each for each in found if behind is None or _place(each) < (behind.at_us, behind.id)]
    page = rest[:limit]
    more = cursor_of(Position(*_place(page[-1]))) if len(rest) > limit else None
    return Page(tuple(map(batch_of, page)), more)


def _place(batch: SecurityBatchChanged) -> tuple[int, str]:
    return micros(batch.requested_at), batch.batch


def known_batch(ports: Ports, batch: str) -> SecurityBatch:
    """A batch. Raises Problem: 404."""
    record = ports.reference.get(SECURITY_BATCHES, batch)
    if not isinstance(record, SecurityBatchChanged):
        raise not_found(f"There is no security batch {batch!r}.")
    return batch_of(record)


async def steer(ports: Ports, batch: str, action: Action) -> SecurityBatch:
    """Pause, resume or stop a batch. Raises Problem: 404, 409; Outage."""
    await ports.reference.caught_up()
    found = known_batch(ports, batch)
    if found.status not in STEERABLE[action]:
        raise Problem(HTTPStatus.CONFLICT, f"The batch is {found.status}: there is nothing to {action}.")
    await ports.publisher.publish(
        SecurityBatchSteered(
            id=ports.new_id(),
            key=batch,
            action=action,
            requested_at=ports.clock(),
            requested_by=ports.principal.name,
            tenant=found.tenant,
        )
    )
    return found
