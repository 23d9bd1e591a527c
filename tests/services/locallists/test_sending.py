"""What goes with a command: no more entries than a station takes in one message."""

from schemas.commands import CommandRequested
from schemas.locallists import ITEMS_MOST, LocalListEntry, SendLocalList
from schemas.states.locallists import StationLocalList
from services.locallists.selecting import Selection
from services.locallists.sending import sent
from tests.services.locallists.stations import STATION
from tests.services.moments import at


def test_a_message_has_no_more_entries_than_a_bound_of_ours_whatever_the_station_says() -> None:
    wanted = Selection(tuple(LocalListEntry(token=f"T{n:04}") for n in range(900)), 0)
    state = StationLocalList(station=STATION, most_items=100_000)

    after, (request,) = sent(state, "list", wanted, at(0))

    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, SendLocalList)
    assert len(request.command.entries) == ITEMS_MOST
    assert request.when_offline == "fail"
    assert after.sending is not None
    assert after.sending.until > request.expires_at
