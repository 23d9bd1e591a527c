"""The console's pages of webhooks: provisioned in the form, tested, sent again by buttons."""

from httpx import AsyncClient

from schemas.webhooks import WebhookDeliveryOrdered, WebhookProvisioned, WebhookRemoved, WebhookTestOrdered
from services.api.fakes import World
from tests.services.api.webhooks.given import SEAL, SECRET, delivery, summary
from tests.services.api.worlds import HOSTILE

FORM = {
    "name": "erp",
    "url": "https://erp.example.com/voltbus",
    "secret": SECRET,
    "kind-session.ended": "on",
    "kind-cdr.issued": "on",
    "sites": "berlin, bonn",
    "enabled": "on",
    "note": "The ERP.",
}


async def test_a_webhook_is_provisioned_in_the_form_listed_and_changed(browser: AsyncClient, world: World) -> None:
    saved = await browser.post("/webhooks", data=FORM, headers={"HX-Request": "true"})
    world.reads.summary_rows = {"erp": summary(retrying=3)}
    page = (await browser.get("/webhooks")).text
    form = (await browser.get("/webhooks?edit=erp")).text

    record = world.bus.published[-1]
    assert isinstance(record, WebhookProvisioned)
    assert (record.kinds, record.sites, record.enabled) == (("session.ended", "cdr.issued"), ("berlin", "bonn"), True)
    assert SEAL.open(record.secret) == SECRET
    assert "erp is saved: session.ended, cdr.issued to https://erp.example.com/voltbus." in saved.text
    assert "12 delivered, 3 retrying, 1 dead" in page
    assert "Change a webhook" in form
    assert 'value="berlin, bonn"' in form
    assert SECRET not in page + form


async def test_a_form_without_the_box_turns_it_off(browser: AsyncClient, world: World) -> None:
    await browser.post("/webhooks", data=FORM)
    without = {name: value for name, value in FORM.items() if name != "enabled"}
    await browser.post("/webhooks", data=without)

    record = world.bus.published[-1]
    assert isinstance(record, WebhookProvisioned)
    assert not record.enabled
    assert "<button>Send a test</button>" not in (await browser.get("/webhooks/erp")).text


async def test_its_page_has_its_deliveries_and_their_buttons(browser: AsyncClient, world: World) -> None:
    await browser.post("/webhooks", data=FORM)
    world.reads.delivery_rows = [delivery(detail=HOSTILE), delivery(delivery="d2", status="delivered", detail="")]
    world.reads.summary_rows = {"erp": summary()}
    page = (await browser.get("/webhooks/erp")).text

    assert "Send dead ones again" in page
    assert "/webhooks/erp/deliveries/d1/replay" in page
    assert "delivery-d2" in page
    assert HOSTILE not in page
    assert "delivery-d2" not in (await browser.get("/webhooks/erp?status=dead")).text
    assert (await browser.get("/webhooks/none")).status_code == 404


async def test_buttons_order_what_they_say(browser: AsyncClient, world: World) -> None:
    await browser.post("/webhooks", data=FORM)
    world.reads.delivery_rows = [delivery()]

    await browser.post("/webhooks/erp/test")
    assert isinstance(world.bus.published[-1], WebhookTestOrdered)
    await browser.post("/webhooks/erp/deliveries/d1/replay")
    assert isinstance(world.bus.published[-1], WebhookDeliveryOrdered)
    await browser.post("/webhooks/erp/dead")
    assert isinstance(world.bus.published[-1], WebhookDeliveryOrdered)
    await browser.post("/webhooks/erp/replay", data={"since": "2026-06-01T10:00:00"})
    replayed = world.bus.published[-1]
    assert isinstance(replayed, WebhookProvisioned)
    assert replayed.since.hour == 10
    assert (await browser.post("/webhooks/erp/replay", data={"since": ""})).status_code == 422
    await browser.post("/webhooks/remove", data={"name": "erp"})
    assert isinstance(world.bus.published[-1], WebhookRemoved)


async def test_where_there_is_none_the_page_says_so(browser: AsyncClient) -> None:
    assert "Nothing is sent to anybody." in (await browser.get("/webhooks")).text


async def test_whose_a_webhook_is_is_said_in_the_form(browser: AsyncClient, world: World) -> None:
    await browser.post("/webhooks", data=FORM | {"tenant": "acme"})

    record = world.bus.published[-1]
    assert isinstance(record, WebhookProvisioned)
    assert record.tenant == "acme"
    assert 'name="tenant" maxlength="64" value="acme"' in (await browser.get("/webhooks?edit=erp")).text
