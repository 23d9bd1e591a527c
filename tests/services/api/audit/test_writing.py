"""Nothing takes effect before the audit log has it, and no secret is in it."""

import asyncio
from typing import Any

import pytest

from schemas.audit import AuditRecorded, faults
from schemas.base import Record
from schemas.commands import CommandRequested
from schemas.operators import ApiKeyCreated, UserProvisioned
from schemas.stationcommands import Reset
from schemas.webhooks import WebhookProvisioned
from services.api.audit.writing import AuditedPublisher, AuditLog, Trail, altered, audited
from services.api.fakes import NOON, World
from services.runtime.process.outage import Outage

WHO = {"actor": "ann", "actor_kind": "user"}


class Kafka:
    """Takes records, or does not."""

    def __init__(self) -> None:
        self.taken: list[Record] = []
        self.away = False

    async def publish(self, *records: Record) -> None:
        if self.away:
            raise Outage("Kafka does not answer")
        self.taken += records


def asked() -> CommandRequested:
    return CommandRequested(
        id="c", station="S", command=Reset(type="OnIdle"), requested_at=NOON, expires_at=NOON, requested_by="ann"
    )


def entries(kafka: Kafka) -> list[AuditRecorded]:
    return [one for one in kafka.taken if isinstance(one, AuditRecorded)]


def a_log(kafka: Kafka) -> AuditLog:
    return AuditLog(kafka, writer="api", clock=lambda: NOON)


async def test_the_entry_is_on_kafka_before_what_it_says() -> None:
    kafka = Kafka()
    trail = Trail(a_log(kafka), WHO)

    await AuditedPublisher(kafka, trail).publish(asked())
    await trail.end(202)

    entry, command = kafka.taken
    assert isinstance(command, CommandRequested)
    assert isinstance(entry, AuditRecorded)
    assert [(one.record, one.station, one.subject) for one in entry.records] == [("command-requested Reset", "S", "c")]
    assert entry.status is None


async def test_without_the_log_nothing_takes_effect_and_the_caller_learns_that_nothing_left() -> None:
    kafka, away = Kafka(), Kafka()
    away.away = True

    with pytest.raises(Outage) as refused:
        await AuditedPublisher(kafka, Trail(a_log(away), WHO)).publish(asked())

    assert not refused.value.may_have_left
    assert kafka.taken == []


async def test_what_took_no_effect_has_its_answer() -> None:
    kafka = Kafka()
    trail = Trail(a_log(kafka), WHO)

    await trail.end(403)
    await trail.end(500)

    assert [entry.status for entry in entries(kafka)] == [403]


async def test_what_was_not_confirmed_is_published_again_and_no_entry_is_missing() -> None:
    kafka = Kafka()
    log = a_log(kafka)
    await log.write(**WHO)
    kafka.away = True
    for _ in range(3):
        with pytest.raises(Outage):
            await log.write(**WHO)
    kafka.away = False
    await log.write(**WHO)

    assert [entry.sequence for entry in entries(kafka)] == [1, 2, 3, 4, 5]
    assert faults(entries(kafka)) == []


async def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.api.audit.writing.PENDING_MOST", 2)
    kafka = Kafka()
    kafka.away = True
    log = a_log(kafka)
    for _ in range(2):
        with pytest.raises(Outage):
            await log.write(**WHO)

    with pytest.raises(Outage, match="behind"):
        await log.write(**WHO)


async def test_of_many_records_the_first_are_named_and_all_are_counted() -> None:
    kafka = Kafka()

    await AuditedPublisher(kafka, Trail(a_log(kafka), WHO)).publish(*[asked()] * 500)

    assert (len(entries(kafka)[0].records), entries(kafka)[0].count) == (50, 500)


@pytest.mark.parametrize(
    "record",
    [
        UserProvisioned(user="ann", password_hash="hush", password_changed_at=NOON, provisioned_at=NOON),
        ApiKeyCreated(key="k", digest="hush", created_at=NOON),
        WebhookProvisioned(
            webhook="w",
            url="https://example.com",
            kinds=(),
            secret="hush",
            start="1",
            since=NOON,
            started_at=NOON,
            provisioned_at=NOON,
        ),
    ],
    ids=lambda record: type(record).__name__,
)
def test_secrets_are_named_and_not_told(record: Any) -> None:
    told = repr(audited(record))

    assert "(secret)" in told
    assert "hush" not in told


def test_a_change_is_told_by_the_members_that_it_alters() -> None:
    before = UserProvisioned(user="ann", roles=("viewer",), note="x", password_changed_at=NOON, provisioned_at=NOON)
    after = UserProvisioned(user="ann", roles=("admin",), note="x", password_changed_at=NOON, provisioned_at=NOON)

    assert [(one.member, one.before, one.after) for one in altered(before, after)] == [
        ("roles", '["viewer"]', '["admin"]')
    ]


def test_each_process_has_a_chain_of_its_own() -> None:
    world = World()

    assert world.ports().audit is not world.ports().audit


class SlowKafka(Kafka):
    """Takes records when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()
        self.sends: list[int] = []

    async def publish(self, *records: Record) -> None:
        self.sends.append(len(records))
        await self.let.wait()
        await super().publish(*records)


async def test_entries_of_many_at_once_leave_together_each_once_and_in_order() -> None:
    kafka = SlowKafka()
    log = a_log(kafka)

    writing = [asyncio.create_task(log.write(**WHO)) for _ in range(100)]
    await asyncio.sleep(0)
    late = [asyncio.create_task(log.write(**WHO)) for _ in range(50)]
    await asyncio.sleep(0)
    kafka.let.set()
    await asyncio.gather(*writing, *late)

    assert [entry.sequence for entry in entries(kafka)] == list(range(1, 151))
    assert faults(entries(kafka)) == []
    assert len(kafka.sends) <= 3


async def test_those_behind_a_send_that_fails_are_sent_with_it_again() -> None:
    kafka = SlowKafka()
    log = a_log(kafka)

    first = asyncio.create_task(log.write(**WHO))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.create_task(log.write(**WHO))
    await asyncio.sleep(0)
    kafka.away = True
    kafka.let.set()
    with pytest.raises(Outage):
        await first
    kafka.away = False
    await second

    assert [entry.sequence for entry in entries(kafka)] == [1, 2]
    assert faults(entries(kafka)) == []


async def test_who_gives_up_waiting_takes_no_entry_of_others_with_him() -> None:
    kafka = SlowKafka()
    log = a_log(kafka)

    gone, staying = asyncio.create_task(log.write(**WHO)), asyncio.create_task(log.write(**WHO))
    await asyncio.sleep(0)
    gone.cancel()
    kafka.let.set()
    await staying

    assert [entry.sequence for entry in entries(kafka)] == [1, 2]
