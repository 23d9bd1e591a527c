"""Batches: waves that follow each other, halts, and what operators do about them."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Due, Record
from schemas.securityoperations import (
    RotatePassword,
    SecurityBatchChanged,
    SecurityBatchOrdered,
    SecurityBatchSteered,
    SecurityOperationEnded,
)
from services.securityoperations.batches import due, initial, step
from tests.examples import examples
from tests.services.core import Core
from tests.services.moments import at

BATCH = "batch-1"


def ordered(*wave_ends: int, **changes: Any) -> SecurityBatchOrdered:
    members = {
        "id": "ordered",
        "key": BATCH,
        "operation": RotatePassword(),
        "stations": wave_ends[-1],
        "wave_ends": wave_ends,
        "wave_within_s": 3_600,
        "expires_at": at(86_400),
        "requested_at": at(0),
    }
    return SecurityBatchOrdered(**members | changes)


def ended(number: int, status: Any = "done", seconds: float = 10) -> SecurityOperationEnded:
    return SecurityOperationEnded(
        id=f"{number}-ended",
        key=BATCH,
        operation=f"operation-{number}",
        station=f"CP-{number}",
        number=number,
        status=status,
        at=at(seconds),
    )


def steered(action: Any, seconds: float = 20) -> SecurityBatchSteered:
    return SecurityBatchSteered(id=f"{action}-{seconds}", key=BATCH, action=action, requested_at=at(seconds))


def batch(*records: Record) -> Core[Any]:
    return Core(initial(BATCH), step, *records, due=due)


def now(of: Core[Any]) -> SecurityBatchChanged:
    found = of.said[-1]
    assert isinstance(found, SecurityBatchChanged)
    return found


def opened(of: Core[Any]) -> list[bool]:
    return [wave.opened_at is not None for wave in now(of).waves]


def test_the_first_wave_begins_at_once_and_the_next_when_it_has_ended() -> None:
    of = batch(ordered(1, 3))
    assert opened(of) == [True, False]

    of.feed(ended(0))

    assert opened(of) == [True, True]
    assert now(of).waves[1].opened_at == at(10)


def test_a_wave_with_stations_that_do_not_come_holds_up_the_next_for_so_long_and_no_longer() -> None:
    of = batch(ordered(1, 3))
    of.pass_time(BATCH, at(3_599))
    assert opened(of) == [True, False]
    of.pass_time(BATCH, at(3_601))

    assert opened(of) == [True, True]


def test_too_many_failures_halt_the_batch() -> None:
    of = batch(ordered(2, 4, max_failures=1), ended(0, "rejected"), ended(1, "missing"))

    assert (now(of).status, now(of).reason) == ("halted", "2 operations failed; 1 may.")
    assert opened(of) == [True, False]
    of.pass_time(BATCH, at(10_000))
    assert opened(of) == [True, False]


def test_a_halted_batch_that_is_resumed_forgives_its_failures() -> None:
    of = batch(ordered(2, 4, max_failures=0), ended(0, "failed"))
    assert now(of).status == "halted"
    of.feed(steered("resume"))
    assert now(of).status == "running"
    of.feed(ended(1), ended(2, "fell-back"))

    assert now(of).status == "halted"


def test_a_paused_batch_opens_no_wave_until_it_goes_on() -> None:
    of = batch(ordered(1, 2), steered("pause"), ended(0))
    assert (now(of).status, opened(of)) == ("paused", [True, False])
    of.feed(steered("resume", 30))

    assert (now(of).status, opened(of)) == ("running", [True, True])


def test_a_batch_is_finished_when_every_operation_has_ended() -> None:
    of = batch(ordered(2), ended(0), ended(1, "rejected"))

    assert (now(of).status, now(of).counts, now(of).ended_at) == ("finished", {"done": 1, "rejected": 1}, at(10))
    assert of.feed(steered("cancel")) == []


def test_a_batch_that_is_stopped_stays_so() -> None:
    of = batch(ordered(1, 2), steered("cancel"), ended(0, "cancelled"), ended(1, "cancelled"))

    assert (now(of).status, now(of).waves[1].opened_at) == ("cancelled", None)
    assert now(of).waves[0].failed == 0


def test_what_a_batch_does_not_have_changes_nothing() -> None:
    assert batch(ended(0), steered("pause")).said == []
    of = batch(ordered(2))
    assert of.feed(ended(2), Due(key=BATCH, at=at(5))) == []


@given(st.data())
@settings(max_examples=examples(50), deadline=None)
def test_repeats_and_any_order_of_ends_come_to_the_same(data: st.DataObject) -> None:
    ends = [ended(number, "failed" if number % 3 == 0 else "done") for number in range(6)]
    order = [*data.draw(st.permutations(ends)), *data.draw(st.lists(st.sampled_from(ends), max_size=4))]
    of = batch(ordered(2, 4, 6), ordered(2, 4, 6), *order)

    assert (now(of).counts, now(of).status) == ({"failed": 2, "done": 4}, "finished")
    assert [wave.failed for wave in now(of).waves] == [1, 1, 0]
