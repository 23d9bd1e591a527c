"""Stations: connectivity by epoch, boots by policy, connectors by time, snapshots when it matters."""

import datetime as dt
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.base import Due, Poison, Record
from schemas.stations import MAX_CONNECTORS, AdmissionChanged, BootDecided, StationChanged
from services.stations.core import SEEN_AFTER, due
from tests.services.stations.records import (
    STATION,
    Station,
    at,
    booted,
    connected,
    disconnected,
    provisioned,
    removed,
    seen,
    status,
)

DAY_S = 86_400


# -- connections ------------------------------------------------------------------------------------------------------


def test_a_connection_is_published_with_where_and_how() -> None:
    published = Station(connected(epoch=7, gateway="gw-3")).published

    assert (published.connected, published.gateway, published.epoch) == (True, "gw-3", 7)
    assert (published.version, published.remote_address, published.connected_at) == ("2.0.1", "192.0.2.1", at(0))


def test_the_end_of_the_connection_is_published() -> None:
    published = Station(connected(), disconnected(seconds=10)).published

    assert (published.connected, published.disconnected_at) == (False, at(10))


def test_the_close_of_an_older_connection_changes_nothing() -> None:
    station = Station(connected(1), connected(2, gateway="gw-1"))
    before = station.state

    assert station.feed(disconnected(1)) == []
    assert station.state == before
    assert station.published.gateway == "gw-1"


def test_an_older_connection_heard_of_late_does_not_replace_the_newer_one() -> None:
    assert Station(connected(2, gateway="gw-1"), connected(1)).published.gateway == "gw-1"


def test_a_repeated_connection_does_not_undo_its_end() -> None:
    assert not Station(connected(), disconnected(), connected()).published.connected


def test_words_on_a_connection_never_announced_tell_that_it_stands() -> None:
    published = Station(connected(1), disconnected(1), seen(20, epoch=2)).published

    assert (published.connected, published.epoch, published.connected_at) == (True, 2, at(20))


# -- boots ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unknown", "answer", "interval_s"),
    [("accept", "Accepted", 300), ("park", "Pending", 60), ("refuse", "Rejected", 60)],
)
def test_the_boot_of_an_unknown_station_is_answered_by_policy(unknown: str, answer: str, interval_s: int) -> None:
    station = Station(connected(), booted(), unknown=unknown, heartbeat_interval_s=300, retry_interval_s=60)

    (decided,) = station.answers
    assert (decided.status, decided.interval_s) == (answer, interval_s)
    assert station.published.registration == answer


@pytest.mark.parametrize("registration", ["Accepted", "Pending", "Rejected"])
@pytest.mark.parametrize("unknown", ["accept", "park", "refuse"])
def test_what_the_operator_provisioned_wins_over_the_policy(registration: str, unknown: str) -> None:
    station = Station(provisioned(registration=registration), connected(), booted(), unknown=unknown)

    assert [decided.status for decided in station.answers] == [registration]


def test_an_accepted_station_gets_its_own_heartbeat_interval_where_it_has_one() -> None:
    station = Station(provisioned(heartbeat_interval_s=900), booted())

    assert station.answers[0].interval_s == 900


def test_a_pending_station_is_told_when_to_boot_again_whatever_its_heartbeat_interval() -> None:
    station = Station(provisioned(registration="Pending", heartbeat_interval_s=900), booted(), retry_interval_s=45)

    assert station.answers[0].interval_s == 45


def test_a_boot_tells_what_the_station_is() -> None:
    published = Station(connected(), booted(seconds=3, serial_number="S-1")).published

    assert (published.vendor, published.model, published.firmware_version) == ("Example", "One", "1.0")
    assert (published.serial_number, published.booted_at) == ("S-1", at(3))


def test_a_station_that_boots_is_answered_and_asked_nothing() -> None:
    """Many stations are busy then."""
    station = Station(provisioned(), connected(), booted(), status("Available"))

    assert {type(record) for record in station.said} == {BootDecided, StationChanged, AdmissionChanged}


def test_the_answer_goes_to_the_connection_and_message_that_asked() -> None:
    boot = booted("m7", epoch=3)

    assert Station(boot).answers[0].reply_to == boot.reply_to


