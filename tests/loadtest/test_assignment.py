"""A scenario's stations, shared by its workers."""

from loadtest.assignment import Assignment, shared


def assignment(**other: object) -> Assignment:
    values = {
        "scenario": "sessions",
        "worker": 0,
        "url": "ws://127.0.0.1:1/ocpp",
        "prefix": "LOAD",
        "first": 0,
        "stations": 10,
        "active": 7,
        "seconds": 1.0,
        "versions": ("1.6", "2.1"),
        "password": "",
        "seed": 1,
        "ramp_per_s": 100.0,
        "rate_per_s": 9.0,
        "think_s": 0.0,
        "meter_values": 5,
        "timeout_s": 5.0,
        "sources": (),
        "backdate_s": 0.0,
        "fact": "meter-values",
        "drop": "ours",
        "spread_s": 0.0,
    }
    return Assignment(**(values | other))


def test_workers_share_stations_active_ones_and_rate_without_overlap():
    shares = shared(assignment(), 3)

    assert [(share.first, share.stations, share.active) for share in shares] == [(0, 4, 3), (4, 3, 2), (7, 3, 2)]
    assert [share.rate_per_s for share in shares] == [3.0] * 3


def test_names_versions_and_source_addresses_go_in_turn():
    whole = assignment(sources=("127.0.0.2", "127.0.0.3"))

    assert [whole.version_of(number) for number in range(3)] == ["1.6", "2.1", "1.6"]
    assert [whole.source_of(number) for number in range(3)] == ["127.0.0.2", "127.0.0.3", "127.0.0.2"]
    assert whole.name_of(7) == "LOAD-00007"
    assert len(whole.token_of(99_999)) <= 20
