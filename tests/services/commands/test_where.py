"""Where a station is: which connection is the newest, and what happens to the others."""

from services.commands.queue import REPORT_MARGIN
from services.commands.reports import BUSY_BACKOFF
from services.commands.where import GRACE
from tests.services.commands.records import Queue, located, requested

GRACE_S = GRACE.total_seconds()
MARGIN_S = REPORT_MARGIN.total_seconds()
BACKOFF_S = BUSY_BACKOFF.total_seconds()


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