def test_a_boot_repeated_under_a_new_message_id_is_answered_there_too() -> None:
    station = Station(connected(), booted("m1", seconds=1), booted("m2", seconds=2))

    assert [decided.reply_to.message_id for decided in station.answers] == ["m1", "m2"]
    assert len({decided.id for decided in station.answers}) == 2


def test_a_repeated_boot_record_gets_the_same_answer_with_the_same_id_and_no_second_snapshot() -> None:
    station = Station(connected(), booted())
    before, answer = station.state, station.answers[0]

    assert station.feed(booted()) == [answer]
    assert station.state == before


def test_an_older_boot_that_comes_again_is_answered_and_changes_nothing() -> None:
    station = Station(booted("m1", seconds=1), booted("m2", seconds=2, firmware_version="2.0"))
    before = station.state

    assert [type(record).__name__ for record in station.feed(booted("m1", seconds=1))] == ["BootDecided"]
    assert station.state == before
    assert station.published.firmware_version == "2.0"


def test_a_station_accepted_while_it_waits_is_accepted_at_its_next_boot() -> None:
    station = Station(connected(), booted("m1", seconds=1), unknown="park")

    station.feed(provisioned(seconds=30), booted("m2", seconds=61))

    assert [decided.status for decided in station.answers] == ["Pending", "Accepted"]


# -- connectors -------------------------------------------------------------------------------------------------------


def test_the_newest_status_of_each_connector_is_published() -> None:
    station = Station(status("Available", seconds=1), status("Occupied", seconds=2), status("Faulted", evse=2))

    assert {place: one.status for place, one in station.connectors.items()} == {(1, 1): "Occupied", (2, 1): "Faulted"}


def test_statuses_in_an_order_that_cannot_be_are_published_as_they_come() -> None:
    """As after a reset, where some stations tell the states that they went through in the meantime."""
    words = ("Available", "Faulted", "Reserved", "Occupied", "Unavailable", "Occupied")
    station = Station(connected(), booted())

    for second, word in enumerate(words, start=2):
        station.feed(status(word, seconds=second))

    assert [[one.status for one in said.connectors] for said in station.snapshots[-len(words) :]] == [
        [w] for w in words
    ]


def test_an_older_status_that_comes_late_does_not_replace_a_newer_one() -> None:
    station = Station(status("Occupied", seconds=60), status("Available", seconds=61, at=at(30)))

    assert station.connectors[1, 1].status == "Occupied"


@pytest.mark.parametrize("clock", [dt.datetime(1970, 1, 1, tzinfo=dt.UTC), at(-2 * DAY_S), at(DAY_S)])
def test_a_status_from_a_station_with_a_wrong_clock_counts_by_its_arrival(clock: dt.datetime) -> None:
    station = Station(status("Available", seconds=60), status("Occupied", seconds=61, at=clock))

    assert (station.connectors[1, 1].status, station.connectors[1, 1].at) == ("Occupied", at(61))


def test_a_clock_set_back_to_the_right_time_does_not_hide_what_follows() -> None:
    ahead = status("Available", seconds=60, at=at(7_260))

    assert Station(ahead, status("Occupied", seconds=120)).connectors[1, 1].status == "Occupied"


def test_two_statuses_within_one_second_of_the_stations_clock_count_in_the_order_of_arrival() -> None:
    first = status("Occupied", seconds=60.2, at=at(60))
    second = status("Faulted", seconds=60.4, at=at(60))

    assert Station(first, second, first).connectors[1, 1].status == "Faulted"


def test_a_status_in_whole_seconds_does_not_lose_to_our_own_microseconds_of_the_same_second() -> None:
    untimed = status("Available", seconds=60.7, at_source="gateway")
    whole = status("Occupied", seconds=61.1, at=at(60))

    assert Station(untimed, whole).connectors[1, 1].status == "Occupied"


