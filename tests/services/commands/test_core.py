"""Commands: turn, way and one outcome, rule by rule."""

import msgspec
import pytest

from schemas.base import Due
from schemas.commands import CommandDispatched, CommandSettled
from schemas.configuration import SetConfiguration, Setting
from schemas.datatransfer import DataTransfer
from schemas.limits import StationLimited, StationLimits
from services.commands.core import Policy, due
from services.commands.queue import REPORT_MARGIN, SETTLED_REMEMBERED
from services.commands.reports import BUSY_BACKOFF
from services.commands.where import GRACE
from tests.services.commands.records import STATION, Queue, at, cancelled, located, reported, requested

GRACE_S = GRACE.total_seconds()
MARGIN_S = REPORT_MARGIN.total_seconds()
BACKOFF_S = BUSY_BACKOFF.total_seconds()


# -- dispatch ---------------------------------------------------------------------------------------------------------


def test_a_command_for_a_connected_station_leaves_at_once_for_the_gateway_that_holds_it() -> None:
    queue = Queue(located(epoch=7, gateway="gw-3"), requested("c1", timeout_s=20))

    (dispatch,) = queue.dispatches
    assert (dispatch.command_id, dispatch.gateway, dispatch.epoch, dispatch.attempt) == ("c1", "gw-3", 7, 1)
    assert (dispatch.expires_at, dispatch.timeout_s) == (at(60), 20)


def test_one_command_at_a_time_leaves_for_a_station() -> None:
    queue = Queue(located(), requested("c1"), requested("c2"))

    assert [d.command_id for d in queue.dispatches] == ["c1"]
    queue.feed(reported(queue.last_dispatch))
    assert [d.command_id for d in queue.dispatches] == ["c1", "c2"]


def test_waiting_commands_leave_by_priority_then_in_the_order_of_their_requests() -> None:
    queue = Queue(
        requested("low", priority=9),
        requested("first", priority=5),
        requested("second", priority=5),
        requested("urgent", priority=0),
        located(),
    )

    for _ in range(3):
        queue.feed(reported(queue.last_dispatch))

    assert [d.command_id for d in queue.dispatches] == ["urgent", "first", "second", "low"]


def test_a_command_waits_for_a_station_that_is_offline_and_leaves_when_it_connects() -> None:
    queue = Queue(requested("c1"))

    assert queue.said == []
    queue.feed(located(seconds=30))
    assert [d.command_id for d in queue.dispatches] == ["c1"]


def test_a_command_that_shall_not_wait_fails_at_once_for_a_station_never_seen() -> None:
    queue = Queue(requested("c1", when_offline="fail"))

    assert queue.outcomes == {"c1": "disconnected"}


def test_a_command_that_shall_not_wait_fails_at_once_for_a_disconnected_station() -> None:
    queue = Queue(located(), located(connected=False), requested("c1", when_offline="fail"))

    assert queue.outcomes == {"c1": "disconnected"}


def test_a_command_that_shall_not_wait_fails_when_the_station_goes_before_its_turn() -> None:
    queue = Queue(located(), requested("c1"), requested("c2", when_offline="fail"), requested("c3"))

    queue.feed(located(connected=False, seconds=1))

    assert queue.outcomes == {"c2": "disconnected"}


# -- expiry and cancelling --------------------------------------------------------------------------------------------


def test_a_waiting_command_expires_at_its_time() -> None:
    queue = Queue(requested("c1", ttl_s=60))

    assert due(queue.state) == at(60)
    assert queue.until(59.9) == []
    queue.until(60)
    assert queue.outcomes == {"c1": "expired"}


def test_a_command_that_is_over_when_asked_for_expires_unsent() -> None:
    queue = Queue(located(), requested("c1", ttl_s=0))

    assert (queue.outcomes, queue.dispatches) == ({"c1": "expired"}, [])


def test_a_command_whose_time_is_over_does_not_leave_when_the_station_comes_late() -> None:
    queue = Queue(requested("c1", ttl_s=60), located(seconds=61))

    assert (queue.outcomes, queue.dispatches) == ({"c1": "expired"}, [])


def test_a_waiting_command_can_be_cancelled() -> None:
    queue = Queue(requested("c1"), cancelled("c1"), located())

    assert (queue.outcomes, queue.dispatches) == ({"c1": "cancelled"}, [])


def test_a_command_that_has_left_is_not_cancelled() -> None:
    queue = Queue(located(), requested("c1"), cancelled("c1"))

    queue.feed(reported(queue.last_dispatch))

    assert queue.outcomes == {"c1": "accepted"}


@pytest.mark.parametrize("result", ["not-here", "busy"])
def test_a_cancelled_command_that_comes_back_unsent_is_cancelled_after_all(result: str) -> None:
    queue = Queue(located(), requested("c1"), cancelled("c1"))

    queue.feed(reported(queue.last_dispatch, result))

    assert queue.outcomes == {"c1": "cancelled"}


def test_cancelling_what_nobody_asked_for_or_what_is_settled_changes_nothing() -> None:
    queue = Queue(located(), requested("c1"))
    queue.feed(reported(queue.last_dispatch))
    before = queue.state

    assert queue.feed(cancelled("c1"), cancelled("unknown")) == []
    assert queue.state == before


