"""Running cost: told to the station as often as it is to be, to a limit of cost each time it changes, and never of what is over."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.base import Record
from schemas.billing import CostUpdated
from schemas.commands import CommandRequested
from schemas.sessionlimits import SessionCosted
from schemas.transactionlimits import TransactionLimit
from services.billing.running import COST_PRIORITY, COST_TTL, LIMITED_EVERY, LONGEST_TRANSACTION_ID
from tests.services.billing.records import after, ended, energies, metered, of, rated, reading, session

LIMIT = TransactionLimit(max_cost=Decimal(20), currency="EUR")


def running(minutes: float, wh: int, **changes: Any) -> tuple[Record, Record]:
    """A reading, and the session as it is with it."""
    return metered(reading(minutes, wh)), session(minutes=minutes, **energies(1000, wh), **changes)


def costs(outputs: list[Record]) -> list[Decimal]:
    """What stations are told, in order."""
    return [each.command.total_cost for each in of(outputs, CommandRequested) if isinstance(each.command, CostUpdated)]


def test_a_cost_is_of_use_for_seconds_and_gives_way_to_all_else() -> None:
    (command,) = of(rated(cost_every_s=60).tell(*running(5, 3000)), CommandRequested)

    assert (command.priority, command.when_offline) == (COST_PRIORITY, "fail")
    assert command.expires_at - command.requested_at == COST_TTL


def test_a_cost_that_is_the_same_is_not_told_again() -> None:
    billing = rated(cost_every_s=1)

    assert len(costs(billing.tell(*running(5, 3000)))) == 1
    assert costs(billing.tell(session(minutes=5, **energies(1000, 3000), changed_at=after(9)))) == []


@pytest.mark.parametrize("number", ["", "x" * (LONGEST_TRANSACTION_ID + 1)])
def test_a_transaction_that_no_command_can_name_is_told_nothing(number: str) -> None:
    assert costs(rated(cost_every_s=1).tell(*running(5, 3000, transaction_id=number))) == []


def test_a_session_with_a_limit_of_cost_tells_its_limit_each_cost_once_and_the_station_nothing() -> None:
    billing = rated()

    one = of(billing.tell(*running(5, 3000, limit=LIMIT)), SessionCosted)
    again = of(
        billing.tell(session(minutes=5, **energies(1000, 3000), limit=LIMIT, changed_at=after(6))), SessionCosted
    )
    more = of(billing.tell(*running(9, 5000, limit=LIMIT)), SessionCosted)

    assert [(each.cost, each.currency) for each in (*one, *more)] == [
        (Decimal("1.19"), "EUR"),
        (Decimal("2.38"), "EUR"),
    ]
    assert again == []
    assert costs(billing.said) == []


def test_a_station_that_keeps_to_the_limit_itself_is_told_often_enough_to_stop_in_time() -> None:
    billing = rated(cost_every_s=3_600)
    kept = {"limit": LIMIT, "limit_kept": ("cost",)}
    step = LIMITED_EVERY.total_seconds() / 60

    said = [costs(billing.tell(*running(1 + number * step, 2000 + 500 * number, **kept))) for number in range(3)]

    assert [len(each) for each in said] == [1, 1, 1]  # E16.FR.11


def test_a_session_that_is_over_tells_no_running_cost() -> None:
    billing = rated(cost_every_s=1)

    outputs = billing.tell(metered(reading(0, 1000), reading(60, 11000)), ended(limit=LIMIT))

    assert (costs(outputs), of(outputs, SessionCosted)) == ([], [])
