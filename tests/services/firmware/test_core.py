"""One station's update: from its order to one named end, rule by rule."""

import datetime as dt

import pytest
from msgspec.structs import replace

from schemas.base import Due, Poison
from schemas.commands import CommandCancelled, CommandSettled
from schemas.stations import StationRemoved
from tests.services.firmware.records import (
    FIRMWARE,
    NEW,
    OLD,
    POLICY,
    STATION,
    Update,
    at,
    extended,
    known,
    ordered,
    session,
    withdrawn,
)

# -- the way of an update ---------------------------------------------------------------------------------------------


def test_a_station_that_downloads_installs_and_boots_with_the_new_version_succeeds() -> None:
    update = Update(known(), ordered())

    update.settle(11)
    update.status(20, "Downloading", "Downloaded")
    update.status(40, "Installing", "Installed")
    update.feed(known(60, version=NEW, boots=59))
    update.until(1000)

    assert update.states == [
        *("sent", "accepted", "downloading", "downloaded", "installing", "rebooting", "observing", "succeeded"),
    ]
    assert [change.revision for change in update.changes] == list(range(1, 9))


def test_the_command_carries_the_firmware_and_expires_with_the_window() -> None:
    signed = replace(FIRMWARE, signing_certificate="PEM", signature="c2ln")
    policy = replace(POLICY, install_at=at(5000))
    (command,) = Update(known(), ordered(firmware=signed, policy=policy, send_until=at(70))).commands

    assert (command.command.location, command.command.signature) == (FIRMWARE.location, "c2ln")
    assert (command.command.install_at, command.expires_at) == (at(5000), at(70))
    assert command.when_offline == "fail"


def test_the_next_boot_is_judged_not_the_status() -> None:
    update = Update(known(), ordered())
    update.settle(11)

    update.feed(known(60, version=NEW, boots=59))  # not one status was heard
    update.until(1000)

    assert update.states == ["sent", "accepted", "observing", "succeeded"]


def test_a_station_that_says_installed_but_boots_with_the_old_version_has_the_wrong_version() -> None:
    update = Update(known(), ordered())
    update.settle(11)
    update.status(20, "Installing", "Installed")

    update.feed(known(60, boots=59))

    assert update.states[-1] == "wrong-version"


def test_a_station_that_comes_with_a_version_of_its_own_has_the_wrong_version() -> None:
    update = Update(known(), ordered())
    update.settle(11)

    update.feed(known(60, version="9.9", boots=59))

    assert update.states[-1] == "wrong-version"


def test_a_reboot_in_the_middle_of_the_download_ends_nothing() -> None:
    update = Update(known(), ordered())
    update.settle(11)
    update.status(20, "Downloading")

    update.feed(known(30, boots=29), known(31, boots=29, faulted=1))
    update.feed(known(60, version=NEW, boots=59))

    assert update.states == ["sent", "accepted", "downloading", "observing"]


def test_a_status_that_repeats_skips_or_comes_late_never_moves_an_update_back() -> None:
    update = Update(known(), ordered())
    update.settle(11)

    update.status(20, "Installing", "Installing", "Downloading", "Downloaded", "Idle", "SignatureVerified")

    assert update.states == ["sent", "accepted", "installing"]


def test_a_status_before_the_outcome_tells_that_the_command_arrived() -> None:
    update = Update(known(), ordered())
    update.status(11, "Downloading")
    update.settle(12)

    assert update.states == ["sent", "downloading"]


def test_a_status_of_another_request_is_not_of_this_update() -> None:
    update = Update(known(), ordered())
    update.settle(11)

    update.status(20, "DownloadFailed", request_id=1)

    assert update.states == ["sent", "accepted"]


def test_a_status_without_a_number_is_of_the_stations_only_update() -> None:
    update = Update(known(), ordered())
    update.settle(11)

    update.status(20, "Downloading", request_id=None)

    assert update.states[-1] == "downloading"


# -- turns that are given back ----------------------------------------------------------------------------------------


def test_a_station_that_runs_the_version_already_is_left_alone() -> None:
    update = Update(known(version=NEW), ordered())

    assert (update.states, update.commands) == (["already-current"], [])


def test_an_offline_station_asks_for_a_turn_when_it_connects() -> None:
    update = Update(ordered())
    assert (update.states, update.commands) == (["offline"], [])

    update.feed(known(100))
    assert update.states[-1] == "ready"
    update.feed(ordered(110, turn=2))
    assert len(update.commands) == 1


