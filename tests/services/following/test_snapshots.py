"""Snapshots: a thing is published as its next revision when it became another one, and only then."""

from msgspec.structs import replace

from schemas.base import Due, Record
from schemas.locallists import LocalListChanged
from services.following.snapshots import published, revised, says_the_same
from tests.services.following.things import Said, said
from tests.services.moments import START, at


def snapshot(thing: str, said: Said) -> Record:
    return Due(key=f"{thing} is {said.status}, revision {said.revision}", at=START, sent_at=START)


def told(before: tuple[Said, ...], *now: Said, **given) -> tuple[tuple[Said, ...], list[str]]:
    things = ((one.id.upper(), one) for one in now)
    after, outputs = published(before, things, by="id", record=snapshot, **given)
    return after, [output.key for output in outputs]


def test_a_new_thing_is_published_as_its_first_revision() -> None:
    after, outputs = told((), said("a", "requested"))

    assert after == (said("a", "requested", revision=1),)
    assert outputs == ["A is requested, revision 1"]


def test_a_thing_that_became_another_is_published_as_its_next_revision() -> None:
    before = (said("a", "requested", revision=4),)

    after, outputs = told(before, said("a", "accepted", seconds=9))

    assert after == (said("a", "accepted", revision=5, seconds=9),)
    assert outputs == ["A is accepted, revision 5"]


def test_what_was_said_already_is_not_published_again_and_keeps_its_time() -> None:
    before = (said("a", "accepted", revision=4, seconds=1),)

    after, outputs = told(before, said("a", "accepted", seconds=9))

    assert after[0] is before[0]
    assert outputs == []


def test_things_are_told_apart_and_one_that_is_no_more_is_said_no_more() -> None:
    before = (said("a", revision=1), said("b", revision=2), said("c", revision=3))

    after, outputs = told(before, said("c"), said("b", "ended"))

    assert after == (said("c", revision=3), said("b", "ended", revision=3))
    assert outputs == ["B is ended, revision 3"]


def test_a_service_may_say_what_counts_as_the_same() -> None:
    before = (said("a", "ended", revision=1),)

    after, outputs = told(before, said("a", "accepted"), same=lambda last, _: last.status == "ended")

    assert (after, outputs) == (before, [])


def test_neither_the_revision_nor_the_time_says_anything_of_a_thing() -> None:
    assert says_the_same(said(revision=1, seconds=1), said(revision=2, seconds=2))
    assert not says_the_same(said("a"), said("b"))


def whole(**changes) -> LocalListChanged:
    members = {"id": "", "station": "S", "revision": 0, "status": "out-of-step", "rule": None, "changed_at": at(0)}
    return LocalListChanged(**members | changes)


def test_a_snapshot_that_is_kept_whole_is_said_as_its_next_revision_with_an_id_of_its_cause() -> None:
    one = revised(None, whole(), at(1), "S", "local-list-changed")
    assert one is not None
    two = revised(one, whole(status="in-step"), at(2), "S", "local-list-changed")
    assert two is not None

    assert replace(one, id="") == whole(revision=1, changed_at=at(1))
    assert replace(two, id="") == whole(status="in-step", revision=2, changed_at=at(2))
    assert len({one.id, two.id}) == 2
    assert revised(None, whole(), at(9), "S", "local-list-changed").id == one.id  # type: ignore[union-attr]


def test_a_snapshot_that_says_the_same_again_is_none() -> None:
    one = revised(None, whole(), at(1), "S")

    assert revised(one, whole(revision=7, changed_at=at(9)), at(9), "S") is None
