"""A swap is asked for only for a token that may charge."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from services.api.batteries.rows import swap_of
from services.api.fakes import NOON, World
from tests.services.api.batteries.test_routes import BODY, HOME
from tests.services.api.builders import a_battery_swap, a_state, a_token, an_outcome


@pytest.mark.usecase("S02.FR.03")
@pytest.mark.parametrize(
    ("token", "word"),
    [
        (None, "is not provisioned"),
        ({"status": "Blocked"}, "is blocked"),
        ({"expires_at": NOON - timedelta(days=1)}, "is expired"),
    ],
)
async def test_nothing_is_asked_for_a_token_that_may_not_charge(
    client: AsyncClient, world: World, token: dict[str, Any] | None, word: str
) -> None:
    world.bus.hold(a_state(version="2.1"))
    if token is not None:
        world.bus.hold(a_token(**token))

    answer = await client.post(HOME, json=BODY)

    assert answer.status_code == 409
    assert word in answer.json()["detail"]
    assert world.bus.published == []


@pytest.mark.parametrize(
    ("outcome", "sent", "status"),
    [
        ("accepted", True, "accepted"),
        ("rejected", True, "refused"),
        ("unsupported", False, "refused"),
        ("timed_out", True, "unconfirmed"),
    ],
)
async def test_the_answer_is_not_older_than_the_outcome(
    client: AsyncClient, world: World, outcome: Any, sent: bool, status: str
) -> None:
    world.bus.hold(a_state(version="2.1"))
    world.bus.hold(a_token())
    world.bus.settles = an_outcome(outcome=outcome, sent=sent)
    headers = {"Idempotency-Key": "once"}
    command = (await client.post(HOME, json=BODY, headers=headers)).json()["command"]["command_id"]
    world.reads.swap_rows[command] = swap_of(a_battery_swap(swap=command, status="requested"))

    again = (await client.post(HOME, json=BODY, headers=headers)).json()

    assert (again["swap"]["swap"], again["swap"]["status"]) == (command, status)