def test_a_busy_station_asks_for_a_turn_when_its_sessions_are_over() -> None:
    update = Update(known(), session(1), session(2, name="s2"), ordered())
    assert (update.states, update.commands) == (["busy"], [])

    update.feed(session(100, "ended"))
    assert update.states[-1] == "busy"
    update.feed(session(200, "presumed-ended", name="s2"))
    assert update.states[-1] == "ready"


def test_a_busy_station_is_skipped_or_interrupted_as_asked() -> None:
    skipped = Update(known(), session(1), ordered(policy=replace(POLICY, busy="skip")))
    interrupted = Update(known(), session(1), ordered(policy=replace(POLICY, busy="interrupt")))

    assert (skipped.states, len(skipped.commands)) == (["skipped-busy"], 0)
    assert (interrupted.states, len(interrupted.commands)) == (["sent"], 1)


def test_a_command_that_could_not_leave_in_time_costs_no_attempt() -> None:
    update = Update(known(), ordered(policy=replace(POLICY, attempts=1)))
    update.settle(300, "expired")
    assert update.states[-1] == "ready"

    update.feed(ordered(400, turn=2, policy=replace(POLICY, attempts=1)))
    update.settle(401, "rejected")

    assert update.states[-1] == "rejected"
    assert len({command.id for command in update.commands}) == 2


# -- failures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("DownloadFailed", "download-failed"),
        ("InstallationFailed", "installation-failed"),
        ("InstallVerificationFailed", "verification-failed"),
    ],
)
def test_a_failure_that_another_attempt_may_mend_backs_off_and_ends_with_the_last(status: str, state: str) -> None:
    update = Update(known(), ordered())
    update.settle(11)
    update.status(20, status, detail="NoSpace")
    assert update.changes[-1].state == "backing-off"
    assert update.changes[-1].detail == f"{state}: NoSpace"

    update.until(80)
    assert update.states[-1] == "ready"
    update.feed(ordered(90, turn=update.changes[-1].revision))
    update.settle(91)
    update.status(100, status)

    assert update.states[-1] == state
    assert update.changes[-1].attempt == 2


def test_the_back_off_doubles() -> None:
    update = Update(known(), ordered(policy=replace(POLICY, attempts=3)))
    update.settle(11, "rejected")
    assert update.state.update is not None
    assert update.state.update.wake_at == at(11 + 60)
    update.until(100)
    update.feed(ordered(100, turn=update.changes[-1].revision, policy=replace(POLICY, attempts=3)))
    update.settle(101, "rejected")

    assert update.state.update.wake_at == at(101 + 120)


def test_what_no_attempt_can_mend_ends_at_once() -> None:
    for outcome, told, state in [
        ("unsupported", {}, "unsupported"),
        ("rejected", {"detail": "InvalidCertificate"}, "invalid-certificate"),
    ]:
        update = Update(known(), ordered())
        update.settle(11, outcome, **told)
        assert update.states[-1] == state
    update = Update(known(), ordered())
    update.settle(11)
    update.status(20, "InvalidSignature")
    assert update.states[-1] == "invalid-signature"


@pytest.mark.parametrize("outcome", ["timed_out", "disconnected"])
def test_a_command_of_unknown_fate_waits_for_a_sign_before_another_attempt(outcome: str) -> None:
    update = Update(known(), ordered())
    update.settle(40, outcome)
    assert update.states[-1] == "unanswered"

    update.status(50, "Downloading")

    assert update.states[-1] == "downloading"


def test_a_station_that_never_answers_ends_without_an_answer() -> None:
    update = Update(known(), ordered(policy=replace(POLICY, attempts=1)))
    update.settle(40, "timed_out")

    update.until(10_000)

    assert update.states[-1] == "no-answer"


def test_a_station_that_falls_silent_is_silent_or_unconfirmed() -> None:
    silent = Update(known(), ordered(policy=replace(POLICY, attempts=1)))
    silent.settle(11)
    silent.status(20, "Downloading")
    silent.until(10_000)
    unconfirmed = Update(known(), ordered())
    unconfirmed.settle(11)
    unconfirmed.status(20, "Installed")
    unconfirmed.until(10_000)

    assert (silent.states[-1], unconfirmed.states[-1]) == ("silent", "unconfirmed")


def test_every_status_gives_the_station_more_time_and_so_does_its_time_of_installation() -> None:
    update = Update(known(), ordered(policy=replace(POLICY, install_at=at(3000))))
    update.settle(11)
    assert update.state.update is not None
    assert update.state.update.wake_at == at(3600)
    update.status(3100, "Downloading", "Downloading")

    assert update.state.update.wake_at == at(3700)


