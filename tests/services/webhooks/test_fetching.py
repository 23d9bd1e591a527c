"""A record is fetched by its place, where Kafka has it."""

import pytest
from aiokafka import AIOKafkaProducer
from msgspec.structs import replace

from schemas.codec import encode
from schemas.webhooks import Source
from services.runtime.process.settings import Settings
from services.webhooks.fetching import Fetcher
from tests.services.webhooks.delivering import session

pytestmark = pytest.mark.embedded


async def test_the_record_at_a_place_is_found_and_no_other(fresh_bootstrap: str) -> None:
    settings = Settings(bootstrap=fresh_bootstrap, bus="embedded")
    producer = AIOKafkaProducer(bootstrap_servers=fresh_bootstrap)
    await producer.start()
    for number in (1, 2):
        sent = await producer.send_and_wait("csms.sessions", encode(session("A", number)), key=b"A")
    await producer.stop()
    place = Source(topic="csms.sessions", partition=sent.partition, offset=sent.offset)

    fetcher = Fetcher(settings)
    try:
        assert await fetcher.fetch(place) == encode(session("A", 2))
        assert await fetcher.fetch(replace(place, offset=sent.offset - 1)) == encode(session("A", 1))
        assert await fetcher.fetch(replace(place, offset=sent.offset + 1)) is None
        assert await fetcher.fetch(Source(topic="csms.logins", partition=0, offset=0)) is None
    finally:
        await fetcher.close()
