"""Demand response at a station: told at once, told again, told in another form; and every event has its outcome."""

import itertools
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.services.demandresponse.stations import HOUR, STATION, There, event_now, ordered
from tests.services.moments import at


def there(**changes: object) -> There:
    station = There()
    station.connects(**changes)  # type: ignore[arg-type]
    return station


def test_a_connected_station_is_told_at_once_the_whole_schedule_up_to_its_end() -> None:
    station = there()
    station.feed(ordered())

    assert station.status() == "asked"
    assert (station.latest.evse, station.latest.profile.purpose) == (0, "ChargingStationMaxProfile")
    assert [station.limit_at(at(second)) for second in (0, HOUR - 1, HOUR)] == [Decimal(6_900), Decimal(6_900), None]
    assert station.latest.profile.valid_to == at(HOUR)
    station.answers()
    assert station.status() == "accepted"
    assert station.said[-1].accepted_at == at(1)


def test_a_repeated_order_changes_nothing() -> None:
    station = there()
    station.feed(ordered())
    assert station.feed(ordered()) == []
    station.answers()
    assert station.feed(ordered()) == []
    assert len(station.asked) == 1


def test_a_station_that_is_away_is_told_when_it_comes_back_during_the_event() -> None:
    station = There()
    station.shows(connected=False)
    station.feed(ordered())
    assert (station.status(), station.asked) == ("unreachable", [])
    station.waits(600)
    station.connects()
    station.answers()

    assert station.status() == "accepted"


def test_a_station_that_comes_back_after_the_event_is_told_nothing() -> None:
    station = There()
    station.shows(connected=False)
    station.feed(ordered())
    station.waits(HOUR + 1)
    station.connects()

    assert (station.status(), station.asked) == ("over", [])


def test_a_station_that_does_not_answer_is_asked_again_less_and_less_often() -> None:
    station = there()
    station.feed(ordered())
    station.answers("timed_out")
    assert (station.status(), station.said[-1].detail) == ("unanswered", "timed out")
    pauses = []
    for outcome in ("disconnected", "timed_out", "disconnected", "accepted"):
        since = station.now
        while station.state.command_id == "":
            station.waits(5)
        pauses.append(station.now - since)
        station.answers(outcome)

    assert pauses == [15, 30, 60, 120]

    assert station.status() == "accepted"
    assert station.said[-1].attempts == 5


def test_a_command_that_got_lost_is_given_again() -> None:
    station = there()
    station.feed(ordered())
    station.waits(200)

    assert len(station.asked) == 2


def test_a_station_that_takes_no_maximum_gets_a_default_for_each_evse_then_the_other_unit_and_is_rejected_at_last() -> (
    None
):
    station = there(evses=2)
    station.feed(ordered())
    forms = []
    for _ in range(4):
        profile = station.latest.profile
        forms.append((profile.purpose, profile.schedules[0].unit, station.limit_at(at(60))))
        station.answers("rejected", "NotSupported")

    assert forms == [
        ("ChargingStationMaxProfile", "W", Decimal(6_900)),
        ("TxDefaultProfile", "W", Decimal(3_450)),
        ("ChargingStationMaxProfile", "A", Decimal(10)),
        ("TxDefaultProfile", "A", Decimal(5)),
    ]
    assert (station.status(), station.said[-1].detail) == ("rejected", "NotSupported")
    station.waits(600)
    assert len(station.asked) == 4


def test_the_form_that_a_station_took_is_the_first_the_next_time() -> None:
    station = there()
    station.feed(ordered())
    station.answers("rejected")
    station.answers()
    station.feed(ordered("event-2", limit_w=Decimal(1_000)))

    assert station.latest.profile.purpose == "TxDefaultProfile"


def test_a_station_that_says_its_unit_is_asked_in_no_other() -> None:
    station = there()
    station.takes("A")
    station.feed(ordered())

    assert (station.latest.profile.schedules[0].unit, station.limit_at(at(1))) == ("A", Decimal(10))
    station.answers("rejected")
    station.answers("rejected")
    assert station.status() == "rejected"


