"""What ClickHouse may not have yet is held, and no longer; too much of it is counted."""

from aiokafka import TopicPartition
from prometheus_client import REGISTRY

from services.api.live.overlay import Overlay
from services.runtime.bus.readpositions import Mark

A, B = TopicPartition("csms.commands", 0), TopicPartition("csms.outcomes", 0)


def an_overlay(*, limit: int = 10, keep_s: float = 0.0) -> Overlay[str]:
    return Overlay("sessions", limit=limit, keep_s=keep_s)


def evicted(state: str) -> float:
    return REGISTRY.get_sample_value("voltbus_api_overlay_evicted_total", {"noun": "sessions", "state": state}) or 0.0


def test_a_record_is_held_until_clickhouse_has_it() -> None:
    overlay = an_overlay()
    overlay.put("s1", "new", Mark(A, 7), at_s=0)
    overlay.stored({A: 7}, at_s=100)
    before = overlay.get("s1")
    overlay.stored({A: 8}, at_s=100)

    assert before == "new"
    assert overlay.get("s1") is None


def test_a_thing_told_of_on_two_topics_is_held_until_clickhouse_has_both() -> None:
    overlay = an_overlay()
    overlay.put("c1", "asked", Mark(A, 0), at_s=0)
    overlay.put("c1", "settled", Mark(B, 4), at_s=0)
    overlay.stored({A: 1, B: 4}, at_s=100)
    before = overlay.get("c1")
    overlay.stored({A: 1, B: 5}, at_s=100)

    assert before == "settled"
    assert overlay.get("c1") is None


def test_what_clickhouse_has_is_held_a_while_longer() -> None:
    overlay = an_overlay(keep_s=5)
    overlay.put("s1", "new", Mark(A, 0), at_s=10)
    overlay.stored({A: 1}, at_s=14)
    before = overlay.get("s1")
    overlay.stored({A: 1}, at_s=15)

    assert before == "new"
    assert overlay.get("s1") is None


def test_a_sink_that_stands_still_on_one_partition_holds_up_no_other() -> None:
    overlay = an_overlay()
    overlay.put("stuck", "x", Mark(A, 0), at_s=0)
    overlay.put("stored", "y", Mark(B, 0), at_s=1)
    overlay.stored({A: 0, B: 1}, at_s=100)

    assert overlay.snapshot() == {"stuck": "x"}


def test_too_many_are_not_held_and_those_that_clickhouse_lacks_are_counted() -> None:
    overlay = an_overlay(limit=2)
    overlay.stored({B: 1}, at_s=0)
    lacking, stored = evicted("not-stored"), evicted("stored")
    overlay.put("a", "1", Mark(A, 0), at_s=0)
    overlay.put("b", "1", Mark(B, 0), at_s=0)
    overlay.put("c", "1", Mark(A, 1), at_s=0)
    overlay.put("d", "1", Mark(A, 2), at_s=0)

    assert overlay.snapshot() == {"c": "1", "d": "1"}
    assert (evicted("not-stored") - lacking, evicted("stored") - stored) == (1, 1)


def test_a_change_of_what_is_held_long_makes_it_new() -> None:
    overlay = an_overlay(limit=2)
    for id_, offset in (("a", 0), ("b", 1), ("a", 2), ("c", 3)):
        overlay.put(id_, str(offset), Mark(A, offset), at_s=offset)

    assert overlay.snapshot() == {"a": "2", "c": "3"}
