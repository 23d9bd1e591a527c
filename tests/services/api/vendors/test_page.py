"""The page of vendors and the tab of a station: provisioned in the form, begun from what was seen."""

from httpx import AsyncClient

from schemas.vendors import VendorProvisioned, VendorRemoved
from services.api.fakes import World
from services.api.stations.views import station_of
from tests.services.api.builders import STATION, a_state
from tests.services.api.vendors.given import SEEN, transferred
from tests.services.api.worlds import HOSTILE
from tests.services.webhooks.records import webhook

FORM = {
    "vendor_id": "com.example",
    "message-1": "CarId",
    "status-1": "Accepted",
    "data-1": '{"vin": "${data.vin}"}',
    "message-2": "",
    "status-2": "Rejected",
    "data-2": "",
    "message-3": "Never",
    "status-3": "",
    "data-3": "",
    "note": "As agreed.",
}


async def test_a_vendor_is_provisioned_in_the_form_listed_and_changed(browser: AsyncClient, world: World) -> None:
    saved = await browser.post("/vendors", data=FORM, headers={"HX-Request": "true"})
    world.bus.hold(webhook(webhook="erp", vendor_ids=("COM.example",)))
    world.bus.hold(webhook(webhook="other", vendor_ids=("com.other",)))
    page = (await browser.get("/vendors")).text
    form = (await browser.get("/vendors?edit=com.example")).text

    record = world.bus.published[0]
    assert isinstance(record, VendorProvisioned)
    assert [(rule.message_id, rule.status, bytes(rule.data)) for rule in record.messages] == [
        ("CarId", "Accepted", b'{"vin":"${data.vin}"}'),
        ("", "Rejected", b"null"),
    ]
    assert "com.example is saved with 2 rules." in saved.text
    assert "/webhooks/erp" in page
    assert "/webhooks/other" not in page
    assert "{&#34;vin&#34;:&#34;${data.vin}&#34;}" in form
    assert "<option selected>Rejected</option>" in form


async def test_data_that_is_no_json_is_refused_at_its_field(browser: AsyncClient, world: World) -> None:
    refused = await browser.post("/vendors", data=FORM | {"data-1": "${station}"}, headers={"HX-Request": "true"})

    assert refused.status_code == 422
    assert "JSON is expected" in refused.text
    assert world.bus.published == []


async def test_a_form_begins_with_what_was_seen(browser: AsyncClient, world: World) -> None:
    world.reads.seen_vendor_rows = (SEEN,)
    page = (await browser.get("/vendors")).text
    begun = (await browser.get("/vendors?vendor=com.other&message=Ping")).text

    assert "/vendors?vendor=com.other&amp;message=Ping" in page
    assert 'value="com.other"' in begun
    assert 'value="Ping"' in begun


async def test_a_vendor_is_removed_by_its_button(browser: AsyncClient, world: World) -> None:
    await browser.post("/vendors", data=FORM)

    await browser.post("/vendors/remove", data={"vendor_id": "com.example"})

    assert isinstance(world.bus.published[-1], VendorRemoved)
    assert "No vendor is known." in (await browser.get("/vendors")).text


async def test_a_station_s_transfers_are_on_its_tab_and_nothing_in_them_is_markup(
    browser: AsyncClient, world: World
) -> None:
    world.bus.hold(a_state())
    world.reads.station_rows = {STATION: station_of(a_state())}
    world.reads.transfer_rows = [
        transferred(data={HOSTILE: HOSTILE}, vendor_id=HOSTILE),
        transferred(id="t2", station="OTHER"),
    ]

    tab = (await browser.get(f"/stations/{STATION}/vendor-data")).text

    assert "transfer-t1" in tab
    assert "transfer-t2" not in tab
    assert "<script>alert" not in tab
    assert (await browser.get("/stations/NONE/vendor-data")).status_code == 404
