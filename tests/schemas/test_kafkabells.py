"""Bells: whoever waits for a topic wakes when it rings, in whichever process, and never for longer than it said."""

import asyncio
import multiprocessing
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.produce import ProduceRequest

from schemas import kafkabells
from schemas.kafkabells import Bells, bells_at, bells_of, hang_bells, slot_of, take_down_bells

PORT = 1
"""No bus is at a port that only root may open."""
FOREVER_S = 3_600.0


@pytest.fixture
def bells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bells]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    hang_bells(PORT)
    found = bells_at(PORT)
    assert found is not None
    yield found
    take_down_bells(PORT)


async def test_who_waits_wakes_when_its_topic_rings_and_others_do_not(bells: Bells) -> None:
    sessions = asyncio.create_task(bells.wait(bells.heard(["csms.sessions"]), FOREVER_S))
    tokens = asyncio.create_task(bells.wait(bells.heard(["csms.tokens"]), FOREVER_S))
    await asyncio.sleep(0)

    bells.ring(["csms.sessions", "csms.cdrs"])
    await sessions

    assert not tokens.done()
    tokens.cancel()
    await asyncio.wait([tokens])


async def test_what_rang_after_the_slots_were_read_is_not_waited_for(bells: Bells) -> None:
    heard = bells.heard(["csms.sessions"])
    bells.ring(["csms.sessions"])

    await bells.wait(heard, FOREVER_S)


async def test_a_wait_ends_without_a_ring(bells: Bells) -> None:
    await bells.wait(bells.heard(["csms.sessions"]), 0.0)


def _ring(folder: str) -> None:
    tempfile.tempdir = folder
    rung = bells_at(PORT)
    assert rung is not None
    rung.ring(["csms.sessions"])


async def test_a_ring_of_another_process_is_heard(bells: Bells, tmp_path: Path) -> None:
    heard = bells.heard(["csms.sessions"])
    process = multiprocessing.get_context("spawn").Process(target=_ring, args=(str(tmp_path),))
    process.start()

    await bells.wait(heard, FOREVER_S)

    await asyncio.to_thread(process.join)
    assert process.exitcode == 0


def test_a_port_without_a_bus_of_ours_has_no_bells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    take_down_bells(PORT)

    assert bells_at(PORT) is None
    hang_bells(PORT)
    assert bells_at(PORT) is not None
    take_down_bells(PORT)
    assert bells_at(PORT) is None
    assert list(tmp_path.iterdir()) == []
    take_down_bells(PORT)


def test_a_link_that_somebody_laid_there_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    take_down_bells(PORT)
    precious = tmp_path / "precious"
    precious.write_bytes(bytes(kafkabells.SLOTS * kafkabells.SLOT_BYTES))
    kafkabells._path(PORT).symlink_to(precious)

    assert bells_at(PORT) is None


class Broker:
    """Stands for aiokafka's client where `send` was patched: notes what rang before the broker had confirmed."""

    def __init__(self, bells: Bells) -> None:
        self.cluster = SimpleNamespace(
            broker_metadata=lambda node_id: SimpleNamespace(port=PORT) if node_id == 0 else None
        )
        self.bells = bells
        self.before: dict[int, int] = {}

    async def send(self, node_id: int, request: object) -> str:
        del node_id, request
        self.before = self.bells.heard(["csms.sessions"])
        return "confirmed"


async def test_a_publication_rings_after_the_broker_has_confirmed_it(
    bells: Bells, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafkabells, "AIOKafkaClient", Broker)
    monkeypatch.setattr(Broker, "send", Broker.send)  # put back at the end
    kafkabells.ring_when_published()
    broker = Broker(bells)

    silent = await broker.send(0, FetchRequest(1, 1, 1, 0, [("csms.sessions", [(0, 0, 1)])]))
    at_fetch = bells.heard(["csms.sessions"])
    answer = await broker.send(0, ProduceRequest(None, -1, 1_000, [("csms.sessions", [(0, b"records")])]))

    assert (silent, answer) == ("confirmed", "confirmed")
    assert at_fetch == {slot_of("csms.sessions"): 0} == broker.before
    assert bells.heard(["csms.sessions"]) != broker.before
    assert bells_of(broker, 1) is None
