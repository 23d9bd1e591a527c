"""A batch of records applied to states, without any bus."""

from dataclasses import dataclass, replace

import msgspec
import pytest

from schemas.base import Record, ReplyTo
from schemas.codec import Decoder, encode
from schemas.datatransfer import DataTransferred
from schemas.topics import DUE
from schemas.transactions import TransactionDecided
from services.runtime.loop.batch import LARGEST_RECORD_BYTES, Applied, Stepper
from tests.services.runtime.counter import Added, Broken, Refused, Sum, service, step, topics


@dataclass(frozen=True)
class Message:
    value: bytes | None
    topic: str = "csms.t-a"
    partition: int = 0
    offset: int = 0
    key: bytes | None = b"A"


def stepper(
    states: dict[str, Sum] | None = None, *, missing: tuple[str, ...] = (), steps: object = step
) -> Stepper[Sum]:
    known = states or {}
    return Stepper(
        service=replace(service("t"), step=steps),  # type: ignore[arg-type]
        decode=Decoder(*topics("t"), DUE).decode,
        load=lambda partition, key: known.get(key, Sum(test="t", station=key)),
        missing_topic=lambda topic: topic in missing,
    )


def messages(*records: Record) -> list[Message]:
    return [Message(encode(record), offset=offset) for offset, record in enumerate(records)]


def reasons(applied: Applied[Sum]) -> list[str]:
    return [dead.reason for dead in applied.dead]


def test_records_of_one_key_see_the_state_that_the_ones_before_left() -> None:
    applied = stepper().apply(messages(*(Added(station="A", number=number) for number in (1, 2, 3))))

    assert applied.states[0, "A"].total == 6
    assert [msgspec.json.decode(sent.value)["data"] for sent in applied.outputs] == [1, 3, 6]


def test_a_batch_begins_with_the_saved_state() -> None:
    saved = Sum(test="t", station="A", last=1, total=100)

    applied = stepper({"A": saved}).apply(messages(Added(station="A", number=2)))

    assert applied.states[0, "A"].total == 102


def test_a_poison_record_changes_nothing_and_the_next_is_applied() -> None:
    applied = stepper().apply(messages(Refused(station="A"), Added(station="A", number=1)))

    assert reasons(applied) == ["refused as asked"]
    assert applied.states[0, "A"].total == 1
    assert applied.dead_in_a_row == {}


def test_dead_letters_in_a_row_are_counted_across_batches() -> None:
    applied = stepper().apply(messages(Refused(station="A"), Refused(station="A")), dead_in_a_row={"t": 5})

    assert applied.dead_in_a_row == {"t": 7}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (Message(b"{"), "truncated"),
        (Message(b'{"record":"test-unknown"}'), "test-unknown"),
        (Message(b"{}"), "record"),
        (Message(encode(Added(station="A", number=1)), key=None), "no key"),
        (Message(encode(Added(station="A", number=1)), key=b"\xff"), "not UTF-8"),
    ],
)
def test_what_cannot_be_read_is_put_aside_with_its_reason(message: Message, reason: str) -> None:
    (found,) = reasons(stepper().apply([message]))

    assert reason in found


def test_a_tombstone_says_nothing() -> None:
    applied = stepper().apply([Message(None)])

    assert (applied.outputs, applied.states, applied.dead) == ([], {}, [])


def test_what_a_service_does_not_want_is_not_even_decoded() -> None:
    choosy = stepper()
    choosy = replace(
        choosy, service=replace(choosy.service, wants=lambda topic, key: (topic, key) != ("csms.t-a", "A"))
    )

    applied = choosy.apply([Message(b"nonsense"), Message(encode(Added(station="B", number=2)), key=b"B")])

    assert (applied.dead, list(applied.states)) == ([], [(0, "B")])


def test_an_output_that_has_no_topic_to_go_to_is_told_and_all_else_counts() -> None:
    def told_twice(state: Sum, record: Record) -> tuple[Sum, list[Record]]:
        after, outputs = step(state, record)
        return after, [*outputs, answer()]

    applied = stepper(missing=("csms.gateway.gone",), steps=told_twice).apply(messages(Added(station="A", number=1)))

    assert "csms.gateway.gone, which does not exist" in reasons(applied)[0]
    assert applied.states[0, "A"].total == 1
    assert [sent.record for sent in applied.outputs] == ["data-transferred"]
    assert applied.dead_in_a_row == {}


def test_what_makes_a_station_act_is_kept_apart_until_the_states_are_saved() -> None:
    ordinary = stepper()
    acting = replace(ordinary, service=replace(ordinary.service, acts=(DataTransferred,)))

    applied = acting.apply(messages(Added(station="A", number=1)))

    assert ([sent.record for sent in applied.outputs], [sent.record for sent in applied.acts]) == (
        [],
        ["data-transferred"],
    )


def answer() -> TransactionDecided:
    reply_to = ReplyTo(gateway="gone", epoch=1, message_id="1")
    return TransactionDecided(id="1", station="A", reply_to=reply_to, transaction_id="1")


def test_an_empty_key_is_a_key() -> None:
    applied = stepper().apply([Message(encode(Added(station="", number=1)), key=b"")])

    assert (reasons(applied), applied.states[0, ""].total) == ([], 1)


def test_a_record_whose_output_is_too_large_for_kafka_is_put_aside() -> None:
    def grow(state: Sum, record: Record) -> tuple[Sum, list[Record]]:
        after, outputs = step(state, record)
        return after, [msgspec.structs.replace(outputs[0], vendor_id="x" * LARGEST_RECORD_BYTES)]

    applied = stepper(steps=grow).apply(messages(Added(station="A", number=1)))

    assert "more than Kafka takes" in reasons(applied)[0]
    assert applied.outputs == []


def test_a_bug_is_raised_with_the_place_of_the_record() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        stepper().apply(messages(Added(station="A", number=1), Broken(station="A")))

    assert raised.value.__notes__ == ["t: at csms.t-a, partition 0, offset 1"]


def test_an_output_that_the_catalogue_does_not_know_is_a_bug() -> None:
    def stray(state: Sum, record: Record) -> tuple[Sum, list[Record]]:
        return state, [record]

    with pytest.raises(LookupError, match="Added"):
        stepper(steps=stray).apply(messages(Added(station="A", number=1)))
