"""Throughput scenarios as their users run them, against a scripted CSMS, with workers of their own."""

import json
import signal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import msgspec
import pytest
from ocpp.messages import Call, validate_payload

from loadtest.ocpp.versions import VERSIONS
from loadtest.proof.ledger import Entry
from loadtest.run.round_trips import limit_payload
from tests.loadtest.csms import Silence, running_csms
from tests.loadtest.running import interrupted, run, started

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("version", VERSIONS)
async def test_sessions_are_whole_valid_and_each_in_the_ledger(version, tmp_path):
    async with running_csms() as csms:
        ledger, figures = tmp_path / "ledger", tmp_path / "figures.json"
        code, output = await run(
            csms, "sessions", "--versions", version, "--seconds", "0.5", "--rate", "20", "--meter-values", "3",
            "--ledger", str(ledger), "--json", str(figures),
        )  # fmt: skip

    assert code == 0, output
    assert csms.invalid == []
    entries = [msgspec.json.decode(line, type=Entry) for line in ledger.read_bytes().splitlines()]
    assert entries
    assert all(entry.state == "ended" and entry.facts == 5 and entry.energy_wh > 0 for entry in entries)
    starts = csms.payloads("StartTransaction") or [
        event for event in csms.payloads("TransactionEvent") if event["eventType"] == "Started"
    ]
    assert len(starts) == len(entries)
    assert json.loads(figures.read_bytes())["sessions_per_s"] > 0


@pytest.mark.parametrize(("scenario", "action"), [("heartbeat", "Heartbeat"), ("durable", "MeterValues")])
async def test_loops_say_what_they_are_for_and_all_of_it_is_valid(scenario, action):
    async with running_csms() as csms:
        code, output = await run(csms, scenario, "--seconds", "0.4", "--think", "0.05", "--workers", "2")

    assert code == 0, output
    assert csms.invalid == []
    assert set(csms.actions("LOAD-00002")) == {"BootNotification", action}


async def test_idle_stations_say_nothing_after_their_boot():
    async with running_csms() as csms:
        code, output = await run(csms, "idle", "--seconds", "0.4")

    assert code == 0, output
    assert [action for _, action, _ in csms.calls] == ["BootNotification"] * 3


async def test_a_fact_that_got_no_answer_is_repeated_with_the_same_content():
    async with running_csms() as csms:
        stop = csms.answers["1.6"]["StopTransaction"]
        refusals = iter([("InternalError", "not now")])
        csms.answers["1.6"]["StopTransaction"] = lambda call: next(refusals, None) or stop(call)
        code, output = await run(csms, "sessions", "--versions", "1.6", "--seconds", "0.3", "--rate", "5")

    assert code == 0, output
    first, *others = csms.payloads("StopTransaction")
    assert first in others


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_an_interruption_still_reports(number):
    async with running_csms() as csms:
        code, output = await interrupted(
            *("heartbeat", "--url", csms.url, "--stations", "3", "--seconds", "60", "--think", "0.01"),
            once=csms.until(lambda: "Heartbeat" in csms.actions("LOAD-00000")),
            by=number,
        )

    assert code == 1
    assert "interrupted)" in output
    assert "Heartbeat" in output


async def test_a_refused_token_is_counted_and_makes_no_session():
    async with running_csms() as csms:
        csms.answers["1.6"]["Authorize"] = lambda _: {"idTagInfo": {"status": "Invalid"}}
        _, output = await run(csms, "sessions", "--versions", "1.6", "--seconds", "0.3", "--think", "0.05")

    assert "is not accepted" in output
    assert csms.payloads("StartTransaction") == []


async def test_calls_without_an_answer_are_counted_as_timed_out():
    async with running_csms() as csms:

        def say_nothing(_):
            raise Silence

        csms.answers["1.6"]["Heartbeat"] = say_nothing
        _, output = await run(csms, "heartbeat", "--versions", "1.6", "--seconds", "0.5", "--timeout", "0.2")

    assert "Heartbeat: TimedOut" in output


async def test_a_storm_brings_every_station_back_and_booted():
    async with running_csms() as csms:
        code, output = await run(csms, "storm", "--seconds", "10", "--spread", "0.1")

    assert code == 0, output
    assert [action for _, action, _ in csms.calls] == ["BootNotification"] * 6
    assert "back in service" in output


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_profile_of_a_fanout_is_valid(version):
    await validate_payload(Call(unique_id="1", action="SetChargingProfile", payload=limit_payload(version)), version)


