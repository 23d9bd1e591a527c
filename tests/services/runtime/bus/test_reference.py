"""Reference data in memory, on both buses."""

import asyncio
import uuid
from dataclasses import replace

import pytest

from schemas.authorization import REF_TOKENS, TokenProvisioned, TokenRemoved
from schemas.base import Record
from schemas.topic import Topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.bus.producer import Publisher
from services.runtime.bus.readpositions import Mark
from services.runtime.bus.reference import CompactedView, with_references
from services.runtime.process.settings import Settings
from tests.services.runtime.bench import Bench
from tests.services.runtime.bus.test_consumer import bench  # noqa: F401 -- a fixture
from tests.services.runtime.counter import EPOCH, service
from tests.waiting import until


def provisioned(token: str, label: str = "") -> TokenProvisioned:
    return TokenProvisioned(token=token, label=label, provisioned_at=EPOCH)


@pytest.fixture
def token() -> str:
    return uuid.uuid4().hex[:12].upper()


async def test_a_view_holds_what_was_there_and_follows_what_comes(bench: Bench, token: str) -> None:  # noqa: F811
    await bench.open_topics(REF_TOKENS.name)
    heard: list[tuple[str, type[Record] | None]] = []

    def changed(topic: Topic, key: str, record: Record | None, mark: Mark) -> None:
        if key.startswith(token):
            heard.append((key, type(record) if record is not None else None))

    view, stop = CompactedView(REF_TOKENS, settings=bench.settings, changed=changed), asyncio.Event()
    publisher = Publisher(bench.settings, name="test")
    await publisher.publish(
        provisioned(f"{token}-1", "old"), provisioned(f"{token}-1", "new"), provisioned(f"{token}-2")
    )
    task = asyncio.create_task(view.run(stop))
    await asyncio.wait_for(view.caught_up.wait(), 30)
    at_start = view.get(REF_TOKENS, f"{token}-1")
    ready, changes = view.not_ready(), view.changes((REF_TOKENS,))
    await publisher.publish(TokenRemoved(token=f"{token}-1", removed_at=EPOCH))
    await publisher.send([Outgoing(REF_TOKENS.name, f"{token}-2".encode(), None)])
    await until(lambda: (f"{token}-2", None) in heard)
    await until(lambda: isinstance(view.get(REF_TOKENS, f"{token}-1"), TokenRemoved))
    stop.set()
    await asyncio.wait_for(task, 20)
    await publisher.stop()

    assert ready == []
    assert view.changes((REF_TOKENS,)) - changes >= 2
    assert view.changes(()) == 0
    assert at_start == provisioned(f"{token}-1", "new")
    assert view.get(REF_TOKENS, f"{token}-2") is None
    assert f"{token}-2" not in view.all(REF_TOKENS)


async def test_a_record_that_cannot_be_read_is_passed_over(bench: Bench, token: str) -> None:  # noqa: F811
    await bench.open_topics(REF_TOKENS.name)
    publisher = Publisher(bench.settings, name="test")
    await publisher.send([Outgoing(REF_TOKENS.name, token.encode(), b"{")])
    await publisher.publish(provisioned(f"{token}-1"))
    await publisher.stop()
    view, stop = CompactedView(REF_TOKENS, settings=bench.settings), asyncio.Event()
    task = asyncio.create_task(view.run(stop))
    await asyncio.wait_for(view.caught_up.wait(), 30)
    stop.set()
    await asyncio.wait_for(task, 20)

    assert view.get(REF_TOKENS, f"{token}-1") is not None
    assert view.get(REF_TOKENS, token) is None


def test_a_service_is_bound_to_the_view_by_its_step_and_by_its_due_where_that_depends_on_it() -> None:
    view = CompactedView(REF_TOKENS, settings=Settings(bus="embedded", bootstrap="127.0.0.1:1"))
    plain = replace(service("t"), references=(REF_TOKENS,), step=lambda _, __, references: references)
    by_tokens = replace(plain, due_by=(REF_TOKENS,), due=lambda _, references: references)

    for told in (plain, by_tokens):
        assert with_references(told, view).step(None, None) is view.records  # type: ignore[comparison-overlap]
    assert with_references(by_tokens, view).due(None) is view.records  # type: ignore[comparison-overlap]
    assert with_references(plain, view).due(plain.initial("A")) is None
    choosy = replace(plain, wants=lambda topic, key, references: references is view.records and topic == key)
    assert [with_references(choosy, view).wants("A", key) for key in "AB"] == [True, False]
    assert with_references(plain, view).wants("A", "B")
