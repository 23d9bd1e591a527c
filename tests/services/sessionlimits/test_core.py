"""Sessions are stopped at their limit, each at most once at a time, and what they cost is passed on."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.base import Due, Poison, Record
from schemas.commands import CommandRequested
from schemas.credits import TokenSpent
from schemas.sessionlimits import SessionCosted, SessionLimitChanged
from schemas.stations import StationRemoved
from schemas.transactionlimits import NO_LIMIT, TransactionLimit
from schemas.transactions import RemoteStop, SessionChanged
from services.sessionlimits.core import ATTEMPTS, OVER_KEPT, SESSIONS_MOST, due, initial, step
from tests.services.core import Core
from tests.services.sessionlimits.records import ENERGY, STATION, costed, ended, minute, session, settled

EUROS = TransactionLimit(max_cost=Decimal(20), currency="EUR")


class Station(Core[Any]):
    """One station under test."""

    def __init__(self, *records: Record) -> None:
        super().__init__(initial(STATION), step, *records, due=due)

    def at(self, minutes: float) -> list[Record]:
        """Let time pass until so many minutes after the start of the session."""
        return self.pass_time(STATION, minute(minutes))

    @property
    def stops(self) -> list[CommandRequested]:
        return [record for record in self.said if isinstance(record, CommandRequested)]

    @property
    def status(self) -> str:
        return self.last.status

    @property
    def last(self) -> SessionLimitChanged:
        return [record for record in self.said if isinstance(record, SessionLimitChanged)][-1]


# -- reaching a limit -------------------------------------------------------------------------------------------------


@pytest.mark.usecase("E16", "C17")
def test_a_session_that_reaches_its_energy_is_stopped() -> None:
    station = Station(session(0, energy=0), session(10, energy=9_000))
    assert (station.stops, station.status) == ([], "watched")

    station.feed(session(20, energy=10_000))
    (stop,) = station.stops
    assert stop.command == RemoteStop(transaction_id="77")
    assert (station.status, station.last.reached, station.last.value) == ("stopping", "energy", Decimal(10_000))

    station.feed(settled(stop.id, "accepted", 20.1), ended(20.2, energy=10_050))
    assert (station.status, len(station.stops), station.last.attempts) == ("stopped", 1, 1)
    assert due(station.state) is None


@pytest.mark.usecase("E16")
def test_it_is_stopped_in_time_between_two_readings_by_its_pace() -> None:
    station = Station(session(0, energy=0), session(10, energy=8_000))

    station.at(12.4)
    assert station.stops == []
    station.at(12.5)
    assert [stop.requested_at for stop in station.stops] == [minute(12.5)]


@pytest.mark.usecase("E16")
def test_time_is_up_by_the_clock_alone() -> None:
    station = Station(session(0, limit=TransactionLimit(max_time_s=3600)))

    station.at(59)
    assert station.stops == []
    station.at(61)
    assert [stop.requested_at for stop in station.stops] == [minute(60)]
    assert station.last.reached == "time"


def test_a_start_at_an_impossible_time_is_when_it_was_first_heard_of() -> None:
    never_set = minute(0).replace(year=1970)
    station = Station(session(0, limit=TransactionLimit(max_time_s=3600), started_at=never_set))

    assert station.stops == []
    assert due(station.state) == minute(60)


@pytest.mark.usecase("E16")
def test_a_state_of_charge_is_reached_by_what_the_station_says() -> None:
    station = Station(session(0, limit=TransactionLimit(max_soc_percent=80), soc_percent=Decimal(79)))
    station.feed(session(5, limit=TransactionLimit(max_soc_percent=80), soc_percent=Decimal(80)))

    assert (len(station.stops), station.last.reached) == (1, "soc")


@pytest.mark.usecase("C17", "E16")
def test_a_session_that_costs_what_it_may_is_stopped() -> None:
    station = Station(session(0, limit=EUROS), costed("19.99", 10))
    assert station.stops == []

    station.feed(costed("20", 20))
    assert (len(station.stops), station.last.reached) == (1, "cost")


def test_a_cost_that_comes_before_its_session_counts() -> None:
    station = Station(costed("25", 1), session(0, limit=EUROS))

    assert len(station.stops) == 1


def test_money_that_cannot_be_compared_ends_a_session_whose_credit_it_is_not() -> None:
    station = Station(session(0, limit=EUROS), costed("1", 1, currency="GBP"))

    assert (len(station.stops), station.last.reached) == (1, "currency")


def test_a_session_without_a_limit_is_none_of_its_business() -> None:
    station = Station(session(0, limit=NO_LIMIT, energy=99_999))

    assert (station.said, station.state) == ([], initial(STATION))


def test_a_limit_that_is_raised_in_time_lets_the_session_go_on() -> None:
    kept = {"limit_kept": ("energy",)}
    station = Station(session(0, energy=10_000, **kept))
    assert station.status == "reached"

    station.feed(session(1, energy=10_100, limit=TransactionLimit(max_energy_wh=Decimal(20_000)), **kept))
    assert (station.status, station.stops) == ("watched", [])
    station.at(60)
    assert station.stops == []


@pytest.mark.usecase("C17", "C23")
def test_a_limit_that_is_lowered_below_what_is_reached_ends_the_session_at_once() -> None:
    station = Station(session(0, energy=5_000))
    station.feed(session(1, energy=5_000, limit=TransactionLimit(max_energy_wh=Decimal(4_000))))

    assert len(station.stops) == 1


# -- stations that keep to their limits themselves --------------------------------------------------------------------


@pytest.mark.usecase("E16", "E16.FR.05", "E16.FR.06")
def test_a_station_that_keeps_to_the_limit_is_left_to_do_so() -> None:
    station = Station(session(0, energy=0, limit_kept=("energy",)))
    station.feed(session(20, energy=10_000, limit_kept=("energy",)))
    station.feed(session(21, energy=10_000, limit_kept=("energy",), charging_state="SuspendedEVSE"))
    station.at(600)

    assert (station.stops, station.status, due(station.state)) == ([], "reached", None)
    station.feed(ended(601, energy=10_000))
    assert station.status == "stopped"


def test_a_station_that_said_so_and_does_not_is_stopped_after_a_grace() -> None:
    station = Station(session(0, energy=10_000, limit_kept=("energy",)))

    station.at(1.9)
    assert station.stops == []
    station.at(2)
    assert len(station.stops) == 1


def test_of_two_limits_that_are_reached_the_one_counts_that_the_station_does_not_keep_to() -> None:
    both = TransactionLimit(max_energy_wh=Decimal(10_000), max_soc_percent=80)
    station = Station(session(0, energy=10_000, soc_percent=Decimal(80), limit=both, limit_kept=("energy",)))

    assert (len(station.stops), station.last.reached) == (1, "soc")


@pytest.mark.usecase("C23", "C23.FR.02")
def test_what_a_driver_or_a_terminal_sets_at_the_station_is_shown_and_left_to_it() -> None:
    station = Station(session(0, limit=NO_LIMIT, station_limit=TransactionLimit(max_cost=Decimal(30))))
    station.feed(session(5, limit=NO_LIMIT, station_limit=TransactionLimit(max_cost=Decimal(50))), costed("60", 6))

    assert station.stops == []
    assert station.last.station_limit.max_cost == Decimal(50)


# -- a stop that does not work ----------------------------------------------------------------------------------------


def test_a_stop_is_asked_for_again_after_longer_and_longer_and_then_no_more() -> None:
    station = Station(session(0, energy=10_000))
    asked_at = []
    while len(station.stops) > len(asked_at):
        stop = station.stops[-1]
        asked_at.append((stop.requested_at - minute(0)).total_seconds() / 60)
        station.feed(settled(stop.id, "timed_out", asked_at[-1]))
        if (at := due(station.state)) is not None:
            station.feed(Due(key=STATION, at=at, sent_at=at))

    assert asked_at == [0, 1, 3, 7, 15]
    assert len(asked_at) == ATTEMPTS
    assert (station.status, station.last.detail, due(station.state)) == ("not-stopped", "timed_out", None)
    assert len({stop.id for stop in station.stops}) == ATTEMPTS


def test_a_stop_whose_outcome_never_comes_is_asked_for_again() -> None:
    station = Station(session(0, energy=10_000))

    station.at(12)
    station.at(13)
    assert [stop.requested_at for stop in station.stops] == [minute(0), minute(13)]


def test_a_stop_that_was_accepted_and_had_no_effect_is_asked_for_again() -> None:
    station = Station(session(0, energy=10_000))
    station.feed(settled(station.stops[0].id, "accepted", 1))

    station.at(3.9)
    assert len(station.stops) == 1
    station.at(5)
    assert [stop.requested_at for stop in station.stops] == [minute(0), minute(5)]


def test_an_outcome_that_comes_again_or_of_another_command_changes_nothing() -> None:
    station = Station(session(0, energy=10_000))
    outcome = settled(station.stops[0].id, "rejected", 1)
    station.feed(outcome)
    before = station.state

    assert station.feed(outcome, settled("another", "accepted", 2)) == []
    assert station.state == before


def test_a_session_that_goes_on_after_all_is_stopped_under_another_id() -> None:
    station = Station(session(0, energy=10_000), session(1, status="presumed-ended", energy=10_000))
    station.feed(session(2, energy=11_000))

    assert len({stop.id for stop in station.stops}) == 2


def test_a_transaction_that_cannot_be_named_is_not_stopped() -> None:
    station = Station(session(0, energy=10_000, transaction_id="x" * 37))

    assert (station.stops, due(station.state)) == ([], None)


# -- what is passed on ------------------------------------------------------------------------------------------------


def test_what_a_session_costs_so_far_is_passed_on_each_time_it_comes() -> None:
    station = Station(session(0, limit=EUROS))
    spent = [record for record in station.feed(costed("1", 1), costed("1", 1)) if isinstance(record, TokenSpent)]

    assert [(each.id, each.amount, each.token) for each in spent] == [(spent[0].id, Decimal(1), "04A2B3")] * 2
    assert station.feed(costed("2", 2, token=None)) == []


def test_a_record_of_no_use_is_poison() -> None:
    with pytest.raises(Poison, match="StationRemoved"):
        step(initial(STATION), StationRemoved(station=STATION, removed_at=minute(1)))


def test_the_state_is_bounded_and_survives_its_changelog() -> None:
    running = [session(n, energy=1, session=f"r{n}") for n in range(SESSIONS_MOST + 5)]
    over = [ended(n + 0.5, session=f"r{n}") for n in range(OVER_KEPT + 5)]
    state = Station(*running, *over, *(costed("1", n, session=f"c{n}") for n in range(40))).state

    assert sum(not each.over for each in state.sessions) <= SESSIONS_MOST
    assert sum(each.over for each in state.sessions) == OVER_KEPT
    assert msgspec.json.decode(msgspec.json.encode(state), type=type(state)) == state


MOMENTS = st.integers(0, 40)
LIMITS = st.sampled_from(
    [ENERGY, EUROS, TransactionLimit(max_time_s=900), TransactionLimit(max_energy_wh=Decimal(20_000))]
)
SNAPSHOTS = st.builds(
    lambda m, e, limit, kept, over: session(
        m,
        energy=e,
        limit=limit,
        limit_kept=("energy",) if kept else (),
        status="presumed-ended" if over else "active",
    ),
    MOMENTS,
    st.sampled_from([0, 5_000, 9_000, 10_000, 15_000]),
    LIMITS,
    st.booleans(),
    st.sampled_from([False, False, False, True]),
)
EVENTS = st.one_of(
    SNAPSHOTS,
    st.builds(costed, st.sampled_from(["1", "15", "19", "20", "30"]), MOMENTS),
    st.sampled_from(["accepted", "rejected", "timed_out", "due"]),
)


@given(events=st.lists(EVENTS, max_size=25), again=st.lists(st.integers(0, 24), max_size=10))
def test_whatever_comes_one_stop_at_a_time_is_asked_for_and_only_of_what_has_a_limit(
    events: list[Any], again: list[int]
) -> None:
    """The rule of retries: the next stop leaves when the one before has an outcome, or none in time; ATTEMPTS in all."""
    station, records, now = Station(), list[Record](), 0.0
    open_stop, newest, newest_cost = "", minute(0), minute(0)
    for event in events:
        # Each topic is read in its order: no snapshot comes before the one by which its session began, nor a cost before an older one.
        if isinstance(event, SessionChanged):
            if event.changed_at < newest and not station.state.sessions:
                continue
            newest = max(newest, event.changed_at)
        if isinstance(event, SessionCosted):
            if event.at < newest_cost:
                continue
            newest_cost = event.at
        now = max(now, 0) + 0.5
        if isinstance(event, str):
            if event == "due":
                at = due(station.state)
                now = now if at is None else max(now, (at - minute(0)).total_seconds() / 60)
                fed: list[Record] = [] if at is None else [Due(key=STATION, at=at, sent_at=minute(now))]
            else:
                fed = [settled(open_stop, event, now)] if open_stop else []
        elif isinstance(event, SessionChanged) and event.status != "active" and not station.state.sessions:
            continue  # its topic is in order: a session is active before it is over
        else:
            now = max(now, (_moment(event) - minute(0)).total_seconds() / 60)
            fed = [event]
        records += fed
        stopping = {each.stopping.command_id for each in station.state.sessions if each.stopping}
        said = [record for record in station.feed(*fed) if isinstance(record, CommandRequested)]
        assert len(said) <= 1
        if said and stopping and not station.state.sessions[-1].over:
            assert said[0].id not in stopping
        open_stop = said[0].id if said else open_stop
    assert len(station.stops) <= ATTEMPTS
    assert len({stop.id for stop in station.stops}) == len(station.stops)

    before = station.state
    known = {record.id for record in station.said}  # type: ignore[attr-defined]
    snapshots = [record for record in records if not isinstance(record, Due)]
    repeated = station.feed(*(snapshots[n] for n in again if n < len(snapshots)))
    assert {record.id for record in repeated} <= known  # type: ignore[attr-defined]
    assert not [record for record in repeated if isinstance(record, CommandRequested)]
    assert station.state == before


def _moment(record: Any) -> Any:
    return record.changed_at if hasattr(record, "changed_at") else record.at


def test_the_same_snapshots_lead_to_the_same_stop_whatever_order_costs_come_in() -> None:
    facts = [session(0, limit=EUROS), costed("5", 5), costed("15", 10), costed("21", 15)]
    late = Station(*facts[1:], facts[0])
    early = Station(*facts)

    assert [stop.command for stop in late.stops] == [stop.command for stop in early.stops]
    assert replace(late.last, id="", revision=0, changed_at=minute(0), value=None, reached_at=None) == replace(
        early.last, id="", revision=0, changed_at=minute(0), value=None, reached_at=None
    )