class Answering(BaseHTTPRequestHandler):
    """The part of the API that the scenarios need: it lists what the test gives it and accepts every command."""

    sessions: ClassVar[list[dict[str, object]]] = []
    asked: ClassVar[list[tuple[str, dict[str, object]]]] = []
    outcomes: ClassVar[dict[str, str]] = {}
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        second = "cursor=" in self.path
        half = len(self.sessions) // 2
        items = self.sessions[half:] if second else self.sessions[:half]
        self.say({"items": items, "next_cursor": None if second else "more"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((f"{self.headers['Authorization']} {self.path}", body))
        if "stations" in body:
            items = [{"station": name, "outcome": self.outcomes.get(name, "accepted")} for name in body["stations"]]
            self.say({"counts": {}, "items": items})
        else:
            self.say({"command_id": "1", "outcome": "accepted", "response": {}})

    def say(self, answer: object) -> None:
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def api():
    Answering.sessions, Answering.asked, Answering.outcomes = [], [], {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_a_fanout_asks_every_station_once_many_in_a_request_with_every_versions_profile(api, tmp_path):
    figures = tmp_path / "figures.json"
    async with running_csms() as csms:
        code, output = await run(
            csms, "fanout", "--api", api, "--key", "k", "--seconds", "2", "--per-request", "2", "--json", str(figures)
        )

    assert code == 0, output
    assert {path for path, _ in Answering.asked} == {"Bearer k /api/v1/ocpp/SetChargingProfile"}
    stations = sorted(body["stations"] for _, body in Answering.asked)
    assert stations == [["LOAD-00000", "LOAD-00001"], ["LOAD-00002"]]
    assert all(body["payloads"] == {v: limit_payload(v) for v in VERSIONS} for _, body in Answering.asked)
    (accepted,) = (row for row in json.loads(figures.read_bytes())["actions"] if row["action"] == "profile accepted")
    assert accepted["count"] == 3


async def test_a_fanout_that_not_all_accepted_is_not_whole_and_tells_who(api, tmp_path):
    Answering.outcomes = {"LOAD-00001": "rejected", "LOAD-00002": "pending"}
    figures = tmp_path / "figures.json"
    async with running_csms() as csms:
        code, output = await run(csms, "fanout", "--api", api, "--key", "k", "--seconds", "2", "--json", str(figures))

    assert code == 1, output
    told = json.loads(figures.read_bytes())
    assert told["shortcomings"] == ["2 stations did not accept the profile"]
    assert {name: n for name, n in told["counts"].items() if name.startswith("outcome")} == {
        "outcome accepted": 1,
        "outcome rejected": 1,
        "outcome pending": 1,
    }
    assert [row["count"] for row in told["actions"] if row["action"] == "profile accepted"] == [1]


async def test_commands_go_through_the_api_and_their_outcomes_are_counted(api):
    async with running_csms() as csms:
        code, output = await run(csms, "commands", "--api", api, "--key", "k", "--seconds", "0.5", "--think", "0.05")

    assert code == 0, output
    assert Answering.asked[0][1]["command"] == "TriggerMessage"
    assert "outcome accepted" in output


async def test_verify_asks_for_every_session_of_a_ledger_and_tells_what_differs(api, tmp_path):
    ledger = tmp_path / "ledger"
    async with running_csms() as csms:
        await run(csms, "sessions", "--seconds", "0.3", "--rate", "20", "--ledger", str(ledger))
    entries = [msgspec.json.decode(line, type=Entry) for line in ledger.read_bytes().splitlines()]
    Answering.sessions = [
        {
            "session": f"s{number}",
            "station": entry.station,
            "transaction_id": entry.transaction_id,
            "status": "ended",
            "energy_wh": f"{entry.energy_wh}.0000",
            "started_at": entry.started_at.isoformat(),
        }
        for number, entry in enumerate(entries)
    ]
    argv = ["verify", "--ledger", str(ledger), "--api", api, "--key", "k", "--settle", "0"]
    same = await started(*argv)
    Answering.sessions[0]["energy_wh"] = "1"
    other = await started(*argv)

    assert same[0] == 0, same[1]
    assert f"verified by the API: {len(entries)} sessions" in same[1]
    assert other[0] == 1
    assert "energy" in other[1]
