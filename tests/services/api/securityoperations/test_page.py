"""Security operations in the console: all of them, the batches, the form of a batch, and its page."""

from httpx import AsyncClient

from schemas.securityoperations import SecurityBatchOrdered, SecurityBatchSteered, SecurityOperationCancelled
from services.api.fakes import World
from services.api.securityoperations.rows import OperationFilter, operation_of
from tests.services.api.builders import STATION, a_state
from tests.services.api.securityoperations.worlds import a_batch, an_operation

HTMX = {"HX-Request": "true"}
FORM = {
    "kind": "upgrade-profile",
    "title": "TLS everywhere",
    "security_profile": "2",
    "url": "wss://csms.example.com/ocpp",
    "slot": "1",
    "of_vendor": "Example",
    "version-1.6": "on",
    "first": "1",
    "wave": "100",
    "max_failures": "",
}


async def test_operations_and_batches_are_shown(browser: AsyncClient, world: World) -> None:
    world.reads.security_operation_rows["op-1"] = operation_of(an_operation(batch="batch-1"))
    world.bus.hold(a_batch())

    page = (await browser.get("/security-operations?kind=rotate-password&status=done")).text

    assert 'id="security-operation-op-1"' in page
    assert 'id="security-batch-batch-1"' in page
    assert "1 of 3" in page
    assert world.reads.asked["security_operations"][0] == OperationFilter(kind="rotate-password", status="done")


async def test_a_batch_has_its_waves_and_what_can_be_done(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_batch(status="halted", reason="6 operations failed; 5 may."))

    page = (await browser.get("/security-batches/batch-1")).text

    assert "6 operations failed; 5 may." in page
    assert "/security-batches/batch-1/resume" in page
    assert "/security-batches/batch-1/pause" not in page
    assert (await browser.get("/security-batches/none")).status_code == 404


async def test_a_batch_is_ordered_by_its_form(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_state())
    world.bus.hold(a_state(station="OTHER", vendor="Other"))
    done = await browser.post("/security-batches", data=FORM, headers=HTMX)

    assert done.status_code == 200, done.text
    ordered = world.bus.published[0]
    assert isinstance(ordered, SecurityBatchOrdered)
    assert (ordered.stations, ordered.title, ordered.max_failures) == (1, "TLS everywhere", None)
    assert world.bus.published[1].station == STATION


async def test_a_batch_is_steered_and_an_operation_cancelled(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_batch())
    world.reads.security_operation_rows["op-1"] = operation_of(an_operation(status="running", ended_at=None))

    assert (await browser.post("/security-batches/batch-1/cancel", headers=HTMX)).status_code == 200
    assert (await browser.post("/security-operations/op-1/cancel", headers=HTMX)).status_code == 200
    assert [type(each) for each in world.bus.published] == [SecurityBatchSteered, SecurityOperationCancelled]


async def test_nothing_yet_is_said(browser: AsyncClient) -> None:
    page = (await browser.get("/security-operations")).text

    assert "No batch was ordered yet." in page
    assert "Nothing was ordered yet." in page
