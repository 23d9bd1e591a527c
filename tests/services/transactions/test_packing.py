"""Sessions that ended long ago are packed, and restored for a late fact."""

from msgspec.structs import replace

from services.transactions.packing import REPEATS, pack_session, restore
from tests.services.transactions.records import Station, ended, started


def test_a_packed_session_is_restored_as_it_was() -> None:
    station = Station(started(), ended())
    (session,) = station.state.sessions
    packed = pack_session(session)
    state, restored = restore(replace(station.state, sessions=(), forgotten=(packed,)), packed)

    assert restored == replace(session, seen=session.seen[-REPEATS:])
    assert (state.sessions, state.forgotten) == ((restored,), ())
    assert len(packed.packed) < 700


def test_a_session_of_an_old_state_without_packed_content_stays_forgotten() -> None:
    station = Station(started(), ended())
    old = replace(pack_session(station.state.sessions[0]), packed="")

    assert restore(station.state, old) == (station.state, old)
