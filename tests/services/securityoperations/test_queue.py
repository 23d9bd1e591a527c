"""The queue: an operation of a batch begins with its wave, each station at its own moment, and not while the batch is held."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.securityoperations import BatchWave, SecurityBatchChanged
from services.securityoperations.queue import fraction_of
from tests.services.moments import at
from tests.services.securityoperations.stations import STATION, There


def batch(status: Any = "running", *opened: float) -> SecurityBatchChanged:
    waves = tuple(BatchWave(first=n, end=n + 1, opened_at=at(opened[n]) if n < len(opened) else None) for n in range(2))
    return SecurityBatchChanged(
        id="b",
        batch="batch-1",
        revision=1,
        kind="rotate-password",
        status=status,
        stations=2,
        waves=waves,
        expires_at=at(86_400),
        requested_at=at(0),
        changed_at=at(0),
    )


def of_batch(wave: int = 0, **changes: Any) -> There:
    there = There()
    there.connects()
    there.orders(batch="batch-1", number=wave, wave=wave, **changes)
    return there


def test_an_operation_waits_for_its_wave() -> None:
    there = of_batch(wave=1)
    assert there.last.why == "It begins with its wave."
    there.batches["batch-1"] = batch("running", 0)
    there.passes(100)
    assert there.sent == []
    there.batches["batch-1"] = batch("running", 0, there.now)
    there.passes(1)

    assert len(there.sent) == 1


def test_the_stations_of_a_wave_begin_one_after_the_other() -> None:
    there = of_batch(spread_s=1_000)
    there.batches["batch-1"] = batch("running", there.now)
    wait_s = fraction_of(STATION) * 1_000
    assert 0 < wait_s < 1_000
    there.passes(wait_s - 1)
    assert there.sent == []
    there.passes(2)

    assert len(there.sent) == 1


@pytest.mark.parametrize("status", ["paused", "halted"])
def test_nothing_begins_while_the_batch_is_held(status: str) -> None:
    there = of_batch()
    there.batches["batch-1"] = batch(status, 0)
    there.passes(1_000)

    assert (there.sent, there.last.status) == ([], "waiting")


def test_what_has_not_begun_ends_with_a_batch_that_is_stopped() -> None:
    there = of_batch()
    there.batches["batch-1"] = batch("cancelled", 0)
    there.passes(1)

    assert (there.last.status, there.state.queue) == ("cancelled", ())
    assert [(each.key, each.status) for each in there.ends] == [("batch-1", "cancelled")]


def test_the_batch_hears_of_the_end_of_each_operation() -> None:
    there = of_batch()
    there.batches["batch-1"] = batch("running", 0)
    there.passes(1)
    there.answers()

    (end,) = there.ends
    assert (end.key, end.operation, end.number, end.status) == ("batch-1", "order-1", 0, "done")


def test_an_operation_of_another_batch_does_not_hold_up_the_next() -> None:
    there = of_batch(wave=1)
    there.batches["batch-1"] = batch("running", 0)
    there.orders(id="order-2")

    assert [each.status for each in there.said if each.operation == "order-2"] == ["waiting", "running"]
    assert replace(there.last, steps=()).operation == "order-2"
