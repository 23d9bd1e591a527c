"""The scenario `limits`: one demand-response event for every station, how soon each has it, and what of it is metered when."""

import asyncio
import http.client
import time
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import msgspec

from loadtest.proof.api import Api, ApiRefused
from loadtest.report.outcome import Recording
from loadtest.report.tally import Tally
from loadtest.run.round_trips import record

LIMIT_W = 4_200
CHARGING_S = 90.0
"""So long all charge at full power before the event: its baseline."""
EVENT_S = 180.0
LOOK_EVERY_S = 0.25
GIVEN_UP_S = 60.0
METERED_AFTER_S = 60.0


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """One event over the API, and its report."""

    api: str
    key: str
    stations: int

    async def run(self, recording: Recording, over: asyncio.Event) -> None:
        """Order the event once all charge, and follow it to its report."""
        stop = Event()
        asking = asyncio.create_task(asyncio.to_thread(self._follow, stop))
        ended = asyncio.create_task(over.wait())
        begun = time.perf_counter()
        await asyncio.wait((asking, ended), return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        tally = await asking
        ended.cancel()
        record(recording, [tally], time.perf_counter() - begun)

    def _follow(self, stop: Event) -> Tally:
        tally = Tally()
        api = Api(self.api, self.key)
        try:
            stop.wait(CHARGING_S)
            self._ordered(api, tally, stop)
        except (ApiRefused, OSError, http.client.HTTPException) as error:
            tally.failed("demand response", str(error)[:200] or type(error).__name__)
        finally:
            api.close()
        return tally

    def _ordered(self, api: Api, tally: Tally, stop: Event) -> None:
        begun = datetime.now(UTC)
        ends = begun + timedelta(seconds=EVENT_S)
        event = api.order_event({"title": "load test", "limit_w": str(LIMIT_W), "to_at": ends.isoformat()})
        tally.count_answer("event ordered", (datetime.now(UTC) - begun).total_seconds())
        while not stop.is_set() and (datetime.now(UTC) - begun).total_seconds() < GIVEN_UP_S:
            if api.event_counts(event).get("accepted", 0) >= self.stations:
                break
            time.sleep(LOOK_EVERY_S)
        for accepted_at in api.accepted(event):
            tally.count_answer("limit accepted", (accepted_at - begun).total_seconds())
        stop.wait(max(0.0, METERED_AFTER_S + 75 - (datetime.now(UTC) - begun).total_seconds()))
        tally.counts["share of the ordered reduction metered after 60 s, in percent"] = share_at(
            api.event_report(event), begun + timedelta(seconds=METERED_AFTER_S)
        )
        stop.wait(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
        while not stop.is_set() and not api.event_report(event)["whole"]:
            time.sleep(LOOK_EVERY_S)
        tally.count_answer("report after the end", (datetime.now(UTC) - ends).total_seconds())


def share_at(report: dict[str, Any], moment: datetime) -> int:
    """What of the ordered reduction of all sites was metered at the end of the minute of a moment, in percent."""
    minute = moment.replace(second=0, microsecond=0)
    rows = [row for row in report["minutes"] if datetime.fromisoformat(row["minute"]) == minute]
    ordered = sum(row["ordered_w"] for row in rows)
    return round(100 * sum(row["delivered_w"] for row in rows) / ordered) if ordered else 0
