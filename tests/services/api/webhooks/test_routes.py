"""Webhooks over HTTP: provisioned without showing the secret, tested, sent again."""

import datetime as dt

import pytest
from httpx import AsyncClient

from schemas.webhooks import WebhookDeliveryOrdered, WebhookProvisioned, WebhookRemoved, WebhookTestOrdered
from services.api.config import Config
from services.api.fakes import KEY, NOON, World
from services.webhooks.kinds import BY_NAME, KINDS
from tests.services.api.apps import app_of
from tests.services.api.conftest import BEARER, client_of
from tests.services.api.webhooks.given import BODY, OLD_SECRET, SEAL, SECRET, delivery, summary

ERP = "/api/v1/webhooks/erp"


def last(world: World) -> WebhookProvisioned:
    record = world.bus.published[-1]
    assert isinstance(record, WebhookProvisioned)
    return record


async def test_a_webhook_is_provisioned_read_and_listed_without_its_secret(client: AsyncClient, world: World) -> None:
    put = await client.put(ERP, json=BODY | {"sites": ["berlin"], "note": "The ERP."})
    got = await client.get(ERP)
    listed = await client.get("/api/v1/webhooks")

    assert put.status_code == 200
    assert put.json() == got.json() == listed.json()[0]
    assert got.json() | {"url": BODY["url"], "kinds": BODY["kinds"], "sites": ["berlin"], "enabled": True} == got.json()
    assert got.json()["since"] == "2026-06-01T12:00:00Z"
    assert "secret" not in got.text
    assert SECRET not in put.text
    record = last(world)
    assert SECRET not in record.secret
    assert SEAL.open(record.secret) == SECRET
    assert got.headers["etag"]


async def test_a_secret_stays_where_none_is_given_and_the_one_before_signs_on_where_it_is_replaced(
    client: AsyncClient, world: World
) -> None:
    await client.put(ERP, json=BODY)
    first = last(world)
    await client.put(ERP, json=BODY | {"secret": "", "note": "x"})
    kept = last(world)
    await client.put(ERP, json=BODY | {"secret": OLD_SECRET})
    replaced = last(world)

    assert (kept.secret, kept.previous_secret, kept.rotated_at) == (first.secret, "", None)
    assert SEAL.open(replaced.secret) == OLD_SECRET
    assert (replaced.previous_secret, replaced.rotated_at) == (first.secret, NOON)
    assert (replaced.start, replaced.since) == (first.start, first.since)


async def test_the_loser_of_two_changes_learns_what_changed_but_no_secret(client: AsyncClient) -> None:
    seen = (await client.put(ERP, json=BODY)).headers["etag"]
    await client.put(ERP, json=BODY | {"secret": OLD_SECRET, "note": "other"}, headers={"If-Match": seen})

    lost = await client.put(ERP, json=BODY, headers={"If-Match": seen})

    assert lost.status_code == 412
    assert [error["field"] for error in lost.json()["errors"]] == ["note"]
    assert "secret" not in lost.text


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"url": "ftp://example.com"}, "url", "https"),
        ({"url": "http://127.0.0.1:9000/x"}, "url", "webhook_private_addresses"),
        ({"url": "http://169.254.169.254/"}, "url", "never"),
        ({"kinds": ["session.end"]}, "kinds", "session.ended"),
        ({"kinds": []}, "kinds", ""),
        ({"secret": "hunter2"}, "secret", "openssl rand"),
        ({"secret": ""}, "secret", "a new webhook needs one"),
        ({"retries": 3}, "", "retries"),
    ],
)
async def test_what_cannot_be_used_is_refused_by_name(
    client: AsyncClient, world: World, wrong: dict[str, object], field: str, says: str
) -> None:
    refused = await client.put(ERP, json=BODY | wrong)

    assert refused.status_code in (400, 422)
    assert says in refused.text
    if field:
        assert refused.json()["errors"][0]["field"].startswith(field)
    assert world.bus.published == []


async def test_a_name_that_is_none_is_refused(client: AsyncClient) -> None:
    assert (await client.put("/api/v1/webhooks/Our%20ERP", json=BODY)).status_code == 422


async def test_private_addresses_are_taken_where_the_setting_allows_them() -> None:
    world = World(Config(key=KEY, seal=SEAL, webhook_private_addresses="allow"))
    client = client_of(app_of(world.ports()), headers=BEARER)

    assert (await client.put(ERP, json=BODY | {"url": "http://127.0.0.1:9000/"})).status_code == 200
    assert (await client.put(ERP, json=BODY | {"url": "http://169.254.169.254/"})).status_code == 422


async def test_without_a_key_for_secrets_none_is_taken() -> None:
    client = client_of(app_of(World().ports()), headers=BEARER)

    refused = await client.put(ERP, json=BODY)

    assert refused.status_code == 409
    assert "secrets_key_file" in refused.json()["detail"]


async def test_a_webhook_is_removed_and_a_new_one_of_its_name_begins_anew(client: AsyncClient, world: World) -> None:
    await client.put(ERP, json=BODY)
    first = last(world)
    assert (await client.delete(ERP)).status_code == 204
    assert isinstance(world.bus.published[-1], WebhookRemoved)
    assert (await client.get(ERP)).status_code == 404
    assert (await client.delete(ERP)).status_code == 404

    await client.put(ERP, json=BODY)
    assert last(world).start != first.start


async def test_there_are_only_so_many(client: AsyncClient) -> None:
    for number in range(50):
        assert (await client.put(f"/api/v1/webhooks/w{number}", json=BODY)).status_code == 200

    assert (await client.put(ERP, json=BODY)).status_code == 409
    assert (await client.put("/api/v1/webhooks/w0", json=BODY | {"note": "still"})).status_code == 200