# -- the deadline -----------------------------------------------------------------------------------------------------


def late(seconds: float, sent: float) -> Due:
    """The time that was asked for has passed while the service was away."""
    return Due(key=STATION, at=at(seconds), sent_at=at(sent))


def test_what_a_station_told_while_the_service_was_away_comes_before_it_is_called_silent() -> None:
    update = Update(known(), ordered())
    update.settle(11)
    update.status(20, "Downloading")

    update.feed(late(620, 3000))  # the records that waited are on other topics: which comes first is chance
    update.status(600, "Downloaded")
    update.status(1100, "Installed")
    update.feed(known(1110, version=NEW, boots=1109))
    update.until(6000)

    assert update.states == ["sent", "accepted", "downloading", "downloaded", "rebooting", "observing", "succeeded"]
    assert len(update.commands) == 1


def test_a_command_whose_answer_waited_while_the_service_was_away_is_not_given_again() -> None:
    update = Update(known(), ordered())
    update.settle(11, "disconnected")

    update.feed(late(71, 400))
    update.status(15, "Downloading")

    assert update.states == ["sent", "unanswered", "downloading"]


def test_a_watch_that_ended_while_the_service_was_away_is_judged_by_what_happened_meanwhile() -> None:
    update = Update(known(), ordered())
    update.settle(11)
    update.feed(known(60, version=NEW, boots=59), late(180, 900), known(170, version=OLD, boots=169))

    assert update.states[-1] == "wrong-version"


def test_who_said_nothing_while_the_service_was_away_is_called_silent_a_little_later() -> None:
    update = Update(known(), ordered())
    update.settle(11)

    update.feed(late(611, 3000))
    assert update.states == ["sent", "accepted"]
    update.until(3029)
    assert update.states == ["sent", "accepted"]
    update.until(3030)
    assert update.states[-1] == "backing-off"


def test_a_service_that_is_always_late_still_calls_a_silent_station_so() -> None:
    update = Update(known(), ordered())
    update.settle(11)

    update.feed(late(611, 3000), late(3030, 4000))

    assert update.states[-1] == "backing-off"


@pytest.mark.parametrize(
    ("records", "state"),
    [
        ([ordered()], "unreachable"),
        ([known(), session(1), ordered()], "stayed-busy"),
        ([ordered(), known(100)], "out-of-time"),
    ],
)
def test_at_its_deadline_a_station_is_called_after_what_it_waited_for(records: list, state: str) -> None:
    update = Update(*records)

    update.until(10 + 7200)

    assert update.states[-1] == state
    assert update.state.update is None


def test_more_time_puts_the_deadline_off() -> None:
    update = Update(ordered(), extended(100, 20_000))

    update.until(19_000)
    assert update.states == ["offline"]
    update.until(21_000)
    assert update.states[-1] == "unreachable"


# -- health -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "state"), [({"connected": False}, "unhealthy"), ({"faulted": 1}, "unhealthy"), ({}, "succeeded")]
)
def test_a_station_must_be_online_and_without_new_faults_at_the_end_of_the_watch(now: dict, state: str) -> None:
    update = Update(known(), ordered())
    update.settle(11)
    update.feed(known(60, version=NEW, boots=59), known(70, version=NEW, boots=59, **now))

    update.until(1000)

    assert update.states[-1] == state


def test_a_break_in_the_watch_begins_it_again() -> None:
    update = Update(known(), ordered(10))
    update.settle(11)
    update.feed(known(100, version=NEW, boots=100))
    update.feed(known(150, version=NEW, boots=100, connected=False), known(200, version=NEW, boots=100))

    update.until(319)
    assert update.states[-1] == "observing"
    update.until(320)
    assert update.states[-1] == "succeeded"


def test_a_station_that_comes_and_goes_until_its_deadline_is_unhealthy() -> None:
    update = Update(known(), ordered(10, policy=replace(POLICY, deadline_s=400)))
    update.settle(11)
    update.feed(known(100, version=NEW, boots=100))
    for n in range(10):
        update.feed(known(150 + 100 * n, version=NEW, boots=100, connected=False))
        update.feed(known(200 + 100 * n, version=NEW, boots=100))
        update.until(240 + 100 * n)

    assert (update.states[-1], update.changes[-1].detail) == ("unhealthy", "it comes and goes")


