"""Several services in one worker: each has its own state, its own time, its own dead letters; they share the rest."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from schemas.base import Due, Record
from schemas.codec import Decoder, encode
from schemas.hosting import HostState, part_of, with_part
from schemas.topic import Topic
from schemas.topics import DUE, due_topic
from services.runtime.loop import hosting
from services.runtime.loop.batch import Applied, Stepper
from services.runtime.loop.hosting import build_host
from services.runtime.loop.service import Service
from tests.services.runtime.counter import EPOCH, Added, Broken, Forgotten, Refused, RingAsked, Sum, hosted_pair, topics
from tests.services.runtime.loop.test_batch import Message

SHARED, OWN = (topic.name for topic in topics("t"))
"""The topic that both services read, and the one that only `t-one` reads."""


def host() -> Service[HostState]:
    return build_host("t", hosted_pair("t"))


def apply(*records: tuple[str, Record], states: dict[str, HostState] | None = None) -> Applied[HostState]:
    service = host()
    known = states or {}
    stepper = Stepper(
        service=service,
        decode=Decoder(*service.inputs, DUE).decode,
        load=lambda _, key: known.get(key, service.initial(key)),
        missing_topic=lambda _: False,
    )
    return stepper.apply([Message(encode(record), topic=topic) for topic, record in records])


def sums(state: HostState) -> dict[str, int]:
    return {name.removeprefix("t-"): msgspec.json.decode(part, type=Sum).total for name, part in state.parts.items()}


def test_a_record_is_stepped_by_each_service_that_reads_its_topic_and_by_no_other() -> None:
    applied = apply((SHARED, Added(station="A", number=1)), (OWN, Added(station="A", number=2)))

    assert sums(applied.states[0, "A"]) == {"one": 3, "two": 1}


def test_what_each_service_says_leaves_under_its_own_name() -> None:
    applied = apply((SHARED, Added(station="A", number=1)), (OWN, Added(station="A", number=2)))

    assert [sent.service for sent in applied.outputs] == ["t-one", "t-two", "t-one"]
    assert applied.counts == {("t-one", "test-added", "applied"): 2, ("t-two", "test-added", "applied"): 1}


def test_what_one_service_refuses_is_its_own_dead_letter_and_counts_for_the_other() -> None:
    applied = apply((SHARED, Refused(station="A")), (SHARED, Added(station="A", number=1)))

    assert [(dead.service, dead.reason) for dead in applied.dead] == [("t-two", "refused as asked")]
    assert sums(applied.states[0, "A"]) == {"one": 1, "two": 1}


def test_a_service_that_refuses_everything_is_found_though_another_applies_it() -> None:
    applied = apply(*[(SHARED, Refused(station="A"))] * 3)

    assert applied.dead_in_a_row == {"t-two": 3}


def test_a_bug_names_the_service_that_has_it() -> None:
    with pytest.raises(ZeroDivisionError) as bug:
        apply((OWN, Broken(station="A")))

    assert any("t-one: at" in note for note in bug.value.__notes__)


def test_a_time_is_told_to_the_services_that_asked_for_it_and_to_no_other() -> None:
    soon, late = EPOCH + timedelta(seconds=1), EPOCH + timedelta(seconds=2)
    asked = apply((OWN, RingAsked(station="A", at=late)), (SHARED, RingAsked(station="A", at=soon)))
    before = asked.states[0, "A"]

    applied = apply((due_topic("t"), Due(key="A", at=soon, sent_at=late)), states={"A": before})

    assert host().due(before) == soon
    assert [sent.service for sent in applied.outputs] == ["t-one", "t-two"]
    assert host().due(applied.states[0, "A"]) is None


def test_the_earliest_time_that_any_service_asks_for_is_the_key_s() -> None:
    soon, late = EPOCH + timedelta(seconds=1), EPOCH + timedelta(seconds=2)
    asked = apply((SHARED, RingAsked(station="A", at=soon)), (OWN, RingAsked(station="A", at=late)))
    before = asked.states[0, "A"]  # t-two still rings at the earlier time, t-one at the later

    applied = apply((due_topic("t"), Due(key="A", at=soon, sent_at=soon)), states={"A": before})

    assert host().due(before) == soon
    assert [sent.service for sent in applied.outputs] == ["t-two"]
    assert host().due(applied.states[0, "A"]) == late


def test_a_service_back_at_its_beginning_has_no_part_and_a_key_without_parts_is_forgotten() -> None:
    added = apply((SHARED, Added(station="A", number=1))).states[0, "A"]

    half = apply((OWN, Forgotten(station="A")), states={"A": added}).states[0, "A"]
    none = apply((SHARED, Forgotten(station="A")), states={"A": added}).states[0, "A"]

    assert sums(half) == {"two": 1}
    assert none == host().initial("A")


def test_parts_of_a_service_that_this_version_does_not_have_are_kept() -> None:
    stranger = HostState(key="A", parts={"t-three": msgspec.Raw(b'{"a":1}')})

    after = apply((SHARED, Added(station="A", number=1)), states={"A": stranger}).states[0, "A"]

    assert bytes(after.parts["t-three"]) == b'{"a":1}'


def test_what_one_service_needs_all_of_them_get() -> None:
    one, two = hosted_pair("t")
    service = build_host("t", (one, replace(two, saves_each_batch=True, inputs_first=two.inputs)))

    assert service.saves_each_batch
    assert [topic.name for topic in service.inputs] == [SHARED, OWN]
    assert [topic.name for topic in service.inputs_first] == [SHARED]


def test_services_that_are_keyed_differently_cannot_share_a_worker() -> None:
    one, two = hosted_pair("t")
    token = Topic(name="csms.tokens-of-t", meaning="Of a test.", records=(Added,), key="token")

    with pytest.raises(ValueError, match="must read topics of one key"):
        build_host("t", (one, replace(two, inputs=(token,))))


def test_a_part_is_taken_out_of_a_stored_state_and_put_back() -> None:
    stored = msgspec.json.encode(apply((SHARED, Added(station="A", number=1))).states[0, "A"])

    one, rest = part_of(stored, "t-one"), with_part(stored, "t-one", None, key="A")

    assert part_of(rest, "t-one") is None
    assert part_of(rest, "t-two") == part_of(stored, "t-two")
    assert part_of(with_part(rest, "t-one", one, key="A"), "t-one") == one
    assert with_part(rest, "t-two", None, key="A") is None


def test_a_service_whose_time_depends_on_references_is_due_by_them_and_the_others_are_not() -> None:
    one, two = hosted_pair("t")
    by_numbers = replace(
        two,
        references=topics("ref")[:1],
        due_by=topics("ref")[:1],
        due=lambda _, references: EPOCH if references["numbers"] else None,
        step=lambda state, record, references: (replace_sum(state), []),
    )
    references: dict[str, dict[str, Record]] = {"numbers": {}}
    _, part = build_host("t", (one, by_numbers)).parts
    state = HostState(key="A")
    ring = Due(key="A", at=EPOCH, sent_at=EPOCH)

    before = (part.due(state, references=references), part.step(state, ring, references=references)[0])
    references["numbers"]["A"] = Added(station="A", number=1)
    after, _ = part.step(state, ring, references=references)

    assert before == (None, state)
    assert part.due(state, references=references) == EPOCH
    assert sums(after) == {"two": 7}


def replace_sum(state: Sum) -> Sum:
    return msgspec.structs.replace(state, total=7)


def test_what_is_known_of_a_key_is_what_the_state_at_hand_says_and_not_what_was_stepped_last() -> None:
    """A step whose outputs could not be sent is taken again from the state before it."""
    service = host()
    step = service.parts[0].step
    before, _ = step(service.initial("A"), Added(station="A", number=1))

    lost, _ = step(before, Added(station="A", number=5))
    again, _ = step(before, Added(station="A", number=2))

    assert [sums(state) for state in (lost, again)] == [{"one": 6}, {"one": 3}]
    assert [sums(step(state, Added(station="A", number=10))[0]) for state in (lost, again)] == [
        {"one": 16},
        {"one": 13},
    ]


def test_when_a_key_is_due_is_what_the_state_at_hand_says() -> None:
    service = host()
    soon, late = EPOCH + timedelta(seconds=1), EPOCH + timedelta(seconds=2)
    quiet = service.initial("A")
    early, _ = service.parts[0].step(quiet, RingAsked(station="A", at=soon))
    later, _ = service.parts[0].step(quiet, RingAsked(station="A", at=late))

    assert [service.due(state) for state in (quiet, early, later, quiet, early)] == [None, soon, late, None, soon]


def test_more_keys_than_are_remembered_are_all_stepped_from_their_own_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "REMEMBERED_KEYS", 3)
    service = host()
    keys, states = [f"S{number}" for number in range(10)], {}
    for number in (1, 2):
        for key in keys:
            record = Added(station=key, number=number)
            states[key], _ = service.parts[0].step(states.get(key, service.initial(key)), record)

    assert [sums(states[key]) for key in keys] == [{"one": 3}] * 10