@pytest.mark.parametrize("finer", [60.7, 60.700412])
def test_statuses_are_ordered_as_finely_as_the_coarser_of_two_clocks_tells(finer: float) -> None:
    fine = status("Available", seconds=60.8, at=at(finer))
    whole = status("Occupied", seconds=61.1, at=at(60))

    assert Station(fine, whole).connectors[1, 1].status == "Occupied"
    assert Station(fine, replace(whole, at=at(59))).connectors[1, 1].status == "Available"


def test_milliseconds_still_tell_an_older_status_within_one_second() -> None:
    newer = status("Occupied", seconds=61, at=at(60.7))

    assert Station(newer, status("Available", seconds=62, at=at(60.2))).connectors[1, 1].status == "Occupied"


@pytest.mark.parametrize("behind_s", [0.9, 5, 600])
def test_after_a_status_of_the_future_the_next_counts_though_the_clock_now_is_a_little_behind(behind_s: float) -> None:
    ahead = status("Available", seconds=60, at=at(7_260))
    now = status("Occupied", seconds=60.5, at=at(60.5 - behind_s))

    assert Station(ahead, now).connectors[1, 1].status == "Occupied"


def test_a_status_heard_before_one_that_has_no_time_does_not_come_back_when_it_is_heard_again() -> None:
    first = status("Available", seconds=60)
    untimed = status("Occupied", seconds=61, at_source="gateway")

    assert Station(first, untimed, first).connectors[1, 1].status == "Occupied"


def test_evse_0_is_the_station_as_a_whole() -> None:
    station = Station(status("Available"), status("Unavailable", evse=0, connector=0), status("Faulted", evse=0))

    assert {place: one.status for place, one in station.connectors.items()} == {(0, 0): "Faulted", (1, 1): "Available"}


def test_connectors_beyond_the_limit_are_not_remembered() -> None:
    station = Station(*(status(evse=n, seconds=n) for n in range(1, MAX_CONNECTORS + 1)))
    before = station.connectors

    station.feed(status(evse=MAX_CONNECTORS + 1, seconds=500), status("Occupied", evse=1, seconds=501))

    assert station.connectors.keys() == before.keys()
    assert station.connectors[1, 1].status == "Occupied"


# -- provisioning -----------------------------------------------------------------------------------------------------


def test_provisioning_is_published_with_site_and_labels() -> None:
    published = Station(provisioned(site="berlin-1", labels={"row": "A"}, heartbeat_interval_s=60)).published

    assert (published.provisioned, published.site, published.labels) == (True, "berlin-1", {"row": "A"})
    assert (published.registration, published.heartbeat_interval_s) == ("Accepted", 60)


def test_of_a_new_password_alone_only_its_age_is_published() -> None:
    station = Station(provisioned(password_hash="one"))

    before = station.state.now
    (snapshot,) = station.feed(provisioned(seconds=1, password_hash="two"))

    assert snapshot == replace(
        before, id=snapshot.id, revision=2, credential_since=at(1), changed_at=snapshot.changed_at
    )
    assert "two" not in str(snapshot)


def test_removal_voids_what_the_operator_said_and_keeps_what_the_station_said() -> None:
    published = Station(
        provisioned(site="berlin-1"), connected(), booted(), status(), removed(), unknown="park"
    ).published

    assert (published.removed, published.provisioned, published.site) == (True, False, "")
    assert (published.connected, published.vendor, len(published.connectors)) == (True, "Example", 1)


def test_a_removed_station_is_treated_as_unknown_at_its_next_boot() -> None:
    station = Station(provisioned(), removed(), booted(seconds=200), unknown="refuse")

    assert [decided.status for decided in station.answers] == ["Rejected"]
    assert not station.published.removed


def test_a_removal_that_comes_again_does_not_hide_a_station_that_came_back() -> None:
    assert not Station(provisioned(), removed(), connected(seconds=200), removed()).published.removed


def test_a_removed_station_can_be_provisioned_again() -> None:
    published = Station(provisioned(), removed(seconds=100), provisioned(seconds=200)).published

    assert (published.provisioned, published.removed) == (True, False)


def test_an_older_provisioning_that_comes_again_changes_nothing() -> None:
    station = Station(provisioned(seconds=1, site="old"), provisioned(seconds=2, site="new"), removed(seconds=3))
    before = station.state

    assert station.feed(provisioned(seconds=1, site="old"), provisioned(seconds=2, site="new")) == []
    assert station.state == before


