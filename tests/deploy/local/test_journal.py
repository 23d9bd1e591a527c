"""The journal: what was provisioned on the embedded bus is there again after the bus has forgotten it."""

from pathlib import Path

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.bus import EmbeddedBus
from deploy.local.checks import CannotStart
from deploy.local.journal import Journal
from schemas.codec import Decoder, encode
from schemas.examples import example
from schemas.logins import LOGINS, LoginEnded
from schemas.routing import route
from schemas.stations import REF_STATIONS, StationProvisioned

pytestmark = pytest.mark.embedded


async def provision(bootstrap: str, station: str, site: str) -> None:

    record = msgspec.structs.replace(example(StationProvisioned), station=station, site=site)
    routed = route(record)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    await producer.send_and_wait(routed.topic, encode(record), key=routed.key)
    await producer.stop()


async def sites(bootstrap: str, count: int) -> list[tuple[str, str]]:
    consumer = AIOKafkaConsumer(
        REF_STATIONS.name, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20
    )
    await consumer.start()
    decoder = Decoder(REF_STATIONS)
    records = [decoder.decode((await consumer.getone()).value) for _ in range(count)]
    await consumer.stop()
    return [(r.station, r.site) for r in records if isinstance(r, StationProvisioned)]


async def test_what_was_provisioned_is_there_again_on_a_new_bus(tmp_path: Path) -> None:
    path = tmp_path / "reference.jsonl"
    with EmbeddedBus() as bus:
        journal = Journal(path, bus.bootstrap)
        assert await journal.replay() == 0
        async with journal.following():
            await provision(bus.bootstrap, "A", "berlin")
            await provision(bus.bootstrap, "B", "bonn")
            await provision(bus.bootstrap, "A", "aachen")

    with EmbeddedBus() as bus:
        kept = await Journal(path, bus.bootstrap).replay()

        assert kept == 2
        assert sorted(await sites(bus.bootstrap, 2)) == [("A", "aachen"), ("B", "bonn")]


async def test_replayed_records_are_not_written_twice(tmp_path: Path) -> None:
    path = tmp_path / "reference.jsonl"
    with EmbeddedBus() as bus:
        journal = Journal(path, bus.bootstrap)
        async with journal.following():
            await provision(bus.bootstrap, "A", "berlin")
    for _ in range(3):
        with EmbeddedBus() as bus:
            journal = Journal(path, bus.bootstrap)
            await journal.replay()
            async with journal.following():
                pass

    assert len(path.read_bytes().splitlines()) == 1


async def test_a_line_cut_off_by_a_crash_does_not_keep_the_product_from_starting(tmp_path: Path) -> None:
    path = tmp_path / "reference.jsonl"
    with EmbeddedBus() as bus:
        async with Journal(path, bus.bootstrap).following():
            await provision(bus.bootstrap, "A", "berlin")
    path.write_bytes(path.read_bytes() + b'{"topic":"csms.ref.st')

    with EmbeddedBus() as bus:
        assert await Journal(path, bus.bootstrap).replay() == 1


async def test_a_journal_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "reference.jsonl"
    path.write_text("nonsense\nnonsense\n")

    with pytest.raises(CannotStart, match="line 1"):
        await Journal(path, "127.0.0.1:1").replay()


async def test_what_is_kept_is_nobody_elses_also_where_an_earlier_version_left_it_open(tmp_path: Path) -> None:
    """It holds password hashes, tokens and the sites of stations."""
    path = tmp_path / "reference.jsonl"
    path.write_bytes(b"")
    path.chmod(0o644)
    path.with_suffix(".new").write_bytes(b"left by a crash")
    with EmbeddedBus() as bus:
        journal = Journal(path, bus.bootstrap)
        await journal.replay()
        replayed = path.stat().st_mode & 0o777
        path.unlink()
        async with journal.following():
            await provision(bus.bootstrap, "A", "berlin")

    assert (replayed, path.stat().st_mode & 0o777) == (0o600, 0o600)


async def test_logins_that_were_ended_stay_ended(tmp_path: Path) -> None:
    path = tmp_path / "reference.jsonl"
    with EmbeddedBus() as bus:
        journal = Journal(path, bus.bootstrap)
        await journal.replay()
        async with journal.following():
            record = example(LoginEnded)
            producer = AIOKafkaProducer(bootstrap_servers=bus.bootstrap)
            await producer.start()
            await producer.send_and_wait(LOGINS.name, encode(record), key=route(record).key)
            await producer.stop()

    with EmbeddedBus() as bus:
        assert await Journal(path, bus.bootstrap).replay() == 1
