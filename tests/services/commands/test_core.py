"""Commands: turn, way and one outcome, rule by rule."""

import msgspec
import pytest

from schemas.base import Due, Poison
from schemas.commands import CommandSettled
from schemas.datatransfer import DataTransfer
from schemas.stations import StationSeen
from services.commands.core import BUSY_BACKOFF, GRACE, Policy, due
from services.commands.queue import REPORT_MARGIN, SETTLED_REMEMBERED
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


def test_a_newer_connection_on_another_gateway_supersedes_the_one_that_stands() -> None:
    queue = Queue(located(epoch=1, gateway="gw-0"), located(epoch=2, gateway="gw-1"))

    assert queue.superseded == [("gw-0", 1, 2)]


def test_a_newer_connection_on_the_same_gateway_is_that_gateways_own_business() -> None:
    assert Queue(located(epoch=1), located(epoch=2)).superseded == []


def test_a_connection_that_ended_is_not_superseded() -> None:
    queue = Queue(located(epoch=1), located(epoch=1, connected=False), located(epoch=2, gateway="gw-1"))

    assert queue.superseded == []


def test_an_older_connection_that_is_heard_of_late_is_superseded_itself() -> None:
    queue = Queue(located(epoch=2, gateway="gw-1"), located(epoch=1, gateway="gw-0"), requested("c1"))

    assert queue.superseded == [("gw-0", 1, 2)]
    assert queue.last_dispatch.gateway == "gw-1"


def test_a_connection_whose_gateway_learnt_what_beat_it_moves_the_station() -> None:
    queue = Queue(located(epoch=9, gateway="gw-1"), located(epoch=1, gateway="gw-0"))
    ((gateway, _, by_epoch),) = queue.superseded
    queue.feed(located(epoch=by_epoch + 1, gateway=gateway), requested("c1"))

    assert queue.last_dispatch.gateway == "gw-0"
    assert queue.superseded[1:] == [("gw-1", 9, 10)]


def test_the_late_close_of_an_older_connection_changes_nothing() -> None:
    queue = Queue(located(epoch=1), located(epoch=2), located(epoch=1, connected=False), requested("c1"))

    assert queue.last_dispatch.epoch == 2


def test_a_repeated_location_does_not_bring_back_a_connection_that_ended() -> None:
    queue = Queue(located(epoch=1), located(epoch=1, connected=False), located(epoch=1), requested("c1"))

    assert queue.dispatches == []


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
