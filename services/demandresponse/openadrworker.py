"""The OpenADR 3.1 client: polls a VTN, has the API make its events, cancels those that are gone, and sends reports back."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from services.demandresponse.metrics import OPENADR_POLLS
from services.demandresponse.openadrmapping import SOURCE, Mapped, mapped, report_for
from services.demandresponse.openadrwire import Program, VtnEvent, VtnReport
from services.runtime.process.outage import Outage

log = logging.getLogger("voltbus.openadr")

REPORTED_KNOWN = 10_000


class Vtn(Protocol):
    """A VTN. Raises Outage."""

    async def programs(self) -> list[Program]: ...
    async def events(self) -> list[VtnEvent]: ...
    async def reported(self, event: str, client_name: str) -> bool: ...
    async def send(self, report: VtnReport) -> None: ...


class Api(Protocol):
    """The API of this product. Raises Outage."""

    async def events(self, source: str) -> list[dict[str, Any]]: ...
    async def put(self, event: str, body: Mapping[str, Any]) -> str: ...
    async def cancel(self, event: str) -> None: ...
    async def report(self, event: str) -> dict[str, Any]: ...


class OpenAdrWorker:
    """The worker. It remembers nothing that it needs after a restart: the VTN and the API have it all. One of them is enough."""

    name = "openadr"

    def __init__(
        self,
        vtn: Vtn,
        api: Api,
        *,
        every_s: float,
        client_name: str,
        simple: tuple[int, ...],
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._vtn = vtn
        self._api = api
        self._every_s = every_s
        self._client_name = client_name
        self._simple = simple
        self._clock = clock
        self._trouble = ""
        self._sent: dict[str, bytes] = {}
        self._reported: dict[str, None] = {}
        self._told: set[tuple[str, str]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set."""
        while not stop.is_set():
            try:
                await self.poll()
                self._trouble = ""
                OPENADR_POLLS.labels("good").inc()
            except Outage as outage:
                self._trouble = f"the OpenADR events cannot be followed: {outage}"
                OPENADR_POLLS.labels("failed").inc()
                log.warning("%s; trying again", self._trouble)
            try:
                await asyncio.wait_for(stop.wait(), self._every_s)
            except TimeoutError:
                continue

    def not_ready(self) -> list[str]:
        """Why events are not followed now."""
        return [self._trouble] if self._trouble else []

    async def poll(self) -> None:
        """Look once: order, change and cancel events as the VTN has them, and report those that are over. Raises Outage."""
        programmes = {each.id: each.name for each in await self._vtn.programs()}
        found = await self._vtn.events()
        made = {
            each.id: mapped(each, programmes.get(each.program_id, each.program_id), self._clock(), self._simple)
            for each in found
        }
        here = await self._api.events(SOURCE)
        await self._order(made)
        wanted = {each.event for one in made.values() for each in one.wanted}
        for event in here:
            if (
                event["status"] in ("planned", "active")
                and event["event"] not in wanted
                and _is_open(event, self._clock())
            ):
                await self._api.cancel(event["event"])
                self._sent.pop(event["event"], None)
        await self._report(found, here)

    async def _order(self, made: Mapping[str, Mapped]) -> None:
        for vtn_event, one in made.items():
            for payload_type in one.ignored:
                self._tell(vtn_event, f"{payload_type} is not acted on")
            for each in one.wanted:
                body = msgspec.json.encode(each.body)
                if self._sent.get(each.event) == body:
                    continue
                why = await self._api.put(each.event, each.body)
                if why:
                    self._tell(vtn_event, f"the API refuses it: {why}")
                self._sent[each.event] = body

    async def _report(self, found: Iterable[VtnEvent], here: Iterable[dict[str, Any]]) -> None:
        """Send a report for each event that asks for one, once all that it became is over."""
        by_source: dict[str, list[dict[str, Any]]] = {}
        for each in here:
            by_source.setdefault(each["source_id"], []).append(each)
        for event in found:
            own = by_source.get(event.id, [])
            if not event.report_descriptors or not own or event.id in self._reported:
                continue
            if any(each["status"] in ("planned", "active") for each in own):
                continue
            if not await self._vtn.reported(event.id, self._client_name):
                reports = [await self._api.report(each["event"]) for each in own]
                await self._vtn.send(report_for(event.id, reports, self._client_name))
            self._reported[event.id] = None
            while len(self._reported) > REPORTED_KNOWN:
                self._reported.pop(next(iter(self._reported)))

    def _tell(self, vtn_event: str, what: str) -> None:
        """Say once what of an event is not acted on."""
        if (vtn_event, what) not in self._told and len(self._told) < REPORTED_KNOWN:
            self._told.add((vtn_event, what))
            log.warning("OpenADR event %s: %s", vtn_event, what)


def _is_open(event: Mapping[str, Any], now: dt.datetime) -> bool:
    """Whether the limit of an event is yet to end: one in its ramp up is not cancelled for having left the VTN's list."""
    return dt.datetime.fromisoformat(event["to_at"]) > now
