"""Security events of handshakes: one for each station and type in a minute, and so many in all."""

import datetime as dt

from gateway.effects import Moment
from gateway.securityevents import EVERY_S, PER_S, SecurityEvents

AT = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)
INVALID = "InvalidChargingStationCertificate"


def moment(s: float) -> Moment:
    return Moment(s, AT + dt.timedelta(seconds=s))


def test_an_event_says_what_happened_and_from_where() -> None:
    event = SecurityEvents(limit=10).found(
        "CP-1", INVALID, "The client certificate is revoked.", "192.0.2.7", moment(0)
    )
    assert event is not None
    assert (event.station, event.type, event.critical, event.source, event.at) == ("CP-1", INVALID, True, "csms", AT)
    assert event.tech_info == "The client certificate is revoked. From 192.0.2.7."


def test_a_word_of_ours_is_in_no_list_of_ocpp() -> None:
    event = SecurityEvents(limit=10).found("CP-1", "SecurityProfileTooLow", "S.", "a", moment(0))
    assert event is not None
    assert event.critical is None


def test_a_repeat_is_held_back_for_a_minute() -> None:
    events = SecurityEvents(limit=10)
    times = [0, 1, EVERY_S - 0.5, EVERY_S + 1]
    found = [events.found("CP-1", INVALID, "S.", "a", moment(at)) is not None for at in times]
    assert found == [True, False, False, True]
    assert events.found("CP-2", INVALID, "S.", "a", moment(EVERY_S + 2)) is not None
    assert events.found("CP-1", "SecurityProfileTooLow", "S.", "a", moment(EVERY_S + 2)) is not None


def test_all_stations_together_are_bounded() -> None:
    events = SecurityEvents(limit=10_000)
    found = [events.found(f"CP-{number}", INVALID, "S.", "a", moment(0)) for number in range(1_000)]
    assert 9 * PER_S <= sum(each is not None for each in found) <= 10 * PER_S
