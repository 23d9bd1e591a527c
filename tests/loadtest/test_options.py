"""The command line: what it takes, and the sentences it refuses with."""

import os
import resource

import pytest

from loadtest.cli import parse
from loadtest.options import BadOption, bench_options, fleet_options, growth_options


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
        (["sessions", "--client-certificates", "certificates"], "has no TLS; write wss://"),
        (["idle", "--client-certificates", "/dev/null", "--url", "wss://localhost/ocpp"], "/dev/null"),
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


def test_a_folder_of_certificates_reaches_every_station_and_has_an_authority(tmp_path):
    given = ["--url", "wss://localhost:9444/ocpp", "--client-certificates", str(tmp_path / "new")]

    assert options("sessions", *given).whole.client_certificates == str(tmp_path / "new")
    assert fleet_options(parse(["fleet", *given])).client_certificates == str(tmp_path / "new")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["ca.key", "ca.pem"]


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


def test_sessions_begin_at_a_rate_that_grows_with_the_stations():
    rates = [bench_options(parse(["live", "--stations", str(n)])).whole.rate_per_s for n in (1_440, 14_400)]

    assert rates == [0.1, 1.0]


def test_a_rate_that_is_given_is_taken():
    whole = bench_options(parse(["live", "--rate", "4", "--heartbeat", "60"])).whole

    assert (whole.rate_per_s, whole.heartbeat_s, whole.statuses) == (4.0, 60.0, True)


def test_a_large_stage_gets_processes_and_addresses_of_its_own():
    small, large = growth_options(parse(["growth", "--stages", "1000,50000"]))

    assert (small.workers, small.whole.sources) == (1, ("127.0.0.2",))
    assert (large.workers, len(large.whole.sources)) == (4, 2)
    assert small.whole.prefix != large.whole.prefix


def test_stages_share_no_cards():
    cards = [stage.whole.token_of(7) for stage in growth_options(parse(["growth", "--stages", "500,5000,50000"]))]

    assert len(set(cards)) == 3


def test_stages_that_are_no_numbers_are_refused():
    with pytest.raises(BadOption, match="--stages"):
        growth_options(parse(["growth", "--stages", "few,many"]))
