"""A bad network: order is kept, what is cut comes back, and the ledger stays exact."""

import asyncio
import json
import re
from collections import defaultdict
from itertools import count
from random import Random

import msgspec
import pytest

from loadtest.ocpp.network import Network, NetworkPlan, Wire
from loadtest.ocpp.versions import VERSIONS
from loadtest.proof.ledger import Entry
from tests.loadtest.csms import running_csms
from tests.loadtest.running import run
from tests.waiting import until

pytestmark = pytest.mark.processes


class Transport:
    """The far end of a wire, as asyncio would have it."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.ended = ""
        self.reading = True

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.ended = "closed"

    def abort(self) -> None:
        self.ended = "aborted"

    def pause_reading(self) -> None:
        self.reading = False


class Above(asyncio.Protocol):
    """What is connected by the wire."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set()


def wired(plan: NetworkPlan) -> tuple[Wire, Above, Transport]:
    above, transport = Above(), Transport()
    wire = Wire(plan, Random(1)).around(above)
    wire.connection_made(transport)
    return wire, above, transport


SLOW = NetworkPlan(delay_s=0.01, jitter_s=0.009)


async def test_a_slow_wire_keeps_the_order_both_ways_and_ends_behind_what_was_sent():
    wire, above, transport = wired(SLOW)
    numbers = [b"%d" % number for number in range(200)]
    for number in numbers:
        wire.write(number)
        wire.data_received(number)
    assert transport.written == above.heard == []
    wire.close()
    wire.connection_lost(None)
    await above.over.wait()

    assert above.heard == numbers


async def test_what_is_written_late_still_arrives_before_the_close():
    wire, _, transport = wired(SLOW)
    wire.write(b"last words")
    wire.close()
    while not transport.ended:
        await asyncio.sleep(0.005)

    assert (transport.written, transport.ended) == ([b"last words"], "closed")


async def test_a_cut_wire_delivers_nothing_of_what_was_under_way():
    wire, above, transport = wired(SLOW)
    wire.write(b"lost")
    wire.data_received(b"lost")
    wire.cut()
    wire.connection_lost(None)
    await asyncio.sleep(0.03)

    assert (transport.written, above.heard, transport.ended) == ([], [], "aborted")
    assert above.over.is_set()


async def test_a_silent_wire_neither_sends_nor_reads_and_stays_open_when_its_station_notices():
    wire, above, transport = wired(NetworkPlan(half_open=1))
    wire.fall_silent()
    wire.write(b"into the void")
    wire.data_received(b"unheard")
    assert not above.over.is_set()
    wire.notice()

    assert above.over.is_set()
    assert (transport.written, above.heard, transport.ended, transport.reading) == ([], [], "", False)


async def test_a_network_breaks_the_share_of_its_wires_that_it_is_told():
    counts: defaultdict[str, int] = defaultdict(int)

    def tally(name: str) -> None:
        counts[name] += 1

    network = Network(NetworkPlan(drop=60, half_open=30), random=Random(1), notice_s=0.01, count=tally)
    wires = [wired(NetworkPlan(drop=1))[0] for _ in range(100)]
    for wire in wires:
        network.watch(wire)
    running = asyncio.create_task(network.run())
    await until(lambda: counts["network: half-open"] > 0)
    running.cancel()
    network.end()

    cut = [wire for wire in wires if wire.broken == "cut"]
    silent = [wire for wire in wires if wire.broken == "half-open"]
    assert counts == {"network: cut": len(cut), "network: half-open": len(silent)}
    assert len(cut) > len(silent) > 0
    for wire in wires:
        network.forget(wire)  # those that were broken are forgotten already


def test_a_good_network_has_no_wires():
    assert Network(NetworkPlan(), random=Random(1), notice_s=1, count=lambda _: None).wire() is None


def facts_of(csms) -> dict[str, list[tuple[str, str]]]:
    """Each station's messages about its sessions, in order: kind and time."""
    said = defaultdict(list)
    for station, action, payload in csms.calls:
        if action not in ("BootNotification", "Authorize", "Heartbeat"):
            at = payload.get("timestamp") or payload["meterValue"][0]["timestamp"]
            said[station].append((payload.get("eventType", action), at))
    return said


@pytest.mark.parametrize("version", VERSIONS)
async def test_sessions_survive_cuts_silence_and_delay_in_order_and_the_ledger_is_exact(version, tmp_path):
    ledger, figures = tmp_path / "ledger", tmp_path / "figures.json"
    async with running_csms() as csms:
        numbers, given = count(1), {}

        def start(call):
            number = given.setdefault(call["timestamp"] + call["idTag"], next(numbers))
            return {"transactionId": number, "idTagInfo": {"status": "Accepted"}}

        csms.answers["1.6"]["StartTransaction"] = start
        code, output = await run(
            csms, "sessions", "--versions", version, "--seconds", "2.5", "--think", "0.02",
            "--heartbeat", "0.3", "--net-drop", "40", "--net-half-open", "25", "--net-delay", "4", "--net-jitter", "3",
            "--timeout", "0.4", "--spread", "0.05", "--ledger", str(ledger), "--json", str(figures),
        )  # fmt: skip

    assert code == 0, output
    assert "Traceback" not in output
    assert "never retrieved" not in output
    assert csms.invalid == []
    counts = json.loads(figures.read_bytes())["counts"]
    assert counts["network: cut"] > 0
    assert counts["network: half-open"] > 0
    assert counts["network: reconnected"] > 0
    assert len(csms.opened) > 3
    entries = [msgspec.json.decode(line, type=Entry) for line in ledger.read_bytes().splitlines()]
    assert {entry.state for entry in entries} == {"ended"}
    for station, said in facts_of(csms).items():
        moments = [at for _, at in said]
        assert moments == sorted(moments), "a fact went out before one that was still unanswered"
        ends = {at for what, at in said if what in ("StopTransaction", "Ended")}
        assert len(ends) == len([entry for entry in entries if entry.station == station])


async def test_calls_that_our_own_network_cut_off_are_no_errors(tmp_path):
    figures = tmp_path / "figures.json"
    async with running_csms() as csms:
        code, output = await run(
            csms, "idle", "--seconds", "2", "--heartbeat", "0.05", "--net-drop", "30", "--spread", "0.05",
            "--json", str(figures),
        )  # fmt: skip

    assert code == 0, output
    told = json.loads(figures.read_bytes())
    assert told["errors"] == {}
    assert told["counts"]["network: cut"] > 0
    assert re.search(r"network: reconnected: \d", output)


async def test_the_csms_still_believes_in_a_connection_that_fell_silent():
    async with running_csms() as csms:
        running = asyncio.create_task(
            run(
                csms, "idle", "--seconds", "2", "--heartbeat", "0.1", "--net-half-open", "40",
                "--timeout", "0.3", "--spread", "0.05",
            )
        )  # fmt: skip
        await csms.until(lambda: len(csms.opened) > 3)
        assert csms.server is not None
        assert len(csms.server.connections) > 3
        code, output = await running

    assert code == 0, output
