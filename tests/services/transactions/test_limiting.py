"""Limits of sessions: by token, remote start and order; told to the station once for each change (E16, F07)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.authorization import AuthorizationRequested, DecisionRecorded, IdToken, TokenLimitChanged
from schemas.commands import CommandRequested
from schemas.limits import StationLimited, StationLimits
from schemas.sessionorders import SessionLimitOrdered
from schemas.transactionlimits import NO_LIMIT, TransactionLimit
from schemas.transactions import RemoteStart, SessionChanged, TransactionDecided
from services.transactions.limiting import MAX_START_LIMITS
from tests.services.transactions.records import (
    Station,
    after,
    answers,
    ended,
    reported,
    start_16,
    started,
    updated,
)

EUROS = TransactionLimit(max_cost=Decimal(20), currency="EUR")
MORE = TransactionLimit(max_cost=Decimal(30), currency="EUR")
HOUR = TransactionLimit(max_time_s=3600)
ALL = ("cost", "energy", "time", "soc")


def supporting(*kinds: Any) -> StationLimited:
    return StationLimited(
        id="limits", station="S1", revision=1, limits=StationLimits(transaction_limits=kinds), at=after(0)
    )


def decided(station: Station, limit: TransactionLimit, revision: int = 0, **changes: Any) -> DecisionRecorded:
    """The decision on the last token that was asked about."""
    asked = station.all(AuthorizationRequested)[-1]
    return DecisionRecorded(
        **{
            "id": f"decided-{asked.id}",
            "station": "S1",
            "token": asked.token,
            "id_token": asked.id_token,
            "status": "Accepted",
            "session": asked.session,
            "transaction_id": asked.transaction_id,
            "final": asked.final,
            "purpose": asked.purpose,
            "limit": limit,
            "limit_revision": revision,
            "requested_at": asked.received_at,
        }
        | changes
    )


def raised(station: Station, limit: TransactionLimit, revision: int, minutes: float = 6) -> TokenLimitChanged:
    return TokenLimitChanged(
        id=f"raised-{revision}",
        station="S1",
        session=station.session.session,
        token="CARD",
        limit=limit,
        limit_revision=revision,
        at=after(minutes),
    )


def ordered(station: Station, limit: TransactionLimit, minutes: float = 7) -> SessionLimitOrdered:
    return SessionLimitOrdered(
        id=f"order-{minutes}",
        station="S1",
        session=station.session.session,
        limit=limit,
        reason="asked for",
        ordered_by="ann",
        ordered_at=after(minutes),
    )


def remote_start(limit: TransactionLimit | None = HOUR, minutes: float = -1, **members: Any) -> CommandRequested:
    command = RemoteStart(**{"token": "CARD", "remote_start_id": 5, "limit": limit} | members)
    return CommandRequested(
        id=f"c-{minutes}",
        station="S1",
        command=command,
        requested_at=after(minutes),
        expires_at=after(minutes) + dt.timedelta(minutes=5),
    )


def event(message: str, seq: int, **overrides: Any) -> Any:
    return updated(message, seq_no=seq, minutes=seq, trigger="MeterValuePeriodic", **overrides)


def limits(outputs: list[Any]) -> list[TransactionLimit]:
    """What the answers that need no decision say."""
    return [answer.limit for answer in answers(outputs) if isinstance(answer, TransactionDecided)]


# -- the limit of a token ---------------------------------------------------------------------------------------------


@pytest.mark.usecase("C17", "E16")
def test_the_decision_on_its_token_limits_a_session_and_has_told_the_station() -> None:
    station = Station(supporting(*ALL), started())
    (request,) = station.all(AuthorizationRequested)
    assert (request.supports, request.limit, request.limit_known, request.purpose) == (ALL, NO_LIMIT, NO_LIMIT, "start")

    station.tells(decided(station, EUROS))
    assert (station.session.limit, station.session.limit_kept) == (EUROS, ())
    assert limits(station.tells(event("m2", 1))) == [NO_LIMIT]


@pytest.mark.usecase("C17", "E16", "E16.FR.02", "C23")
def test_a_limit_that_is_raised_is_told_with_the_next_answer_and_once() -> None:
    station = Station(supporting(*ALL), started())
    station.tells(decided(station, EUROS))
    station.tells(raised(station, MORE, 1))

    assert station.session.limit == MORE
    assert limits(station.tells(event("m2", 7))) == [MORE]
    assert limits(station.tells(event("m3", 8))) == [NO_LIMIT]


@pytest.mark.usecase("E16", "E16.FR.12")
def test_a_station_is_told_of_limits_alone_that_it_supports() -> None:
    unable, able = Station(started()), Station(supporting("time"), started())
    for station in (unable, able):
        station.tells(decided(station, EUROS))
        station.tells(ordered(station, HOUR))

    assert limits(unable.tells(event("m2", 8))) == [NO_LIMIT]
    assert limits(able.tells(event("m2", 8))) == [HOUR]
    assert able.session.limit == TransactionLimit(max_cost=Decimal(20), currency="EUR", max_time_s=3600)


def test_an_older_word_of_the_token_changes_nothing_and_a_refusal_limits_nothing() -> None:
    station = Station(started())
    station.tells(decided(station, EUROS))
    station.tells(raised(station, MORE, 2))
    for older in (raised(station, EUROS, 1), decided(station, EUROS, 0, id="again")):
        station.tells(older)
    assert station.session.limit == MORE

    refused = Station(started())
    refused.tells(decided(refused, EUROS, status="NoCredit"))
    assert refused.session.limit == NO_LIMIT


def test_a_token_that_stops_the_session_leaves_its_limit() -> None:
    station = Station(supporting(*ALL), started())
    station.tells(decided(station, EUROS))
    station.tells(updated("m2", token=IdToken(value="CARD"), trigger="StopAuthorized"))

    assert station.all(AuthorizationRequested)[-1].purpose == "stop"
    station.tells(decided(station, NO_LIMIT, 0, id="stop"))
    assert station.session.limit == EUROS


@pytest.mark.usecase("E16")
def test_a_message_that_comes_again_is_told_again_until_the_station_has_confirmed() -> None:
    station = Station(supporting(*ALL), started())
    station.tells(ordered(station, EUROS))
    first = event("m2", 8)

    assert limits(station.tells(first)) == [EUROS]
    assert limits(station.tells(first)) == [EUROS]
    station.tells(event("m3", 9, limit=TransactionLimit(max_cost=Decimal(20))))
    assert limits(station.tells(first)) == [NO_LIMIT]


# -- the station's own word -------------------------------------------------------------------------------------------


@pytest.mark.usecase("E16", "E16.FR.01", "E16.FR.03", "C23", "C23.FR.02")
def test_what_the_station_says_it_keeps_to_is_known_in_its_newest_form() -> None:
    station = Station(started(), event("m2", 2, limit=TransactionLimit(max_cost=Decimal(50), max_time_s=60)))
    station.tells(event("m1", 1, limit=TransactionLimit(max_cost=Decimal(40), max_soc_percent=80)))

    assert station.session.station_limit == TransactionLimit(max_cost=Decimal(50), max_time_s=60, max_soc_percent=80)
    assert station.session.limit == NO_LIMIT


@pytest.mark.usecase("E16", "E16.FR.07", "E16.FR.08")
@pytest.mark.parametrize(("theirs", "told", "kept"), [("15", NO_LIMIT, ("cost",)), ("25", EUROS, ())])
def test_a_stricter_limit_of_the_station_stands_and_a_looser_one_is_overruled(
    theirs: str, told: TransactionLimit, kept: tuple[str, ...]
) -> None:
    station = Station(supporting(*ALL), started(token=None))
    station.tells(event("m2", 1, limit=TransactionLimit(max_cost=Decimal(theirs))))
    station.tells(ordered(station, EUROS))

    assert limits(station.tells(event("m3", 8))) == [told]
    assert station.session.limit_kept == kept


def test_an_old_confirmation_does_not_keep_a_raised_limit_from_the_station() -> None:
    station = Station(supporting(*ALL), started(token=None))
    station.tells(ordered(station, EUROS))
    station.tells(event("m2", 8))
    station.tells(event("m3", 9, limit=TransactionLimit(max_cost=Decimal(20))))
    station.tells(ordered(station, MORE, 10))

    assert limits(station.tells(event("m4", 11))) == [MORE]


# -- remote starts and orders -----------------------------------------------------------------------------------------


@pytest.mark.usecase("F07", "F07.FR.01", "F07.FR.02")
@pytest.mark.parametrize("command_first", [True, False])
def test_the_session_of_a_remote_start_has_its_limit_and_its_station_is_told_with_the_start(
    command_first: bool,
) -> None:
    command, start = remote_start(), reported(remote_start_id=5)
    station = Station(supporting(*ALL), *((command, start) if command_first else (start, command)))

    assert station.session.limit == HOUR
    later = limits(station.tells(event("m2", 1)))
    told = [limit for limit in (*limits(station.said), *later) if limit != NO_LIMIT]
    assert set(told) == {HOUR}


@pytest.mark.usecase("F07")
def test_with_a_token_the_decision_says_the_limit_of_the_remote_start() -> None:
    station = Station(supporting(*ALL), remote_start(), started(remote_start_id=5))

    assert station.all(AuthorizationRequested)[-1].limit == HOUR


@pytest.mark.usecase("F07")
def test_in_1_6_it_is_the_next_session_of_the_token_in_that_place() -> None:
    station = Station(remote_start(evse=1), start_16(evse=2), start_16("m9", evse=1))

    of_place = {change.evse: change.limit for change in station.sessions.values()}
    assert of_place == {2: NO_LIMIT, 1: HOUR}


def test_in_1_6_a_later_session_and_another_token_are_not_the_ones() -> None:
    assert Station(remote_start(minutes=-31), start_16()).session.limit == NO_LIMIT
    assert Station(remote_start(minutes=1), start_16()).session.limit == NO_LIMIT
    assert Station(remote_start(token="OTHER"), start_16()).session.limit == NO_LIMIT


def test_a_remote_start_limits_one_session() -> None:
    station = Station(remote_start(), start_16(), start_16("m2", evse=2, minutes=2))

    assert sorted(change.limit != NO_LIMIT for change in station.sessions.values()) == [False, True]


def test_remote_starts_are_bounded_and_a_repeated_one_is_one() -> None:
    station = Station(*(remote_start(minutes=n, remote_start_id=n + 1) for n in range(MAX_START_LIMITS + 5)))
    station.tells(remote_start(minutes=MAX_START_LIMITS + 4, remote_start_id=MAX_START_LIMITS + 5))

    assert len(station.state.start_limits) == MAX_START_LIMITS
    assert Station(remote_start(limit=None)).state.start_limits == ()


def test_of_orders_the_newest_counts_and_a_session_that_is_over_is_told_nothing() -> None:
    station = Station(supporting(*ALL), started(token=None))
    station.tells(ordered(station, MORE, 9))
    station.tells(ordered(station, EUROS, 8))
    assert station.session.limit == MORE

    assert limits(station.tells(ended(minutes=30))) == [NO_LIMIT]


@pytest.mark.usecase("E16")
def test_an_answer_that_is_left_to_billing_takes_the_limit_along() -> None:
    station = Station(supporting(*ALL), answer_total_cost=True)
    station.tells(started(token=None))
    station.tells(ordered(station, EUROS))
    station.tells(event("m2", 8, charging_state="Charging"))

    (waiting,) = [change for change in station.all(SessionChanged) if change.limit_to_say != NO_LIMIT]
    assert (waiting.limit_to_say, waiting.awaits_cost is not None) == (EUROS, True)


SAID = st.sampled_from([10, 20, 30])


@given(
    values=st.lists(st.tuples(st.integers(1, 9), SAID, st.sampled_from(["max_cost", "max_time_s"])), max_size=6),
    data=st.data(),
)
def test_what_a_session_is_limited_to_does_not_depend_on_the_order_of_words(values: Any, data: Any) -> None:
    facts = [
        event(f"m{n}", seq, limit=TransactionLimit(**{name: Decimal(value) if name == "max_cost" else value}))
        for n, (seq, value, name) in enumerate(values)
    ]
    base = Station(started())
    words = [raised(base, EUROS, 1), raised(base, MORE, 2), ordered(base, HOUR, 8), ordered(base, MORE, 9)]
    one, other = Station(started(), *facts, *words), Station(started(), *data.draw(st.permutations([*facts, *words])))

    assert (one.session.limit, one.session.station_limit) == (other.session.limit, other.session.station_limit)
    assert one.session.limit_kept == other.session.limit_kept
