"""The OpenADR worker: events come, change, go and are reported, against a small VTN and the API over a world in memory."""

import datetime as dt
from typing import Any

import pytest

from schemas.demandresponse import DEMAND_EVENTS, DemandEventCancelled, DemandEventChanged, DemandEventOrdered
from services.api.demandresponse.metered import Drawn
from services.api.fakes import KEY, NOON, World
from services.demandresponse.events import initial, step
from services.demandresponse.openadrclient import OwnApi, Vtn
from services.demandresponse.openadrworker import OpenAdrWorker
from services.runtime.process.outage import Outage
from tests.services.api.apps import app_of
from tests.services.api.builders import a_state
from tests.services.api.conftest import client_of
from tests.services.demandresponse.vtn import CLIENT, URL, SmallVtn, an_event

MINUTE = dt.timedelta(minutes=1)


class There:
    """The worker between both; the service of events does its part at once."""

    def __init__(self) -> None:
        self.world, self.vtn = World(), SmallVtn()
        self.world.now = NOON - 5 * MINUTE
        self.world.bus.hold(a_state(site="berlin-1"))
        self.world.bus.applies = self._applies
        self._states: dict[str, Any] = {}
        api = client_of(app_of(self.world.ports()))
        self.worker = OpenAdrWorker(
            Vtn(self.vtn.http, URL, token_url="", client=CLIENT),
            OwnApi(api, "http://voltbus.test", lambda: KEY),
            every_s=1,
            client_name="voltbus",
            simple=(100, 75, 50, 0),
            clock=lambda: self.world.now,
        )

    def _applies(self, record: Any) -> None:
        if isinstance(record, DemandEventOrdered | DemandEventCancelled):
            state, outputs = step(self._states.get(record.event) or initial(record.event), record)
            self._states[record.event] = state
            for output in outputs:
                self.world.bus.hold(output)

    @property
    def events(self) -> list[DemandEventChanged]:
        found = [each for each in self.world.bus.all(DEMAND_EVENTS).values() if isinstance(each, DemandEventChanged)]
        return sorted(found, key=lambda each: each.terms.from_at)


async def test_events_of_the_vtn_are_ordered_once() -> None:
    there = There()
    there.vtn.events = [an_event()]
    for _ in range(3):
        await there.worker.poll()

    assert [each.terms.limit_w for each in there.events] == [50_500, 20_000]
    assert {each.edition for each in there.events} == {1}
    assert {each.terms.programme for each in there.events} == {"Peak Saver"}


async def test_a_worker_that_starts_again_changes_nothing() -> None:
    there = There()
    there.vtn.events = [an_event()]
    await there.worker.poll()
    there.worker._sent.clear()
    await there.worker.poll()

    assert {each.edition for each in there.events} == {1}


async def test_an_event_that_changed_is_changed_and_one_that_is_gone_is_cancelled() -> None:
    there = There()
    there.vtn.events = [an_event()]
    await there.worker.poll()
    there.vtn.events[0]["intervals"] = [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [30]}]}]
    await there.worker.poll()
    assert [(each.status, each.terms.limit_w) for each in there.events] == [("planned", 30_000), ("cancelled", 20_000)]
    there.vtn.events = []
    await there.worker.poll()

    assert {each.status for each in there.events} == {"cancelled"}


async def test_events_of_others_are_left_alone() -> None:
    there = There()
    body = {"limit_w": "1", "to_at": (NOON + 60 * MINUTE).isoformat()}
    await there.worker._api.put("mine", body)
    await there.worker.poll()

    assert [each.status for each in there.events] == ["active"]


async def test_an_event_that_asks_for_a_report_gets_one_when_it_is_over() -> None:
    there = There()
    there.vtn.events = [an_event()]
    await there.worker.poll()
    there.world.reads.drawn = [
        Drawn("berlin-1", NOON + m * MINUTE, 9_000 if m < 0 else 3_000, 6_000) for m in range(-15, 30)
    ]
    assert there.vtn.reports == []
    there.world.now = NOON + 31 * MINUTE
    for event in there.events:
        there.world.bus.hold(event.__replace__(status="over") if hasattr(event, "__replace__") else _over(event))
    for _ in range(2):
        await there.worker.poll()

    (report,) = there.vtn.reports
    intervals = report["resources"][0]["intervals"]
    assert (report["eventID"], len(intervals)) == ("evt-1", 30)
    assert intervals[0]["payloads"][0] == {"type": "DEMAND", "values": [3.0]}


def _over(event: DemandEventChanged) -> DemandEventChanged:
    from msgspec.structs import replace

    return replace(event, status="over")


async def test_what_the_api_refuses_is_said_once_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    there = There()
    there.vtn.events = [an_event("nowhere", targets=["hamburg-1"]), an_event()]
    for _ in range(2):
        await there.worker.poll()

    assert len(there.events) == 2
    assert sum("the API refuses it" in each.message for each in caplog.records) == 2  # one an interval


async def test_a_vtn_that_is_away_cancels_nothing() -> None:
    there = There()
    there.vtn.events = [an_event()]
    await there.worker.poll()
    there.vtn.away = True
    with pytest.raises(Outage):
        await there.worker.poll()

    assert {each.status for each in there.events} == {"planned"}
