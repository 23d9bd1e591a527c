"""The worker on the embedded bus: events arrive in order, whoever is away or killed, and nobody waits for others."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.provisioning import ChangeProposed, revision_of
from schemas.webhooks import (
    WEBHOOK_DELIVERIES,
    WebhookAttempted,
    WebhookDeliveryOrdered,
    WebhookProvisioned,
    WebhookRemoved,
    WebhookTestOrdered,
)
from services.webhooks.signing import signature
from tests.services.bus import serving
from tests.services.webhooks.delivering import delivering, ids, now, session, status, to, worker
from tests.services.webhooks.receiving import HttpReceiver, receiving
from tests.services.webhooks.records import SECRET
from tests.waiting import until

pytestmark = pytest.mark.embedded


async def test_events_arrive_signed_and_in_the_order_of_their_station(fresh_bootstrap: str) -> None:
    async with receiving() as there, delivering(fresh_bootstrap) as bus:
        await bus.say(to(there))
        await bus.say(*(session(station, number) for number in range(1, 6) for station in ("A", "B")))
        await until(lambda: len(there.got) >= 10)
        attempt = await bus.hear(WebhookAttempted, status("delivered"))

    assert ids(there, "A") == [f"A-{number}" for number in range(1, 6)]
    assert ids(there, "B") == [f"B-{number}" for number in range(1, 6)]
    got = there.got[0]
    assert got.headers["webhook-signature"] == signature(
        SECRET, got.delivery, int(got.headers["webhook-timestamp"]), got.body
    )
    assert (attempt.attempt, attempt.http_status, attempt.kind) == (1, 204, "session.changed")


async def test_one_that_is_away_loses_nothing_and_keeps_nobody_waiting(fresh_bootstrap: str) -> None:
    async with receiving() as there, receiving() as away, delivering(fresh_bootstrap) as bus:
        away.says(503)
        await bus.say(to(there, "near"), to(away, "far"))
        await bus.say(*(session("A", number) for number in range(1, 4)))
        await until(lambda: len(there.got) >= 3)
        await bus.hear(WebhookAttempted, status("retrying", name="far"))
        assert set(ids(away, "A")) == {"A-1"}

        away.answers = HttpReceiver().answers
        await bus.hear(WebhookAttempted, lambda each: status("delivered", name="far")(each) and each.station == "A")
        await until(lambda: "A-3" in ids(away, "A"))

    assert list(dict.fromkeys(ids(away, "A"))) == ["A-1", "A-2", "A-3"]
    assert len({got.delivery for got in away.got}) == 3


async def test_a_worker_that_is_killed_delivers_again_under_the_same_ids(fresh_bootstrap: str) -> None:
    hanging = asyncio.Event()
    async with receiving() as there:
        async with serving(lambda _: worker(fresh_bootstrap), fresh_bootstrap, hears=(WEBHOOK_DELIVERIES,)) as bus:
            there.answers = lambda _: hanging.set() or b""  # type: ignore[func-returns-value]
            await bus.say(to(there))
            await bus.say(session("A", 1), session("A", 2))
            await asyncio.wait_for(hanging.wait(), 20)  # it is with the receiver, and nobody knows what became of it
        before = len(there.got)
        there.answers = HttpReceiver().answers
        async with delivering(fresh_bootstrap):
            await until(lambda: "A-2" in ids(there, "A"))

    assert ids(there, "A")[0] == "A-1"
    assert ids(there, "A")[before:] == ["A-1", "A-2"]
    assert len({got.delivery for got in there.got}) == 2


async def test_what_was_delivered_is_not_delivered_again_after_a_restart(fresh_bootstrap: str) -> None:
    async with receiving() as there:
        async with delivering(fresh_bootstrap) as bus:
            await bus.say(to(there))
            await bus.say(session("A", 1))
            await bus.hear(WebhookAttempted, status("delivered"))
        async with delivering(fresh_bootstrap) as bus:
            await bus.say(session("A", 2))
            await until(lambda: "A-2" in ids(there, "A"))

    assert ids(there, "A") == ["A-1", "A-2"]


async def test_gone_turns_the_webhook_off_as_a_change_like_any_other(fresh_bootstrap: str) -> None:
    async with receiving() as there, delivering(fresh_bootstrap) as bus:
        there.says(410)
        known = to(there)
        await bus.say(known)
        await bus.say(session("A", 1), session("A", 2))
        proposed = await bus.hear(ChangeProposed, lambda _: True)

    change = proposed.change
    assert isinstance(change, WebhookProvisioned)
    assert (change.webhook, change.enabled) == ("erp", False)
    assert "410" in change.disabled_reason
    assert proposed.based_on == revision_of(known)
    assert len(there.got) == 1


async def test_gone_turns_it_off_also_where_a_test_is_answered_so(fresh_bootstrap: str) -> None:
    async with receiving() as there, delivering(fresh_bootstrap) as bus:
        there.says(410)
        await bus.say(to(there), WebhookTestOrdered(id="o", webhook="erp", delivery="t1", ordered_at=now()))
        proposed = await bus.hear(ChangeProposed, lambda _: True)

    assert isinstance(proposed.change, WebhookProvisioned)
    assert not proposed.change.enabled


async def test_what_is_dead_is_repeated_when_somebody_asks(fresh_bootstrap: str) -> None:
    async with receiving() as there, delivering(fresh_bootstrap, webhook_give_up_s=0.001) as bus:
        there.says(500)
        await bus.say(to(there))
        await bus.say(session("A", 1))
        dead = await bus.hear(WebhookAttempted, status("dead"))
        assert "given up" in dead.detail

        there.says(200)
        await bus.say(repeat(dead))
        again = await bus.hear(WebhookAttempted, status("delivered"))

    assert (again.delivery, again.order) == (dead.delivery, "again")
    assert there.got[0].body == there.got[-1].body


def repeat(dead: WebhookAttempted, **members: Any) -> WebhookDeliveryOrdered:
    order = WebhookDeliveryOrdered(
        id="again",
        webhook=dead.webhook,
        delivery=dead.delivery,
        kind=dead.kind,
        station=dead.station,
        source=dead.source,
        occurred_at=dead.occurred_at,
        ordered_at=now(),
    )
    return replace(order, **members)


async def test_what_kafka_does_not_have_is_dead_with_the_reason(fresh_bootstrap: str) -> None:
    async with receiving() as there, delivering(fresh_bootstrap) as bus:
        await bus.say(to(there))
        await bus.say(session("A", 1))
        done = await bus.hear(WebhookAttempted, status("delivered"))
        await bus.say(repeat(done, source=replace(done.source, offset=10_000)))
        dead = await bus.hear(WebhookAttempted, status("dead"))

    assert dead.detail == "its record is no longer on Kafka"


async def test_a_test_is_sent_once_and_says_what_came_of_it(fresh_bootstrap: str) -> None:
    async with receiving() as there, delivering(fresh_bootstrap) as bus:
        there.says(404)
        await bus.say(to(there))
        await bus.say(WebhookTestOrdered(id="o", webhook="erp", delivery="t1", ordered_at=now()))
        dead = await bus.hear(WebhookAttempted, status("dead"))

    assert (dead.kind, dead.delivery, dead.http_status) == ("webhook.test", "t1", 404)
    assert [got.told["type"] for got in there.got] == ["webhook.test"]


async def test_a_new_start_in_the_past_sends_everything_since_then_again(fresh_bootstrap: str) -> None:
    async with receiving() as there, delivering(fresh_bootstrap) as bus:
        known = to(there)
        await bus.say(known, session("A", 1), session("A", 2))
        await until(lambda: len(there.got) == 2)
        await bus.say(replace(known, start="again", started_at=now(), provisioned_at=now()))
        await until(lambda: len(there.got) >= 4)

    assert ids(there, "A") == ["A-1", "A-2", "A-1", "A-2"]
    assert len({got.delivery for got in there.got}) == 2


async def test_nothing_is_sent_of_before_the_start_nor_after_the_removal(fresh_bootstrap: str) -> None:
    async with receiving() as there, receiving() as other, delivering(fresh_bootstrap) as bus:
        await bus.say(session("A", 1))
        await asyncio.sleep(0.05)
        await bus.say(to(there, since=now(), started_at=now()), to(other, "other"))
        await bus.say(session("A", 2))
        await until(lambda: ids(there, "A") == ["A-2"] and "A-2" in ids(other, "A"))

        await bus.say(WebhookRemoved(webhook="erp", removed_at=now()))
        await asyncio.sleep(0.5)
        await bus.say(session("A", 3))
        await until(lambda: "A-3" in ids(other, "A"))

    assert ids(there, "A") == ["A-2"]