def test_of_two_events_the_lesser_limit_counts_in_one_profile() -> None:
    station = there()
    station.feed(ordered())
    station.answers()
    station.feed(ordered("event-2", limit_w=Decimal(3_000), from_at=at(1_800), to_at=at(2 * HOUR)))
    station.answers()

    limits = [station.limit_at(at(second)) for second in (60, 1_800, HOUR, 2 * HOUR)]
    assert limits == [Decimal(6_900), Decimal(3_000), Decimal(3_000), None]
    assert {each.command.profile.profile_id for each in station.asked} == {station.latest.profile.profile_id}  # type: ignore[union-attr]
    assert (station.status(), station.status("event-2")) == ("accepted", "accepted")


def test_an_event_that_comes_later_waits_and_is_told_ahead() -> None:
    station = there()
    station.feed(ordered(from_at=at(HOUR), to_at=at(2 * HOUR)))
    assert (station.status(), station.asked) == ("waiting", [])
    station.waits(HOUR - 600)
    assert station.asked == []
    station.waits(300)
    station.answers()

    assert station.status() == "accepted"
    assert station.limit_at(at(HOUR)) == Decimal(6_900)


def test_events_with_a_gap_between_follow_each_other() -> None:
    station = there()
    station.feed(ordered())
    station.answers()
    station.feed(ordered("event-2", from_at=at(HOUR + 60), to_at=at(2 * HOUR)))
    assert (station.status(), station.status("event-2"), len(station.asked)) == ("accepted", "waiting", 1)
    station.waits(HOUR)
    assert (station.status(), station.status("event-2")) == ("over", "asked")
    station.answers()
    assert station.limit_at(at(HOUR + 60)) == Decimal(6_900)


def test_a_cancelled_event_is_taken_back() -> None:
    station = there()
    station.feed(ordered())
    station.answers()
    station.becomes(event_now(ordered(), station.now, status="cancelled"))

    assert station.cleared
    assert station.status() == "released"
    station.answers()
    assert station.state.told is None
    station.waits(2 * HOUR)
    assert (station.state.events, len(station.asked)) == ((), 2)


def test_an_event_that_is_cancelled_while_the_station_is_asked_is_taken_back_after_its_answer() -> None:
    station = there()
    station.feed(ordered())
    station.becomes(event_now(ordered(), 0, status="cancelled"))
    assert not station.cleared
    station.answers()

    assert station.cleared


def test_an_event_that_is_cancelled_while_the_station_is_away_is_taken_back_when_it_comes_back() -> None:
    station = there()
    station.feed(ordered())
    station.answers()
    station.shows(connected=False)
    station.becomes(event_now(ordered(), station.now, status="cancelled"))
    assert not station.cleared
    station.waits(60)
    station.connects()

    assert station.cleared


def test_of_two_events_one_that_is_cancelled_leaves_the_other() -> None:
    station = there()
    station.feed(ordered())
    station.feed(ordered("event-2", limit_w=Decimal(3_000)))
    station.answers()
    station.answers()
    station.becomes(event_now(ordered("event-2"), station.now, status="cancelled"))

    assert station.limit_at(at(60)) == Decimal(6_900)
    station.answers()
    assert (station.status(), station.status("event-2")) == ("accepted", "released")


def test_a_site_that_opts_out_is_free_and_one_that_comes_back_is_limited_again() -> None:
    station = there()
    station.feed(ordered())
    station.answers()
    station.becomes(event_now(ordered(), station.now, opted_out=("berlin-1",)))
    assert (station.cleared, station.status()) == (True, "opted-out")
    station.answers()
    station.becomes(event_now(ordered(), station.now, edition=3))
    station.answers()

    assert (station.status(), station.limit_at(at(60))) == ("accepted", Decimal(6_900))


def test_a_changed_event_is_told_anew() -> None:
    station = there()
    station.feed(ordered())
    station.answers()
    station.feed(ordered(edition=2, limit_w=Decimal(4_000), to_at=at(2 * HOUR)))
    assert station.status() == "asked"
    station.answers()

    assert (station.limit_at(at(HOUR)), station.said[-1].edition, station.status()) == (Decimal(4_000), 2, "accepted")


def test_a_station_that_is_no_longer_in_the_scope_is_released() -> None:
    station = there()
    station.feed(ordered(sites=("berlin-1",)))
    station.answers()
    station.shows(site="hamburg-1")

    assert (station.cleared, station.status()) == (True, "released")


