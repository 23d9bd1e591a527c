"""Fallbacks are installed beforehand, proved by the composite schedule, and told again where they were not taken."""

from decimal import Decimal

from schemas.base import Record
from schemas.commands import CommandRequested
from schemas.energy import SiteChangedByOperator, limit_number
from schemas.profilecommands import GetCompositeSchedule, SetChargingProfile
from schemas.profilerules import profile_faults
from tests.services.energy.records import SITE, Stepped, answer, commands, grid, outlet, second, seen, told, tree


def fallback(outputs: list[Record]) -> CommandRequested:
    (command,) = commands(outputs)
    assert isinstance(command.command, SetChargingProfile)
    assert command.command.profile.purpose == "TxDefaultProfile"
    return command


def reading(outputs: list[Record]) -> CommandRequested:
    (command,) = commands(outputs)
    assert isinstance(command.command, GetCompositeSchedule)
    return command


def test_an_evse_is_told_its_fallback_as_soon_as_it_is_known_and_asked_what_it_made_of_it() -> None:
    site = Stepped(tree(63, 1))
    command = fallback(site(seen(1, 0)))

    assert isinstance(command.command, SetChargingProfile)
    profile = command.command.profile
    assert (profile.schedules[0].periods[0].limit, profile.profile_id) == (18, limit_number("CP-1", 1, "fallback"))
    assert list(profile_faults(profile, 1)) == []
    assert reading(site(answer(command.id, 1, 1))).command == GetCompositeSchedule(evse=1, duration_s=60, unit="A")
    assert site.evse(1).fallback_a == 18


def test_who_allows_more_than_it_accepted_counts_with_that_and_is_told_again() -> None:
    site = Stepped(tree(63, 1))
    asked = reading(site(answer(fallback(site(seen(1, 0))).id, 1, 1)))
    site(answer(asked.id, 1, 2, schedule_a=Decimal(32)))

    assert site.evse(1).fallback_maybe_a == 32
    again = fallback(site.wait(30))
    asked = reading(site(answer(again.id, 1, 31)))
    site(answer(asked.id, 1, 32, schedule_a=Decimal(18)))
    assert (site.evse(1).fallback_maybe_a, site.evse(1).fallback_failures, site.evse(1).fallback_read) == (
        None,
        0,
        True,
    )


def test_who_cannot_say_what_it_allows_is_believed() -> None:
    site = Stepped(tree(63, 1))
    asked = reading(site(answer(fallback(site(seen(1, 0))).id, 1, 1)))

    assert commands(site(answer(asked.id, 1, 2, "unsupported"))) == []
    assert site.evse(1).fallback_read


def test_a_fallback_that_is_refused_is_tried_less_and_less_often_and_counts_with_all_that_it_could() -> None:
    site = Stepped(tree(63, 1))
    command, tries = fallback(site(seen(1, 0))), []
    for _ in range(4):
        assert site.state.at is not None
        site(answer(command.id, 1, (site.state.at - second(0)).total_seconds() + 1, "rejected"))
        at = site.state.at
        outputs: list[Record] = []
        while not outputs:
            assert site.state.wake_at is not None
            outputs = [each for each in site.wait((site.state.wake_at - second(0)).total_seconds()) if commands([each])]
        command = fallback(outputs)
        tries.append(round((command.requested_at - at).total_seconds()))

    assert tries == [20, 40, 80, 160]
    assert site.state.evses[0].fallback_a is None
    alerts = [each.what for each in site.state.alerts]
    assert alerts == ["unconfirmed"]


def test_a_fallback_of_which_nothing_is_heard_is_told_again() -> None:
    site = Stepped(tree(63, 1))
    first = fallback(site(seen(1, 0)))
    later = [each for each in commands(site.wait(80)) if isinstance(each.command, SetChargingProfile)]

    assert len(later) == 1
    assert later[0].id != first.id


def test_a_greater_fallback_waits_until_the_limits_allow_it() -> None:
    nodes = (grid(63), outlet(1, fallback_a=Decimal(6)), outlet(2, fallback_a=Decimal(6)))
    site = Stepped(tree(nodes=nodes)).ready(2)
    site.settle(31, site(seen(2, 30, "t2")))
    more = Stepped(tree(nodes=(grid(40), outlet(1, fallback_a=Decimal(10)), nodes[2])))
    site.references, site.sites = more.references, more.sites
    outputs = site(SiteChangedByOperator(id="changed", site=SITE, at=second(50)))
    assert told(outputs) == {"CP-2": 30}
    assert len(commands(outputs)) == 1
    site.settle(51, outputs)
    site.live(120)

    assert site.evse(1).fallback_a == 10
