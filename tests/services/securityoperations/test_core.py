"""Security operations: one at a time, in their order, at a station that is there; what is cancelled, expired and repeated."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.securityoperations import MoveStation, RotatePassword, UpgradeProfile
from schemas.signing import IssuedCertificateChanged
from schemas.stationcommands import ChangeAvailability
from services.securityoperations.core import AGED_AGAIN, CROWDED, QUEUE_MOST
from tests.services.moments import at
from tests.services.securityoperations.stations import NETWORK, STATION, There, certificate, is_hash_of, ordered


def test_a_rotation_gives_the_station_a_new_password_and_is_done_once_it_accepted() -> None:
    there = There()
    there.connects()
    there.orders()
    assert (there.last.status, there.steps) == ("running", {"password": "pending"})
    assert is_hash_of(there.sent[0])

    there.answers()

    assert (there.last.status, there.steps) == ("done", {"password": "done"})
    assert there.state.running is None


def test_an_operation_waits_for_a_station_that_is_away() -> None:
    there = There()
    there.orders()
    assert (there.last.status, there.sent) == ("waiting", [])

    there.connects()

    assert len(there.sent) == 1


def test_a_pending_station_is_told_nothing() -> None:
    there = There()
    there.connects(registration="Pending")
    there.orders()

    assert there.sent == []


def test_operations_follow_each_other() -> None:
    there = There()
    there.connects()
    there.orders()
    there.orders(id="order-2")
    assert "after the operations before it" in there.last.why
    first = there.answers()
    second = there.answers()

    assert first != second
    assert [(each.operation, each.status) for each in there.said if each.ended_at] == [
        ("order-1", "done"),
        ("order-2", "done"),
    ]


def test_a_repeated_order_changes_nothing() -> None:
    there = There()
    there.connects()
    there.orders()
    before, said = there.state, len(there.said)
    there.reads(ordered())

    assert (there.state, len(there.said)) == (before, said)


def test_no_more_operations_wait_than_are_bounded() -> None:
    there = There()
    for number in range(QUEUE_MOST + 1):
        there.orders(id=f"order-{number}")

    assert len(there.state.queue) == QUEUE_MOST
    assert (there.last.status, there.last.why) == ("rejected", CROWDED)


def test_an_operation_that_waited_too_long_ends_without_having_begun() -> None:
    there = There()
    there.orders(expires_at=at(60))
    there.passes(120)

    assert (there.last.status, there.last.started_at, there.state.queue) == ("missing", None, ())


def test_an_operation_is_cancelled_before_it_begins() -> None:
    there = There()
    there.orders()
    there.cancels()

    assert (there.last.status, there.state.queue) == ("cancelled", ())


def test_an_operation_is_cancelled_while_the_station_has_been_told_nothing_that_it_acts_on() -> None:
    there = There()
    there.connects()
    there.orders(MoveStation(network=NETWORK))
    assert there.answers() == ChangeAvailability(operational_status="Inoperative")
    there.cancels()
    there.answers()  # what it was asked before comes to nothing
    assert there.answers() == ChangeAvailability(operational_status="Operative")

    assert (there.last.status, there.last.why) == ("cancelled", "An operator stopped it.")


def test_a_password_that_was_sent_cannot_be_called_back() -> None:
    there = There()
    there.connects()
    there.orders()
    there.cancels()

    assert there.last.status == "running"


def test_a_station_that_is_removed_has_no_operations_left() -> None:
    there = There()
    there.connects()
    there.orders()
    there.orders(id="order-2")
    there.snapshot(connected=False, removed=True)

    assert {each.operation: each.status for each in there.said} == {"order-1": "failed", "order-2": "cancelled"}


def test_what_speaks_against_an_operation_is_looked_at_when_it_begins() -> None:
    there = There()
    there.connects()
    there.orders(UpgradeProfile(security_profile=2, network=NETWORK))
    assert (there.last.status, there.sent) == ("rejected", [])
    assert "root certificate" in there.last.why

    there.reads(certificate())
    there.orders(UpgradeProfile(security_profile=2, network=NETWORK), id="order-2")

    assert len(there.sent) == 1


def test_a_certificate_that_was_deleted_counts_no_more() -> None:
    there = There()
    there.reads(certificate(), certificate(status="deleted"))

    assert there.state.roots == ()


def issued(status: Any, use: Any = "ChargingStationCertificate") -> IssuedCertificateChanged:
    return IssuedCertificateChanged(
        id=f"{use}-{status}",
        certificate="leaf",
        station=STATION,
        revision=1,
        use=use,
        status=status,
        asked_at=at(0),
        changed_at=at(0),
    )


@pytest.mark.usecase("A05", "A05.FR.03", "1.6:A05")
def test_security_profile_3_waits_for_a_certificate_that_was_signed_for_the_station() -> None:
    operation = UpgradeProfile(security_profile=3, network=replace(NETWORK, security_profile=3))
    there = There()
    there.connects()
    there.reads(certificate(), issued("issued"), issued("installed", use="V2GCertificate"))
    there.orders(operation)
    assert "certificate of the station" in there.last.why

    there.reads(issued("installed"))
    there.orders(operation, id="order-2")
    assert len(there.sent) == 1
    there.reads(issued("revoked"))
    assert there.state.leaves == ()


def test_an_old_password_is_rotated_by_itself_each_station_at_its_own_time() -> None:
    there = There(after_days=90)
    there.connects()
    there.passes(90 * 86_400 - 10)
    assert there.sent == []
    there.passes(86_400 + 20, until_sent=True)

    assert (there.last.scheduled, there.last.kind, len(there.sent)) == (True, "rotate-password", 1)
    there.answers()
    assert there.last.status == "done"


def test_a_rotation_for_the_age_that_was_refused_is_tried_again_a_week_later() -> None:
    there = There(after_days=1)
    there.connects()
    there.passes(2 * 86_400, until_sent=True)
    there.answers("rejected")
    there.passes(AGED_AGAIN.total_seconds() - 10)
    assert len(there.sent) == 1
    there.passes(20, until_sent=True)

    assert len(there.sent) == 2


def test_passwords_grow_as_old_as_they_like_where_nobody_set_an_age() -> None:
    there = There()
    there.connects()
    there.passes(3650 * 86_400)

    assert there.said == []


def test_an_older_snapshot_changes_nothing() -> None:
    there = There()
    there.connects()
    before = there.state
    there.now = -10
    there.snapshot(connected=False)

    assert there.state == before


def test_revisions_grow_with_each_change() -> None:
    there = There()
    there.connects()
    there.orders(replace(RotatePassword(), reset=False))
    there.answers()

    assert [each.revision for each in there.said] == list(range(1, len(there.said) + 1))
    assert {each.station for each in there.said} == {STATION}
