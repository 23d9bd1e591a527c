"""Whole processes of the API on both buses: what Kafka has is read at once, and is forgotten when ClickHouse has it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import REGISTRY

from services.api.fakes import KEY
from services.api.live import freshness
from services.api.settings import ApiSettings
from services.nouns import STATEFUL
from services.runtime.bus.producer import Publisher
from services.runtime.bus.topics import make_topics
from services.runtime.process.settings import TopicsSettings
from tests.services.api.builders import a_session, a_state
from tests.services.api.test_app import NO_CLICKHOUSE, an_api, the_service

ROUNDS = 20


@pytest.fixture(
    params=[pytest.param("kafka", marks=pytest.mark.kafka), pytest.param("embedded", marks=pytest.mark.embedded)]
)
async def settings(request: pytest.FixtureRequest) -> ApiSettings:
    bus = request.param
    bootstrap = request.getfixturevalue(f"{bus}_bootstrap")
    if bus == "kafka":
        await make_topics(TopicsSettings(bootstrap=bootstrap, partitions=4, replication=1), services=STATEFUL)
    return ApiSettings(
        bus=bus, bootstrap=bootstrap, clickhouse=NO_CLICKHOUSE, port=0, api_key=KEY, api_overlay_keep_s=0.0
    )


@contextlib.asynccontextmanager
async def saying(settings: ApiSettings) -> AsyncIterator[Publisher]:
    publisher = Publisher(settings, name="test")
    try:
        yield publisher
    finally:
        await publisher.stop()


async def test_what_kafka_has_is_read_at_once_on_every_process(settings: ApiSettings) -> None:
    """No waiting between the publication and the question, again and again: whoever was told may ask whomever."""
    async with an_api(settings) as one, an_api(settings) as other, saying(settings) as publisher:
        found = []
        for number in range(ROUNDS):
            name = f"{settings.bus}-{number}"
            await publisher.publish(a_session(session=name), a_state(station=name))
            answers = await asyncio.gather(
                one.get(f"/api/v1/sessions/{name}"),
                other.get(f"/api/v1/sessions/{name}"),
                other.get(f"/api/v1/stations/{name}"),
                one.post(
                    f"/api/v1/stations/{name}/ocpp/Reset",
                    json={"payload": {"type": "Soft"}, "wait_s": 0},
                ),
            )
            command = await other.get(f"/api/v1/commands/{answers[-1].json()['command_id']}")
            found.append([answer.status_code for answer in (*answers, command)])

    assert found == [[200, 200, 200, 202, 200]] * ROUNDS


async def test_a_process_that_starts_knows_what_clickhouse_does_not_have_yet(settings: ApiSettings) -> None:
    async with saying(settings) as publisher:
        await publisher.publish(a_session(session=f"before-{settings.bus}"))
    async with an_api(settings) as late:
        answer = await late.get(f"/api/v1/sessions/before-{settings.bus}")

    assert answer.status_code == 200


async def test_what_the_sink_has_committed_is_forgotten(settings: ApiSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    group = f"sink-of-a-test-{settings.bus}"  # of that name no other test's sink is a member
    monkeypatch.setattr(freshness, "STORED_BY", group)
    async with an_api(settings) as client, saying(settings) as publisher:
        await publisher.publish(a_session(session="stored"))
        before = (await client.get("/api/v1/sessions/stored")).status_code
        await _commit(settings, group)
        async with asyncio.timeout(20):
            while (await client.get("/api/v1/sessions/stored")).status_code == 200:
                await asyncio.sleep(0.05)
        held = REGISTRY.get_sample_value("voltbus_api_overlay_records", {"noun": "sessions"})

    assert before == 200
    assert held == 0


async def test_processes_that_change_one_tariff_at_once_give_no_version_twice(settings: ApiSettings) -> None:
    path = f"/api/v1/tariffs/{settings.bus}"
    tariff = {"currency": "EUR", "elements": [{"price_components": [{"type": "FLAT", "price": "1"}]}]}
    async with the_service(settings), an_api(settings) as one, an_api(settings) as other:
        told = []
        for number in range(5):
            answers = await asyncio.gather(
                *(
                    each.put(path, json={**tariff, "label": f"{number} of {name}"})
                    for name, each in (("one", one), ("other", other))
                )
            )
            told += [(answer.json()["version"], answer.json()["label"]) for answer in answers]
        versions = (await other.get(f"{path}/versions")).json()

    assert sorted(version for version, _ in told) == list(range(1, 11))
    assert {(version["version"], version["label"]) for version in versions} <= set(told)


async def _commit(settings: ApiSettings, group: str) -> None:
    """As the sink of ClickHouse does once it has stored everything."""
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        numbers = await consumer._client._wait_on_metadata("csms.sessions")
        partitions = [TopicPartition("csms.sessions", number) for number in numbers]
        consumer.assign(partitions)
        await consumer.commit(await consumer.end_offsets(partitions))
    finally:
        await consumer.stop()
