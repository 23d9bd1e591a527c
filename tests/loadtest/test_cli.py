"""The command line: what it takes, and the sentences it refuses with."""

import os
import resource

import pytest

from loadtest.cli import parse
from loadtest.options import BadOption, bench_options, fleet_options


def options(*argv: str):
    return bench_options(parse(argv))


def test_defaults_are_a_closed_loop_over_all_versions_on_this_machine():
    whole = options("sessions").whole

    assert (whole.stations, whole.active, whole.rate_per_s) == (100, 100, None)
    assert whole.versions == ("1.6", "2.0.1", "2.1")


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["sessions", "--url", "ws://csms.example.com/ocpp"], "--allow-remote"),
        (["sessions", "--url", "csms"], "is no address"),
        (["sessions", "--versions", "1.5"], "pick from 1.6, 2.0.1, 2.1"),
        (["sessions", "--active", "101"], "takes 0 to 100"),
        (["sessions", "--seconds", "0"], "takes 0.1 to"),
        (["sessions", "--ramp", "0"], "above 0"),
        (["idle", "--stations", "50000"], "--sources"),
        (["heartbeat", "--pid", "gateway"], "NAME=PID"),
        (["heartbeat", "--pid", "gateway=4194304999"], "no such process"),
        (["sessions", "--verify"], "--key is missing"),
        (["commands"], "--key is missing"),
        (["fanout"], "--key is missing"),
        (["fanout", "--key", "k", "--per-request", "10001"], "takes 1 to 10000"),
        (["commands", "--key", "k", "--api", "http://10.1.1.1"], "--allow-remote"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_with_a_sentence(argv, sentence):
    with pytest.raises(BadOption, match=sentence):
        options(*argv)


def test_more_source_addresses_allow_more_stations():
    many = options("idle", "--stations", "50000", "--sources", "127.0.0.2,127.0.0.3", "--workers", "64")

    assert many.whole.stations == 50_000


def test_more_stations_than_a_process_has_files_need_more_workers():
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    stations = min(100_000, most_files + 1)
    argv = ["idle", "--stations", str(stations), "--sources", "127.0.0.2,127.0.0.3,127.0.0.4,127.0.0.5"]

    if most_files < stations:
        with pytest.raises(BadOption, match="--workers"):
            options(*argv)
    assert options(*argv, "--workers", "64").workers == 64


def test_a_named_process_is_watched():
    (process,) = options("heartbeat", "--pid", f"me={os.getpid()}").watched

    assert (process.name, process.pid) == ("me", os.getpid())


def test_a_remote_target_is_taken_when_its_owner_says_so():
    fleet = fleet_options(parse(["fleet", "--url", "wss://csms.example.com/ocpp", "--allow-remote"]))

    assert fleet.urls == ("wss://csms.example.com/ocpp",)