def test_after_a_boot_the_station_is_told_again() -> None:
    station = there(booted_at=at(-100))
    station.feed(ordered())
    station.answers()
    station.shows(connected=False)
    station.connects(booted_at=at(30))

    assert len(station.asked) == 2
    assert station.status() == "asked"


def test_a_part_of_a_baseline_that_nobody_knows_limits_nothing() -> None:
    station = there()
    station.feed(ordered(percent=Decimal(50)))
    assert (station.status(), station.asked) == ("unlimited", [])
    station.feed(ordered(edition=2, percent=Decimal(50), baseline_w=Decimal(8_000)))

    assert station.limit_at(at(0)) == Decimal(4_000)


def test_when_an_event_is_over_nothing_is_sent_for_the_station_ended_it() -> None:
    station = there()
    station.feed(ordered())
    station.answers()
    station.waits(HOUR)

    assert (station.status(), len(station.asked), station.state.events, station.state.told) == ("over", 1, (), None)
    assert station.feed(ordered()) == []


def test_a_station_of_which_nothing_is_known_waits_for_it_to_show_itself() -> None:
    station = There()
    station.feed(ordered(sites=("berlin-1",)))
    assert station.status() == "unreachable"
    station.connects()

    assert station.status() == "asked"


EVENTS = st.sampled_from(["a", "b", "c"])
MOVES = st.one_of(
    st.tuples(st.just("order"), EVENTS, st.integers(1, 20), st.integers(-600, 3_000), st.integers(60, 4_000)),
    st.tuples(st.just("cancel"), EVENTS),
    st.tuples(st.just("opt"), EVENTS),
    st.tuples(st.just("wait"), st.integers(1, 2_000)),
    st.tuples(st.just("leave")),
    st.tuples(st.just("come")),
    st.tuples(st.just("answer"), st.sampled_from(["accepted", "accepted", "rejected", "timed_out"])),
)


@given(st.lists(MOVES, max_size=25))
@settings(max_examples=examples(150), deadline=None)
def test_whatever_happens_a_quiet_station_has_the_least_limit_of_its_events_and_no_other(moves: list[tuple]) -> None:  # type: ignore[type-arg]
    station, editions, orders = there(), itertools.count(1), {}
    for move in moves:
        match move:
            case ("order", event, kilowatts, begins, lasts):
                start = station.now + begins
                edition = next(editions)
                order = ordered(
                    event,
                    seconds=station.now,
                    edition=edition,
                    limit_w=Decimal(kilowatts * 1_000),
                    from_at=at(start),
                    to_at=at(start + lasts),
                )
                known = orders.get(event)
                if known is not None and (known[1] != "open" or known[0].terms.to_at <= at(station.now)):
                    continue  # the API changes nothing of such an event
                if start + lasts <= station.now:
                    continue  # and orders none that is over
                orders[event] = (order, "open")
                station.feed(order)
                station.feed(order)
            case ("cancel" | "opt" as what, event) if event in orders and orders[event][1] == "open":
                order, _ = orders[event]
                orders[event] = (order, "off")
                change = {"status": "cancelled"} if what == "cancel" else {"opted_out": ("berlin-1",)}
                station.becomes(event_now(order, station.now, edition=next(editions), **change))
            case ("wait", seconds):
                station.waits(seconds)
            case ("leave",):
                station.shows(connected=False)
            case ("come",):
                station.connects()
            case ("answer", outcome) if station.state.command_id:
                station.answers(outcome)
    station.connects()
    for _ in range(10):  # whatever is asked now is accepted
        if station.state.command_id:
            station.answers(seconds=0)
        else:
            station.waits(60)
    open_now = [
        order.terms
        for order, what in orders.values()
        if what == "open" and order.terms.from_at <= at(station.now) < order.terms.to_at
    ]
    least = min((each.limit_w for each in open_now), default=None)  # type: ignore[type-var]
    has = None
    if station.asked and station.state.told is not None and not station.cleared:
        has = station.limit_at(at(station.now))
        unit, purpose = station.latest.profile.schedules[0].unit, station.latest.profile.purpose
        assert purpose in ("ChargingStationMaxProfile", "TxDefaultProfile")
        if unit == "A" and has is not None:
            assert least is not None
            assert has <= least / 690 < has + Decimal("0.1")
            return
    rejected = station.state.refused and any(each.status == "rejected" for each in station.said[-3:])
    assert rejected or has == least, (STATION, moves)
