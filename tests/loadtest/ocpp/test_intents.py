"""What a command makes a simulated station do: by its version's table, and by how the station is when it comes."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from loadtest.ocpp.intents import BayView, Refusal, Reply, Reserve, VersionRules, View, reply

UNTIL = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Wanted(msgspec.Struct):
    """What an action is given."""

    count: int


def counted(view: View, request: Any) -> Reply:
    return Reply(payload={"count": request.count, "of": view.vendor}, intents=())


RULES = VersionRules(dialect=None, table={"Count": (Wanted, counted)}, bad_payload="FormationViolation")  # type: ignore[arg-type]


def bay(evse: int, *, free: bool = True, transaction_id: str | None = None) -> BayView:
    return BayView(evse=evse, state="Available", transaction_id=transaction_id, free=free)


def view(*bays: BayView, reserved: tuple[Reserve, ...] = ()) -> View:
    return View(vendor="Elbtal", bays=bays, settings={}, reserved={one.reservation_id: one for one in reserved})


def test_an_action_is_answered_by_the_versions_table() -> None:
    answer = reply(RULES, view(), "Count", b'{"count":3,"more":true}')

    assert isinstance(answer, Reply)
    assert answer.payload == {"count": 3, "of": "Elbtal"}


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [("Reset", b"{}", "NotImplemented"), ("Count", b'{"count":"x"}', "FormationViolation")],
)
def test_what_it_does_not_have_or_cannot_read_is_refused_in_the_versions_words(
    action: str, payload: bytes, code: str
) -> None:
    answer = reply(RULES, view(), action, payload)

    assert isinstance(answer, Refusal)
    assert (answer.code, action in answer.description) == (code, True)


def test_a_driver_gets_the_evse_that_is_asked_for_or_any_that_is_free() -> None:
    there = view(bay(1, free=False), bay(2), bay(3))

    assert [found and found.evse for found in map(there.free_bay, (None, 1, 3, 9))] == [2, None, 3, None]


def test_a_reserved_evse_is_for_its_own_token_which_gets_it_first() -> None:
    kept = Reserve(evse=2, reservation_id=5, token="CARD", expires_at=UNTIL)
    there = view(bay(1), bay(2), reserved=(kept,))

    mine, other = there.free_bay(None, "CARD"), there.free_bay(None, "OTHER")

    assert (mine and mine.evse, other and other.evse) == (2, 1)
    assert there.free_bay(2, "OTHER") is None


def test_an_evse_is_found_by_its_number_and_by_the_transaction_that_runs_there() -> None:
    there = view(bay(1), bay(2, transaction_id="77"))

    assert (there.bay(2), there.charging("77")) == (there.bays[1], there.bays[1])
    assert (there.bay(9), there.charging("78")) == (None, None)
