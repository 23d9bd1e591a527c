"""A limit on its way to a station, and what became of it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from schemas.commands import CommandRequested
from schemas.energy import limit_number
from schemas.profilecommands import SetChargingProfile
from schemas.profilerules import profile_faults
from schemas.states.energy import EvseState
from services.energy.leases import Limit, answered, lease, lost
from services.energy.sites import Site
from tests.services.energy.records import SITE, answer, grid, outlet, provisioned, second, tree

LATENCY = timedelta(seconds=3)


def leased(
    amps: float = 16, *, evse: EvseState | None = None, at: float = 0, **wired: object
) -> tuple[EvseState, CommandRequested]:
    site = Site(provisioned(tree(nodes=(grid(63), outlet(1, **wired)))))
    charging = evse or EvseState(station="CP-1", evse=1, connected=True, transaction_id="t1", fallback_a=6.0)
    return lease(charging, site.places[0], site, Limit(amps, 6), second(at))


def limits(command: CommandRequested) -> list[tuple[int, Decimal | None, int | None]]:
    assert isinstance(command.command, SetChargingProfile)
    return [(each.start_s, each.limit, each.phases) for each in command.command.profile.schedules[0].periods]


def test_a_limit_is_a_profile_of_the_transaction_with_the_fallback_after_its_lease() -> None:
    evse, command = leased(16)

    assert isinstance(command.command, SetChargingProfile)
    profile = command.command.profile
    assert (profile.purpose, profile.transaction_id, command.command.evse) == ("TxProfile", "t1", 1)
    assert profile.profile_id == limit_number("CP-1", 1, "limit")
    assert profile.schedules[0].start_at == second(-60)  # the station's clock may be behind
    assert limits(command) == [(0, 16, None), (660, 6, None)]
    assert list(profile_faults(profile, 1)) == []
    assert command.when_offline == "fail"
    assert evse.sent is not None
    assert evse.sent.until == second(600)


def test_the_ids_of_commands_follow_from_the_site_and_their_number_and_the_profile_stays_the_same() -> None:
    evse, first = leased(16)
    _, again = leased(16)
    _, second_one = leased(10, evse=evse)

    assert first.id == again.id != second_one.id
    assert first.command.profile.profile_id == second_one.command.profile.profile_id  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("units", "wired", "expected"),
    [
        (("W", "A"), {}, (0, Decimal(16), None)),
        (("W",), {}, (0, Decimal(11040), None)),
        (("W",), {"lines": ("L2",)}, (0, Decimal(3680), 1)),
        (("W",), {"lines": ("L1", "L2"), "delta": True}, (0, Decimal(6373), 1)),
        ((), {"dc": True}, (0, Decimal(11040), None)),
        (("A",), {"dc": True}, (0, Decimal(16), None)),
    ],
)
def test_a_limit_is_told_in_the_unit_that_the_station_takes(
    units: object, wired: dict[str, object], expected: object
) -> None:
    charging = EvseState(station="CP-1", evse=1, connected=True, transaction_id="t1", units=units)  # type: ignore[arg-type]

    assert limits(leased(16, evse=charging, **wired)[1])[0] == expected


def test_what_was_accepted_holds_and_what_was_before_counts_until_the_station_obeys() -> None:
    evse, first = leased(16)
    evse = answered(evse, answer(first.id, 1, 1), 6, LATENCY)
    evse, lower = leased(8, evse=evse, at=20)
    evse = answered(evse, answer(lower.id, 1, 21), 6, LATENCY)

    assert (evse.told.amps, evse.falling_a, evse.falling_until) == (8, 16, second(24))  # type: ignore[union-attr]
    assert evse.told_at == second(21)


def test_an_answer_that_comes_again_or_is_of_an_older_command_changes_nothing() -> None:
    evse, first = leased(16)
    done = answered(evse, answer(first.id, 1, 1), 6, LATENCY)

    assert answered(done, answer(first.id, 1, 2), 6, LATENCY) is done
    newer, _ = leased(8, evse=evse, at=20)
    assert answered(newer, answer(first.id, 1, 21), 6, LATENCY) is newer


@pytest.mark.parametrize(
    ("outcome", "sent", "maybe"),
    [("rejected", True, None), ("expired", False, None), ("timed_out", None, 16), ("disconnected", False, None)],
)
def test_what_no_answer_came_to_may_hold_and_what_was_refused_does_not(
    outcome: str, sent: bool | None, maybe: float | None
) -> None:
    evse, first = leased(16)
    after = answered(evse, answer(first.id, 1, 1, outcome, sent=sent), 6, LATENCY)

    assert (after.sent, after.told, after.failures, after.not_before) == (None, None, 1, second(11))
    assert (after.maybe.amps if after.maybe else None) == maybe


def test_a_command_of_which_nothing_is_heard_is_given_up_and_may_hold() -> None:
    evse, _ = leased(16)

    assert lost(evse, second(44)) is evse
    assert lost(evse, second(45)).maybe == evse.sent


def test_a_pause_that_was_refused_did_not_take_place() -> None:
    evse, first = leased(16)
    evse = answered(evse, answer(first.id, 1, 1), 6, LATENCY)
    pausing, pause = leased(0, evse=evse, at=20)

    assert pausing.paused_at == second(20)
    assert answered(pausing, answer(pause.id, 1, 21, "rejected"), 6, LATENCY).paused_at is None
    paused = answered(pausing, answer(pause.id, 1, 21), 6, LATENCY)
    resuming, resume = leased(8, evse=paused, at=400)
    assert (resuming.paused_at, resuming.resumed_at) == (None, second(400))
    assert answered(resuming, answer(resume.id, 1, 401, "rejected"), 6, LATENCY).paused_at == second(20)


def test_failures_in_a_row_wait_longer_each_time() -> None:
    waits = []
    evse, command = leased(16)
    for number in range(8):
        evse = answered(evse, answer(command.id, 1, 100 * number, "rejected"), 6, LATENCY)
        assert evse.not_before is not None
        waits.append((evse.not_before - second(100 * number)).total_seconds())
        evse, command = leased(16, evse=evse, at=100 * number + 50)

    assert waits == [10, 20, 40, 80, 160, 300, 300, 300]
    assert SITE
