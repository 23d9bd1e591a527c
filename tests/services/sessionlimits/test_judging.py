"""Whether a session has reached its limit, and when it will."""

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from schemas.sessionlimits import LimitedSession, Progress
from schemas.transactionlimits import TransactionLimit
from services.sessionlimits.judging import foreseen, judge, moved, next_moment
from tests.services.sessionlimits.records import minute

STILL = LimitedSession(session="s1", transaction_id="77", began_at=minute(0), changed_at=minute(0))


def limited(**members: object) -> LimitedSession:
    limit = TransactionLimit(**{name: value for name, value in members.items() if name.startswith("max_")})  # type: ignore[arg-type]
    others = {name: value for name, value in members.items() if not name.startswith("max_")}
    return LimitedSession(
        **{name: getattr(STILL, name) for name in STILL.__struct_fields__} | {"limit": limit} | others
    )  # type: ignore[arg-type]


def progress(*values: float) -> Progress:
    """One value a minute."""
    found: Progress | None = None
    for number, value in enumerate(values):
        found = moved(found, Decimal(value), minute(number))
    assert found is not None
    return found


def test_nothing_is_reached_without_a_limit_or_without_a_word() -> None:
    assert judge(limited(energy=progress(99)), minute(9)) is None
    assert judge(limited(max_energy_wh=Decimal(5)), minute(9)) is None


def test_what_is_as_great_as_its_limit_is_reached() -> None:
    for members in (
        {"max_energy_wh": Decimal(5), "energy": progress(5)},
        {"max_cost": Decimal(5), "cost": progress(5)},
        {"max_soc_percent": 80, "soc_percent": Decimal(80)},
        {"max_time_s": 60},
    ):
        found = judge(limited(**members), minute(1))
        assert found is not None
        assert (found.reached, found.value is not None) == (
            {"max_energy_wh": "energy", "max_cost": "cost", "max_soc_percent": "soc", "max_time_s": "time"}[
                next(iter(members))
            ],
            True,
        )


def test_a_cost_in_another_currency_than_the_limit_cannot_be_compared() -> None:
    limit = TransactionLimit(max_cost=Decimal(100), currency="EUR")
    session = limited(cost=progress(1), currency="GBP", limit=limit)

    assert judge(session, minute(0)) == ("currency", Decimal(1))


def test_a_limit_of_nothing_is_reached_before_anything_costs() -> None:
    assert judge(limited(max_cost=Decimal(0)), minute(0)) == ("cost", Decimal(0))


def test_the_pace_is_carried_on_until_soon_after_the_next_reading() -> None:
    session = limited(max_energy_wh=Decimal(250), energy=progress(100, 200))

    assert next_moment(session) == minute(1.5)
    assert judge(session, minute(1.4)) is None
    assert judge(session, minute(1.5)) == ("energy", Decimal(250))
    assert foreseen(progress(100, 200), Decimal(351)) is None, "that is too far ahead"


def test_a_session_that_stands_still_reaches_nothing() -> None:
    assert foreseen(progress(100, 200, 200), Decimal(250)) is None
    assert foreseen(progress(200, 100), Decimal(250)) is None
    assert foreseen(progress(200), Decimal(250)) is None


def test_a_word_that_repeats_the_energy_at_once_leaves_its_pace() -> None:
    soon = moved(progress(100, 200), Decimal(200), minute(1) + dt.timedelta(seconds=1))

    assert foreseen(soon, Decimal(250)) == minute(1.5)


def test_an_earlier_word_changes_nothing() -> None:
    assert moved(progress(100, 200), Decimal(999), minute(0.5)) == progress(100, 200)


@given(
    values=st.lists(st.integers(0, 20), min_size=2, max_size=6),
    most=st.integers(1, 30),
    later=st.integers(0, 300),
)
def test_what_is_foreseen_is_reached_then_and_not_before(values: list[int], most: int, later: int) -> None:
    session = limited(max_energy_wh=Decimal(most), energy=progress(*values))
    assert session.energy is not None
    at = session.energy.at + dt.timedelta(seconds=later)
    expected = next_moment(session)

    reached = session.energy.value >= most or (expected is not None and expected <= at)
    assert (judge(session, at) is not None) == reached
