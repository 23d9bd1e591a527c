"""Batches: which wave of a batch of security operations may begin, and when too many of them have failed. PURE.

The operations at the stations follow the batch as a reference: one begins once its wave is open and the batch runs.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.securityoperations import (
    FAILED,
    BatchWave,
    SecurityBatchChanged,
    SecurityBatchOrdered,
    SecurityBatchSteered,
    SecurityOperationEnded,
    UpgradeProfile,
)
from schemas.states.securityoperations import SecurityBatchState

Step = tuple[SecurityBatchState, list[Record]]

STEERED_KNOWN = 20
PENDING, FAILURE, OTHER = ".", "f", "d"


def initial(key: str) -> SecurityBatchState:
    """A batch of which nothing is known."""
    return SecurityBatchState(key=key)


def due(state: SecurityBatchState) -> datetime | None:
    """When the next wave begins although operations of the one before have not ended."""
    batch = state.batch
    if batch is None or batch.status != "running":
        return None
    last = _last_open(batch)
    opened_at = batch.waves[last].opened_at
    if opened_at is None or last + 1 == len(batch.waves):
        return None
    return opened_at + timedelta(seconds=batch.wave_within_s)


def step(state: SecurityBatchState, record: Record) -> Step:
    """Apply one record."""
    match record:
        case SecurityBatchOrdered():
            return _begun(state, record)
        case SecurityOperationEnded():
            return _ended(state, record)
        case SecurityBatchSteered():
            return _steered(state, record)
        case Due():
            moment, at = due(state), record.sent_at or record.at
            if moment is None or moment > at or state.batch is None:
                return state, []
            return _published(state, _with_next_wave(state.batch, at), at)
    raise Poison(f"securitybatches has no use for a {type(record).__name__}")


def _begun(state: SecurityBatchState, order: SecurityBatchOrdered) -> Step:
    if state.batch is not None:
        return state, []
    operation, at = order.operation, order.requested_at
    ends = order.wave_ends
    waves = tuple(BatchWave(first=first, end=end) for first, end in zip((0, *ends), ends, strict=False))
    batch = SecurityBatchChanged(
        id="",
        batch=order.key,
        revision=0,
        title=order.title,
        kind=operation.kind,
        security_profile=operation.security_profile if isinstance(operation, UpgradeProfile) else None,
        status="running",
        stations=order.stations,
        waves=(replace(waves[0], opened_at=at), *waves[1:]),
        max_failures=order.max_failures,
        wave_within_s=order.wave_within_s,
        spread_s=order.spread_s,
        expires_at=order.expires_at,
        requested_at=at,
        requested_by=order.requested_by,
        changed_at=at,
        tenant=order.tenant,
    )
    return _published(replace(state, ended=PENDING * order.stations), batch, at)


def _ended(state: SecurityBatchState, end: SecurityOperationEnded) -> Step:
    batch, number = state.batch, end.number
    if batch is None or not 0 <= number < len(state.ended) or state.ended[number] != PENDING:
        return state, []
    failed = end.status in FAILED
    letters = state.ended[:number] + (FAILURE if failed else OTHER) + state.ended[number + 1 :]
    waves = tuple(_counting(wave, failed=failed) if wave.first <= number < wave.end else wave for wave in batch.waves)
    batch = replace(batch, waves=waves, counts={**batch.counts, end.status: batch.counts.get(end.status, 0) + 1})
    return _published(replace(state, ended=letters), _judged(batch, state.forgiven, end.at), end.at)


def _counting(wave: BatchWave, *, failed: bool) -> BatchWave:
    return replace(wave, ended=wave.ended + 1, failed=wave.failed + failed)


def _judged(batch: SecurityBatchChanged, forgiven: int, at: datetime) -> SecurityBatchChanged:
    """The batch after an operation has ended: finished, halted, or with its next wave."""
    ended = sum(wave.ended for wave in batch.waves)
    if ended == batch.stations:
        return replace(batch, status="cancelled" if batch.status == "cancelled" else "finished", reason="", ended_at=at)
    if batch.status != "running":
        return batch
    failures = _failures(batch) - forgiven
    if batch.max_failures is not None and failures > batch.max_failures:
        return replace(batch, status="halted", reason=f"{failures} operations failed; {batch.max_failures} may.")
    last = batch.waves[_last_open(batch)]
    return _with_next_wave(batch, at) if last.ended == last.end - last.first else batch


def _steered(state: SecurityBatchState, steered: SecurityBatchSteered) -> Step:
    batch, at = state.batch, steered.requested_at
    if batch is None or batch.ended_at is not None or steered.id in state.steered:
        return state, []
    state = replace(state, steered=(*state.steered, steered.id)[-STEERED_KNOWN:])
    match steered.action:
        case "pause" if batch.status == "running":
            return _published(state, replace(batch, status="paused", reason="An operator paused it."), at)
        case "resume" if batch.status in ("paused", "halted"):
            state = replace(state, forgiven=_failures(batch))
            return _published(state, _judged(replace(batch, status="running", reason=""), state.forgiven, at), at)
        case "cancel" if batch.status != "cancelled":
            return _published(state, replace(batch, status="cancelled", reason="An operator stopped it."), at)
    return state, []


def _failures(batch: SecurityBatchChanged) -> int:
    return sum(wave.failed for wave in batch.waves)


def _last_open(batch: SecurityBatchChanged) -> int:
    return max(place for place, wave in enumerate(batch.waves) if wave.opened_at is not None)


def _with_next_wave(batch: SecurityBatchChanged, at: datetime) -> SecurityBatchChanged:
    place = _last_open(batch) + 1
    if place == len(batch.waves):
        return batch
    opened = replace(batch.waves[place], opened_at=at)
    return replace(batch, waves=(*batch.waves[:place], opened, *batch.waves[place + 1 :]))


def _published(state: SecurityBatchState, batch: SecurityBatchChanged, at: datetime) -> Step:
    """The batch with its next revision, whose time does not go back."""
    revision = batch.revision + 1
    changed_at = at if state.batch is None else max(at, state.batch.changed_at)
    batch = replace(
        batch,
        id=derived_id(batch.batch, "security-batch-changed", revision),
        revision=revision,
        changed_at=changed_at,
    )
    return replace(state, batch=batch), [batch]