# -- repeats ----------------------------------------------------------------------------------------------------------


def test_a_repeated_request_is_ignored_while_it_waits_after_it_left_and_after_it_is_settled() -> None:
    queue = Queue(requested("c1"), requested("c1"), located(), requested("c1"))
    queue.feed(reported(queue.last_dispatch), requested("c1"))

    assert len(queue.dispatches) == 1
    assert queue.outcomes == {"c1": "accepted"}


def test_a_repeated_report_changes_nothing() -> None:
    queue = Queue(located(), requested("c1"))
    report = reported(queue.last_dispatch)
    queue.feed(report)
    before = queue.state

    assert queue.feed(report) == []
    assert queue.state == before


def test_the_report_of_an_older_attempt_or_of_another_connection_changes_nothing() -> None:
    queue = Queue(located(epoch=1), requested("c1"))
    first = queue.last_dispatch
    queue.feed(reported(first, "not-here"), located(epoch=2))
    before = queue.state

    assert queue.feed(reported(first)) == []
    assert queue.feed(reported(queue.last_dispatch, epoch=1)) == []
    assert queue.state == before


def test_the_report_of_a_dispatch_whose_memory_a_crash_took_settles_the_waiting_command() -> None:
    lost = Queue(located(), requested("c1"))
    queue = Queue(requested("c1"))

    queue.feed(reported(lost.last_dispatch), located())

    assert (queue.outcomes, queue.dispatches) == ({"c1": "accepted"}, [])


def test_a_crash_before_saving_makes_the_same_records_with_the_same_ids() -> None:
    records = [located(), requested("c1"), requested("c2", when_offline="fail"), located(epoch=2, gateway="gw-1")]

    assert Queue(*records).said == Queue(*records).said


def test_a_due_that_comes_when_nothing_is_due_is_harmless() -> None:
    queue = Queue(located(), requested("c1"), requested("c2"))
    before = queue.state

    assert queue.feed(Due(key=STATION, at=at(-5)), Due(key=STATION, at=at(1), sent_at=at(2))) == []
    assert queue.state == before


def test_the_ids_of_commands_lately_settled_are_bounded() -> None:
    queue = Queue(*(requested(f"c{n}", when_offline="fail") for n in range(SETTLED_REMEMBERED + 5)))

    assert len(queue.state.settled) == SETTLED_REMEMBERED
    assert queue.feed(requested(f"c{SETTLED_REMEMBERED}", when_offline="fail")) == []


# -- limits -----------------------------------------------------------------------------------------------------------


def test_a_command_beyond_the_limit_of_the_queue_is_rejected_and_says_so() -> None:
    queue = Queue(requested("c1"), requested("c2"), policy=Policy(queue_limit=2))

    (settled,) = queue.feed(requested("c3"))

    assert isinstance(settled, CommandSettled)
    assert (settled.outcome, settled.detail) == (
        "rejected",
        "queue full: 2 commands wait for the station already",
    )
    assert [command.id for command in queue.state.waiting] == ["c1", "c2"]


@pytest.mark.parametrize("connected", [True, False])
def test_commands_beyond_the_bytes_of_the_queue_are_rejected_and_say_so(connected: bool) -> None:
    big = DataTransfer(vendor_id="v", data=msgspec.Raw(b'"' + b"x" * 4_000 + b'"'))
    queue = Queue(located(connected=connected), requested("c1", command=big), policy=Policy(queue_bytes=6_000))

    (settled,) = queue.feed(requested("c2", command=big))

    assert isinstance(settled, CommandSettled)
    assert (settled.outcome, settled.detail[:11]) == ("rejected", "queue full:")


def test_the_state_survives_its_changelog() -> None:
    queue = Queue(located(), requested("c1"), requested("c2"), cancelled("c1"), located(epoch=2, gateway="gw-1"))

    assert msgspec.json.decode(msgspec.json.encode(queue.state), type=type(queue.state)) == queue.state


# -- what a station takes in one message ------------------------------------------------------------------------------


def limited(revision: int, most: int) -> StationLimited:
    limits = StationLimits(get_items=most)
    return StationLimited(id=f"limited-{revision}", station=STATION, revision=revision, limits=limits, at=at(0))


def test_a_dispatch_carries_the_newest_limits_of_its_station() -> None:
    queue = Queue(limited(2, 20), limited(1, 10), located())

    (dispatch,) = queue.feed(requested())

    assert isinstance(dispatch, CommandDispatched)
    assert dispatch.limits == StationLimits(get_items=20)


def test_a_command_that_may_leave_in_several_messages_is_given_the_time_of_them_all() -> None:
    settings = tuple(Setting(key=key, value="1") for key in "ABC")
    one, several = Queue(located()), Queue(located())
    one.feed(requested(command=SetConfiguration(settings=settings[:1]), timeout_s=10))
    several.feed(requested(command=SetConfiguration(settings=settings), timeout_s=10))

    assert one.state.outstanding is not None
    assert several.state.outstanding is not None
    more = several.state.outstanding.deadline - one.state.outstanding.deadline
    assert more.total_seconds() == 20