async def test_what_was_turned_off_by_itself_says_why_until_it_is_on_again(client: AsyncClient, world: World) -> None:
    await client.put(ERP, json=BODY)
    from services.webhooks.standing import disabled

    world.bus.hold(disabled(last(world), NOON))

    off = (await client.get(ERP)).json()
    assert (off["enabled"], "410" in off["disabled_reason"], off["provisioned_by"]) == (False, True, "webhooks")
    on = (await client.put(ERP, json=BODY)).json()
    assert (on["enabled"], on["disabled_reason"]) == (True, "")


async def test_a_replay_begins_anew_at_its_moment(client: AsyncClient, world: World) -> None:
    await client.put(ERP, json=BODY)
    first = last(world)
    world.now = NOON + dt.timedelta(hours=5)

    answered = await client.post(f"{ERP}/replay", json={"since": "2026-06-01T10:00:00Z"})

    record = last(world)
    assert answered.status_code == 200
    assert (record.since, record.started_at) == (NOON - dt.timedelta(hours=2), world.now)
    assert record.start != first.start
    assert record.secret == first.secret


@pytest.mark.parametrize("since", ["2026-06-01T12:00:01Z", "2024-01-01T00:00:00Z", "2026-06-01T10:00:00"])
async def test_a_replay_is_of_the_past_and_of_a_moment(client: AsyncClient, since: str) -> None:
    await client.put(ERP, json=BODY)

    assert (await client.post(f"{ERP}/replay", json={"since": since})).status_code in (400, 422)
    assert (
        await client.post("/api/v1/webhooks/none/replay", json={"since": "2026-06-01T10:00:00Z"})
    ).status_code == 404


async def test_a_test_is_ordered(client: AsyncClient, world: World) -> None:
    await client.put(ERP, json=BODY)

    answered = await client.post(f"{ERP}/test")

    order = world.bus.published[-1]
    assert isinstance(order, WebhookTestOrdered)
    assert answered.status_code == 202
    assert answered.json() == {"webhook": "erp", "deliveries": [order.delivery]}
    assert (await client.post("/api/v1/webhooks/none/test")).status_code == 404


async def test_nothing_is_ordered_of_one_that_is_off(client: AsyncClient) -> None:
    await client.put(ERP, json=BODY | {"enabled": False})

    for path in ("test", "dead/replay", "deliveries/d1/replay"):
        refused = await client.post(f"{ERP}/{path}")
        assert (refused.status_code, "enable it first" in refused.text) == (409, True)


async def test_a_delivery_is_sent_again_from_its_place(client: AsyncClient, world: World) -> None:
    await client.put(ERP, json=BODY)
    world.reads.delivery_rows = [delivery(), delivery(delivery="t1", kind="webhook.test", topic="")]

    answered = await client.post(f"{ERP}/deliveries/d1/replay")

    order = world.bus.published[-1]
    assert isinstance(order, WebhookDeliveryOrdered)
    assert answered.status_code == 202
    assert (order.delivery, order.source.topic, order.source.partition, order.source.offset) == (
        "d1",
        "csms.sessions",
        3,
        42,
    )
    assert (await client.post(f"{ERP}/deliveries/none/replay")).status_code == 404
    assert (await client.post(f"{ERP}/deliveries/t1/replay")).status_code == 409


async def test_the_dead_are_sent_again_oldest_first(client: AsyncClient, world: World) -> None:
    await client.put(ERP, json=BODY)
    world.reads.delivery_rows = [
        delivery(delivery="new"),
        delivery(delivery="old", occurred_at=NOON - dt.timedelta(days=1)),
        delivery(delivery="fine", status="delivered"),
        delivery(delivery="test", topic=""),
    ]

    answered = await client.post(f"{ERP}/dead/replay")

    assert answered.json()["deliveries"] == ["old", "new"]
    assert [each.delivery for each in world.bus.published if isinstance(each, WebhookDeliveryOrdered)] == ["old", "new"]


async def test_deliveries_are_listed_and_found(client: AsyncClient, world: World) -> None:
    world.reads.delivery_rows = [delivery(), delivery(delivery="d2", status="delivered", http_status=204)]

    listed = await client.get("/api/v1/webhook-deliveries?webhook=erp&status=dead")
    found = await client.get(f"{ERP}/deliveries/d2")

    assert [each["delivery"] for each in listed.json()["items"]] == ["d1"]
    assert (found.json()["status"], found.json()["http_status"]) == ("delivered", 204)
    assert (await client.get(f"{ERP}/deliveries/d3")).status_code == 404
    assert (await client.get("/api/v1/webhook-deliveries?status=lost")).status_code in (400, 422)


async def test_how_each_is_doing_is_summed_up(client: AsyncClient, world: World) -> None:
    await client.put(ERP, json=BODY)
    await client.put("/api/v1/webhooks/other", json=BODY)
    world.reads.summary_rows = {"erp": summary()}

    erp, other = (await client.get("/api/v1/webhook-summaries")).json()

    assert (erp["delivered"], erp["dead"]) == (12, 1)
    assert (other["webhook"], other["delivered"], other["delivered_at"]) == ("other", 0, None)


async def test_every_kind_is_listed_with_its_record(client: AsyncClient) -> None:
    kinds = (await client.get("/api/v1/webhook-kinds")).json()

    assert [kind["kind"] for kind in kinds] == [kind.name for kind in KINDS]
    ended = next(kind for kind in kinds if kind["kind"] == "session.ended")
    assert (ended["topic"], ended["record"]) == ("csms.sessions", "session-changed")
    assert ended["meaning"] == BY_NAME["session.ended"].meaning
