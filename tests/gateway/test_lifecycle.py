"""The records of a connection have ids of their cause."""

import datetime as dt

from gateway.effects import Identity, Moment
from gateway.lifecycle import station_connected, station_disconnected, station_located, station_seen

ME = Identity(station="CP-1", version="2.1", gateway="gw-0", epoch=7, remote_address="10.0.0.1", credential="c")
NOW = Moment(1.0, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
LATER = Moment(9.0, dt.datetime(2026, 1, 2, tzinfo=dt.UTC))


def test_a_connection_is_connected_and_disconnected_once() -> None:
    assert station_connected(ME, NOW).id == station_connected(ME, LATER).id
    gone = station_disconnected(ME, NOW, code=1000, reason="bye")

    assert (gone.epoch, gone.code, gone.reason) == (7, 1000, "bye")
    assert gone.id == station_disconnected(ME, LATER, code=1006, reason="").id


def test_each_sign_of_life_is_a_record_of_its_own() -> None:
    assert station_seen(ME, NOW).id != station_seen(ME, LATER).id


def test_a_location_says_whether_the_station_is_connected() -> None:
    here, gone = (station_located(ME, NOW, connected=connected) for connected in (True, False))

    assert (here.connected, gone.connected, here.version) == (True, False, "2.1")
    assert here.id != gone.id
