"""What becomes of a command that left: its gateway's report, a hand-back, the end of its connection, silence."""

import pytest

from schemas.base import Poison
from schemas.commands import CommandSettled, ItemOutcome
from schemas.stations import StationSeen
from services.commands.core import due
from services.commands.queue import REPORT_MARGIN
from services.commands.reports import BUSY_BACKOFF
from services.commands.where import GRACE
from tests.services.commands.records import STATION, Queue, at, located, reported, requested

GRACE_S = GRACE.total_seconds()
MARGIN_S = REPORT_MARGIN.total_seconds()
BACKOFF_S = BUSY_BACKOFF.total_seconds()


# -- outcomes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["accepted", "rejected", "unsupported"])
def test_an_answer_settles_the_command_with_what_the_station_said(outcome: str) -> None:
    queue = Queue(located(), requested("c1"))

    (settled,) = queue.feed(reported(queue.last_dispatch, outcome=outcome, error_code="Code", seconds=3))

    assert isinstance(settled, CommandSettled)
    assert (settled.command_id, settled.outcome, settled.settled_at) == ("c1", outcome, at(3))
    assert (bytes(settled.response), settled.error_code) == (b'{"status":"Accepted"}', "Code")


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("unsupported", "unsupported"),
        ("invalid", "rejected"),
        ("not-accepted", "rejected"),
        ("timed-out", "timed_out"),
        ("disconnected", "disconnected"),
        ("expired", "expired"),
    ],
)
def test_every_other_end_of_a_delivery_has_its_outcome(result: str, outcome: str) -> None:
    queue = Queue(located(), requested("c1"))

    (settled,) = queue.feed(reported(queue.last_dispatch, result, error_description="type: not a type"))

    assert isinstance(settled, CommandSettled)
    assert (settled.outcome, settled.detail) == (outcome, "type: not a type")


@pytest.mark.parametrize(
    ("result", "was_sent"), [("disconnected", True), ("timed-out", True), ("expired", False), ("invalid", False)]
)
def test_an_outcome_says_whether_the_command_was_sent_as_the_gateway_reports_it(result: str, was_sent: bool) -> None:
    queue = Queue(located(), requested("c1"))

    (settled,) = queue.feed(reported(queue.last_dispatch, result, sent=was_sent))

    assert isinstance(settled, CommandSettled)
    assert settled.sent is was_sent


def test_what_never_left_is_told_as_not_sent() -> None:
    settled = Queue(requested("c1", when_offline="fail")).said[-1]

    assert isinstance(settled, CommandSettled)
    assert settled.sent is False


def test_where_nobody_reported_nobody_knows_whether_it_was_sent() -> None:
    queue = Queue(located(epoch=1), requested("c1"), located(epoch=1, connected=False, seconds=3))
    queue.until(3 + GRACE_S)

    settled = queue.said[-1]

    assert isinstance(settled, CommandSettled)
    assert (settled.outcome, settled.sent) == ("disconnected", None)


def test_an_outcome_has_what_the_station_said_of_each_thing_asked_for() -> None:
    queue = Queue(located(), requested("c1"))
    items = (ItemOutcome(name="A", status="Accepted"), ItemOutcome(name="B", status="Rejected", reason="ReadOnly"))

    report = reported(queue.last_dispatch, outcome="partial", items=items, reboot_required=True)
    (settled,) = queue.feed(report)

    assert isinstance(settled, CommandSettled)
    assert (settled.outcome, settled.items, settled.reboot_required) == ("partial", items, True)


def test_an_answer_without_an_outcome_is_poison() -> None:
    queue = Queue(located(), requested("c1"))

    with pytest.raises(Poison, match="names no outcome"):
        queue.feed(reported(queue.last_dispatch, outcome=None))


def test_a_record_of_another_noun_is_poison() -> None:
    with pytest.raises(Poison, match="StationSeen"):
        Queue(StationSeen(id="1", station=STATION, gateway="gw-0", epoch=1, at=at(0)))


# -- handed back ------------------------------------------------------------------------------------------------------


def test_a_command_handed_back_leaves_for_the_newer_connection_before_its_juniors() -> None:
    queue = Queue(located(epoch=1), requested("c1"), requested("c2"))
    first = queue.last_dispatch

    queue.feed(located(epoch=2, gateway="gw-1"), reported(first, "not-here"))

    assert (queue.last_dispatch.command_id, queue.last_dispatch.gateway, queue.last_dispatch.attempt) == (
        "c1",
        "gw-1",
        2,
    )


