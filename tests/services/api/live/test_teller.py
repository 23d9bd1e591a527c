"""The teller: who waits for an outcome hears of it, and who follows events hears of each change once."""

from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.commands import CommandRequested
from schemas.stationcommands import Reset
from schemas.stations import ConnectorState
from services.api.live.hub import KINDS, Hub, Subscription
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import STATION, a_session, a_state, an_outcome
from tests.services.fleet import NOON, minutes

REQUEST = CommandRequested(id="c1", station=STATION, command=Reset(), requested_at=NOON, expires_at=NOON)


class Followed:
    """A teller with one client that follows everything."""

    def __init__(self) -> None:
        self.memory = CommandMemory(recent_limit=9, waiting_limit=9)
        self.hub = Hub(clients_limit=1, queue_limit=99)
        self.teller = Teller(self.memory, self.hub)
        client = self.hub.subscribe(None, frozenset(KINDS))
        assert isinstance(client, Subscription)
        self.client = client

    def told(self) -> list[tuple[str, Any]]:
        lines = self.client.drain().decode().splitlines()
        kinds = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
        rows = [msgspec.json.decode(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
        return list(zip(kinds, rows, strict=True))


def test_an_outcome_is_remembered_with_its_request_and_told_as_one_row() -> None:
    there = Followed()

    there.teller.heard(REQUEST)
    there.teller.heard(an_outcome(command_id="c1", outcome="rejected"))

    ((kind, row),) = there.told()
    assert (kind, row["command"], row["outcome"]) == ("outcome", "Reset", "rejected")
    remembered = there.memory.find("c1")
    assert remembered is not None
    assert (remembered.request, remembered.settled is not None) == (REQUEST, True)


def test_a_session_is_told_as_the_row_that_lists_have() -> None:
    there = Followed()

    there.teller.heard(a_session(session="s7"))

    assert [(kind, row["session"]) for kind, row in there.told()] == [("session", "s7")]


def test_a_station_is_told_once_for_each_change_with_the_connectors_that_changed() -> None:
    there = Followed()
    one, two = (ConnectorState(evse=number, connector=1, status="Available", at=NOON) for number in (1, 2))
    first = a_state(connectors=(one, two))
    there.teller.station_changed(first)
    assert [kind for kind, _ in there.told()] == ["station", "connector", "connector"]

    there.teller.station_changed(first)
    assert there.told() == [], "it was read again"

    later = replace(first, connectors=(one, replace(two, status="Occupied")), changed_at=first.changed_at + minutes(1))
    there.teller.station_changed(later)
    assert [(kind, row.get("evse")) for kind, row in there.told()] == [("station", None), ("connector", 2)]

    there.teller.station_changed(first)
    assert there.told() == [], "an older state comes after an outage of the view"


def test_where_nobody_follows_outcomes_are_remembered_all_the_same() -> None:
    memory = CommandMemory(recent_limit=9, waiting_limit=9)
    teller = Teller(memory, Hub(clients_limit=1, queue_limit=9))

    teller.heard(an_outcome(command_id="c9"))
    teller.station_changed(a_state())

    assert memory.find("c9") is not None
