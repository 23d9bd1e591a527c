"""One webhook on the embedded bus: what cannot be sent, what is not about it, and what waits in memory."""

import base64

import pytest
from msgspec.structs import replace

from schemas.examples import example
from schemas.sealing import Seal
from schemas.stations import StationProvisioned
from schemas.webhooks import WebhookAttempted
from services.webhooks.backlog import Policy
from tests.services.webhooks.delivering import delivering, ids, session, status, to
from tests.services.webhooks.receiving import HttpReceiver, receiving
from tests.services.webhooks.records import SECRET
from tests.waiting import until

pytestmark = pytest.mark.embedded


async def test_a_body_that_is_too_large_is_dead_and_the_next_one_goes(fresh_bootstrap: str) -> None:
    large = replace(session("A", 1), anomalies=("x" * 20_000,))
    async with receiving() as there, delivering(fresh_bootstrap, webhook_body_limit=10_000) as bus:
        await bus.say(to(there), large, session("A", 2))
        dead = await bus.hear(WebhookAttempted, status("dead"))
        await until(lambda: ids(there, "A") == ["A-2"])

    assert "more than webhook_body_limit allows" in dead.detail


async def test_what_cannot_be_signed_waits_and_says_why(fresh_bootstrap: str) -> None:
    sealed = Seal(base64.b64decode(base64.b64encode(b"k" * 64))).seal(SECRET)
    async with receiving() as there, delivering(fresh_bootstrap) as bus:
        await bus.say(to(there, secret=sealed), session("A", 1))
        waits = await bus.hear(WebhookAttempted, status("retrying"))
        await bus.say(to(there))

    assert "secrets_key_file" in waits.detail
    assert there.got == []


async def test_the_site_of_a_station_is_where_it_is_provisioned(fresh_bootstrap: str) -> None:
    at_berlin = replace(example(StationProvisioned), station="A", site="berlin")
    async with receiving() as there, delivering(fresh_bootstrap) as bus:
        await bus.say(at_berlin)
        await bus.say(to(there, sites=("berlin",)), session("B", 1), session("A", 1))
        await until(lambda: ids(there, "A") == ["A-1"])

    assert ids(there, "B") == []


async def test_more_than_the_window_arrives_whole_and_in_order(fresh_bootstrap: str) -> None:
    many = 2 * Policy().window_records
    async with receiving() as there, delivering(fresh_bootstrap) as bus:
        there.says(503)
        await bus.say(to(there))
        await bus.say(*(session("A", number) for number in range(1, many + 1)))
        await bus.hear(WebhookAttempted, status("retrying"))
        there.got.clear()
        there.answers = HttpReceiver().answers
        await until(lambda: f"A-{many}" in ids(there, "A"), within_s=60)

    assert list(dict.fromkeys(ids(there, "A"))) == [f"A-{number}" for number in range(1, many + 1)]