def test_a_command_handed_back_before_the_newer_connection_is_known_waits_for_it() -> None:
    queue = Queue(located(epoch=1), requested("c1"))

    assert queue.feed(reported(queue.last_dispatch, "not-here")) == []
    queue.feed(located(epoch=2, gateway="gw-1"))

    assert (queue.last_dispatch.epoch, queue.last_dispatch.attempt) == (2, 2)


def test_a_command_that_shall_not_wait_fails_when_it_is_handed_back() -> None:
    queue = Queue(located(epoch=1), requested("c1", when_offline="fail"))

    queue.feed(reported(queue.last_dispatch, "not-here"))

    assert queue.outcomes == {"c1": "disconnected"}


def test_a_busy_gateway_is_asked_again_after_a_short_while() -> None:
    queue = Queue(located(), requested("c1"))

    assert queue.feed(reported(queue.last_dispatch, "busy", seconds=1), requested("c2", seconds=1)) == []
    assert queue.until(0.9 + BACKOFF_S) == []
    queue.until(1 + BACKOFF_S)

    assert [(d.command_id, d.attempt) for d in queue.dispatches] == [("c1", 1), ("c1", 2)]


def test_a_busy_gateway_is_asked_until_the_command_expires() -> None:
    queue = Queue(located(), requested("c1", ttl_s=60))

    seconds = 0.0
    while not queue.outcomes:
        queue.feed(reported(queue.last_dispatch, "busy", seconds=seconds))
        seconds += BACKOFF_S
        queue.until(seconds)

    assert queue.outcomes == {"c1": "expired"}
    assert len(queue.dispatches) == 60 / BACKOFF_S


def test_a_new_connection_ends_the_wait_for_a_busy_one() -> None:
    queue = Queue(located(epoch=1), requested("c1"))

    queue.feed(reported(queue.last_dispatch, "busy", seconds=1), located(epoch=2, seconds=1))

    assert (queue.last_dispatch.epoch, queue.last_dispatch.attempt) == (2, 2)


# -- gateways and connections that go ---------------------------------------------------------------------------------


def test_a_gateway_that_never_reports_times_the_command_out() -> None:
    queue = Queue(located(), requested("c1", timeout_s=20, ttl_s=600))

    assert due(queue.state) == at(20 + MARGIN_S)
    queue.until(20 + MARGIN_S)

    assert queue.outcomes == {"c1": "timed_out"}


def test_after_a_pause_of_our_own_the_report_of_a_command_is_waited_for_once_more() -> None:
    queue = Queue(located(), requested("c1", timeout_s=20, ttl_s=6000))

    assert queue.until(1000, late=True) == []
    queue.feed(reported(queue.last_dispatch, seconds=1001))

    assert queue.outcomes == {"c1": "accepted"}


def test_after_a_pause_of_our_own_a_command_that_is_not_reported_still_ends() -> None:
    queue = Queue(located(), requested("c1", timeout_s=20, ttl_s=6000))

    queue.until(1000, late=True)
    queue.until(2000, late=True)

    assert queue.outcomes == {"c1": "timed_out"}


@pytest.mark.parametrize("loss", [located(epoch=1, connected=False, seconds=3), located(epoch=2, seconds=3)])
def test_a_command_on_a_connection_that_ended_is_disconnected_after_a_short_grace_and_never_sent_again(loss) -> None:
    queue = Queue(located(epoch=1), requested("c1"), loss)

    assert queue.until(2.9 + GRACE_S) == []
    queue.until(3 + GRACE_S)

    assert queue.outcomes == {"c1": "disconnected"}
    assert len(queue.dispatches) == 1


def test_a_report_within_the_grace_still_counts() -> None:
    queue = Queue(located(epoch=1), requested("c1"), located(epoch=2, gateway="gw-1", seconds=3))

    queue.feed(reported(queue.last_dispatch, seconds=4))

    assert queue.outcomes == {"c1": "accepted"}


def test_the_next_command_waits_until_the_fate_of_the_one_on_the_old_connection_is_known() -> None:
    queue = Queue(located(epoch=1), requested("c1"), requested("c2"), located(epoch=2, seconds=3))

    assert [d.command_id for d in queue.dispatches] == ["c1"]
    queue.until(3 + GRACE_S)
    assert [(d.command_id, d.epoch) for d in queue.dispatches] == [("c1", 1), ("c2", 2)]