# -- snapshots --------------------------------------------------------------------------------------------------------


def test_a_later_last_seen_time_alone_is_published_once_in_a_while() -> None:
    while_s = SEEN_AFTER.total_seconds()
    station = Station(connected())

    assert station.feed(seen(30), seen(while_s - 1)) == []
    assert [type(record) for record in station.feed(seen(while_s), seen(while_s + 30))] == [StationChanged]
    assert station.published.seen_at == at(while_s)


def test_every_snapshot_carries_the_newest_last_seen_time() -> None:
    station = Station(connected(), seen(30), disconnected(seconds=40))

    assert station.published.seen_at == at(30)


def test_a_repeated_status_is_not_published_again() -> None:
    station = Station(connected(), status("Available", seconds=2))

    assert station.feed(status("Available", seconds=30)) == []


def test_a_repeated_status_is_remembered_against_older_ones() -> None:
    station = Station(connected(), status("Available", seconds=2), status("Available", seconds=60))

    station.feed(status("Occupied", seconds=61, at=at(30)))

    assert station.connectors[1, 1].status == "Available"


def test_revisions_and_times_of_snapshots_grow_though_records_of_the_same_moment_or_of_a_slower_clock_come() -> None:
    station = Station(
        connected(seconds=5), booted(seconds=5), status(seconds=4), provisioned(seconds=1), disconnected(seconds=5)
    )

    assert [snapshot.revision for snapshot in station.snapshots] == [1, 2, 3, 4, 5]
    assert all(one.changed_at < two.changed_at for one, two in pairwise(station.snapshots))


def test_stations_wait_for_no_moment() -> None:
    assert due(Station(connected()).state) is None


def test_a_record_of_no_use_is_poison() -> None:
    with pytest.raises(Poison, match="Due"):
        Station(Due(key=STATION, at=at(0)))


def test_the_state_survives_its_changelog() -> None:
    state = Station(provisioned(labels={"a": "b"}), connected(), booted(), status(), seen(400)).state

    assert msgspec.json.decode(msgspec.json.encode(state), type=type(state)) == state


SECONDS = st.integers(0, 1_000).map(float)
EPOCHS = st.integers(1, 3)
RECORDS = st.one_of(
    st.builds(lambda e: connected(e, seconds=100 * e), EPOCHS),
    st.builds(lambda e: disconnected(e, seconds=100 * e + 90), EPOCHS),
    st.builds(lambda s, e: seen(s, epoch=e), SECONDS, EPOCHS),
    st.builds(lambda s, e: booted(f"m{s}", seconds=s, epoch=e, firmware_version=f"{s}"), SECONDS, EPOCHS),
    st.builds(
        lambda s, w, e, ago: status(w, seconds=s, evse=e, at=at(s - ago)),
        SECONDS,
        st.sampled_from(["Available", "Occupied", "Faulted"]),
        st.integers(0, 2),
        st.sampled_from([0.0, 5.0, -7_200.0, 1e9]),
    ),
    st.builds(lambda s: provisioned(seconds=s, site=f"{s}"), SECONDS),
    st.builds(lambda s: removed(seconds=s), SECONDS),
)


@given(records=st.lists(RECORDS, max_size=30, unique_by=msgspec.json.encode), data=st.data())
def test_records_that_come_again_say_nothing_new(records: list[Record], data: st.DataObject) -> None:
    once = {_moment(record): record for record in records}  # two records of one kind at one moment cannot be told apart
    station = Station(*once.values())
    before = station.state
    known = {record.id for record in station.said}  # type: ignore[attr-defined]

    said = station.feed(*list(once.values())[data.draw(st.integers(0, len(once))) :])

    assert {record.id for record in said} <= known  # type: ignore[attr-defined]
    assert station.state == before


def _moment(record: Record) -> tuple[object, ...]:
    moments = [getattr(record, name, None) for name in ("received_at", "provisioned_at", "removed_at", "at", "epoch")]
    return tuple(moment for moment in moments if moment is not None)