def test_a_retry_of_an_unhealthy_station_holds_no_older_fault_against_it() -> None:
    update = Update(known(faulted=1), ordered(10))
    update.settle(11)
    update.feed(known(100, version=NEW, boots=100, faulted=2))
    update.until(300)
    assert update.states[-1] == "unhealthy"

    update.feed(known(400, version=NEW, boots=100, faulted=1))
    update.feed(ordered(500, turn=update.changes[-1].revision))
    update.until(1000)

    assert update.states[-2:] == ["observing", "succeeded"]


def test_a_fault_that_was_there_before_is_not_held_against_the_firmware() -> None:
    update = Update(known(faulted=1), ordered())
    update.settle(11)
    update.feed(known(60, version=NEW, boots=59, faulted=1))

    update.until(1000)

    assert update.states[-1] == "succeeded"


def test_a_station_that_goes_back_while_it_is_watched_has_the_wrong_version() -> None:
    update = Update(known(), ordered())
    update.settle(11)
    update.feed(known(60, version=NEW, boots=59), known(100, boots=99))

    assert update.states[-1] == "wrong-version"


# -- repeats, withdrawals, others -------------------------------------------------------------------------------------


def test_an_order_is_obeyed_once_however_often_it_comes() -> None:
    update = Update(known(), ordered(), ordered())
    update.settle(11)
    update.feed(ordered())
    update.feed(known(60, version=NEW, boots=59))
    update.until(1000)
    before = update.state

    update.feed(ordered())

    assert len(update.commands) == 1
    assert update.state == before


def test_a_retry_goes_on_counting_and_has_attempts_of_its_own() -> None:
    update = Update(known(), ordered(policy=replace(POLICY, attempts=1)))
    update.settle(11, "rejected")
    last = update.changes[-1]
    assert last.state == "rejected"

    update.feed(ordered(500, turn=last.revision))
    update.settle(501)

    assert update.commands[0].id != update.commands[1].id
    assert (update.changes[-1].state, update.changes[-1].attempt) == ("accepted", 2)
    assert update.changes[-1].revision == last.revision + 2


def test_an_update_of_another_campaign_conflicts() -> None:
    update = Update(known(), ordered())

    update.feed(ordered(20, campaign="c2"), ordered(20, campaign="c2"))

    assert [(change.campaign, change.state) for change in update.changes] == [("c1", "sent"), ("c2", "conflicting")]


def test_a_withdrawn_station_that_waits_or_was_never_ordered_is_cancelled() -> None:
    waits = Update(ordered(), withdrawn(20, turn=1))
    never = Update(known(), withdrawn(20), withdrawn(20))

    assert waits.states == ["offline", "cancelled"]
    assert never.states == ["cancelled"]


def test_a_command_of_a_withdrawn_station_is_taken_back_where_it_has_not_left() -> None:
    update = Update(known(), ordered())
    (cancel,) = update.feed(withdrawn(20, turn=1))
    assert isinstance(cancel, CommandCancelled)
    assert cancel.command_id == update.commands[0].id

    update.settle(21, "cancelled")

    assert update.states[-1] == "cancelled"


def test_what_a_withdrawn_station_works_on_runs_to_its_own_end_without_another_attempt() -> None:
    update = Update(known(), ordered())
    update.settle(11)

    update.feed(withdrawn(20, turn=2))
    update.status(30, "DownloadFailed")

    assert update.states[-1] == "download-failed"


def test_an_older_state_of_the_station_is_not_believed() -> None:
    update = Update(known(10, version=NEW, boots=9), known(5), ordered(20))

    assert update.states == ["already-current"]


def test_a_record_of_no_use_is_poison() -> None:
    with pytest.raises(Poison):
        Update(StationRemoved(station="S", removed_at=dt.datetime.now(dt.UTC)))


def test_the_outcome_of_a_command_that_left_before_a_crash_is_of_the_attempt_that_was_forgotten() -> None:
    remembered = Update(known(), ordered(10))
    (command,) = remembered.commands
    forgetful = Update(known(), session(5), ordered(10))
    assert forgetful.states == ["busy"]

    settled = CommandSettled(
        id="s", command_id=command.id, station=STATION, outcome="accepted", settled_at=command.requested_at
    )
    forgetful.feed(settled)
    forgetful.feed(known(60, version=NEW, boots=60))
    forgetful.until(1000)

    assert forgetful.states == ["busy", "accepted", "observing", "succeeded"]
    assert (forgetful.changes[1].attempt, forgetful.changes[1].request_id) == (1, command.command.request_id)
