"""A firmware campaign beside the load, over stations of its own; afterwards each was commanded as often as the rules allow."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx

from schemas.commands import OUTCOMES
from schemas.firmware import FINAL, FIRMWARE_UPDATES, UpdateState
from tests.chaos import verdict
from tests.chaos.cluster import LONG
from tests.chaos.stage import Stage
from tests.integration.campaigns import begun, finished, rows
from tests.integration.product import eventually
from tests.integration.wallboxes import Manner, Wallbox, alive, wallboxes

STATIONS = 96 if LONG else 36
MANNERS: tuple[Manner, ...] = ("speaks", "fails", *("mute", "stammers", "speaks", "speaks", "mute", "stammers") * 2)
"""Of 14 stations one fails, in each of its attempts."""
PACE_S = 0.4
WAVES: list[dict[str, int]] = [{"stations": 4}, {"percent": 40}]
AT_ONCE = 6
WATCHED_S = 1 if LONG else 0
"""A health watch that ends while the service is away is prolonged by the time that reading the backlog takes."""
POLICY = {"attempts": 2, "backoff_s": 2, "healthy_for_s": WATCHED_S, "quiet_s": 60, "deadline_s": 900}
"""Who acknowledges a command gives a sign before `backoff_s` is over: there is no reason to ask anybody twice."""
FINISHED_WITHIN_S = 120


class Campaign:
    """A campaign that runs, and its stations."""

    def __init__(self, stage: Stage, api: httpx.AsyncClient, url: str, stations: list[Wallbox]) -> None:
        self._stage, self._api, self._url = stage, api, url
        self._stations = stations

    async def goes_on(self, stations: int) -> None:
        """Wait until so many more stations are done with, while others work."""
        before = await self._done()

        async def went_on() -> bool:
            return await self._done() >= before + stations

        await eventually(went_on, within_s=FINISHED_WITHIN_S)
        assert await self._done() < len(self._stations), "the campaign is over, and nothing has happened to it"

    async def verify(self) -> None:
        """The campaign ends; its counts are right in the API and in ClickHouse; each station received each attempt once."""
        campaign = await eventually(lambda: finished(self._api, self._url), within_s=FINISHED_WITHIN_S, every_s=0.3)
        self._stage.tell(f"the campaign is over: {campaign['counts']}")
        failing = sum(station.manner == "fails" for station in self._stations)
        expected = {"succeeded": len(self._stations) - failing, "installation-failed": failing}
        assert campaign["counts"] == expected
        assert [verdict["passed"] for verdict in campaign["verdicts"]] == [True] * len(campaign["waves"])
        found = await rows(self._api, self._url, expected)
        assert Counter(row["station"] for row in found) == {station.name: 1 for station in self._stations}
        key = self._url.rpartition("/")[2]
        changes = [one for one in await self._stage.records(FIRMWARE_UPDATES) if one.campaign == key]
        heard = {station.name: station.updates for station in self._stations}
        told = verdict.of_updates(heard, changes, await self._stage.records(OUTCOMES))
        assert not told, verdict.shown(told)
        self._stage.tell(f"{sum(map(len, heard.values()))} commands heard, {len(changes)} changes")

    async def _done(self) -> int:
        answer = await self._api.get(self._url)
        counts: dict[str, Any] = answer.json()["counts"] if answer.is_success else {}
        return sum(count for state, count in counts.items() if UpdateState(state) in FINAL)


@contextlib.asynccontextmanager
async def campaigning(stage: Stage) -> AsyncIterator[Campaign]:
    """A campaign over stations of three versions that come through the balancer; it has begun, and is verified at the end."""
    prefix = f"{stage.load.assignment.prefix}-FW"
    stations = wallboxes(STATIONS, prefix=prefix, manners=MANNERS, pace_s=PACE_S)
    async with alive(stations, stage.cluster.url), stage.cluster.api() as api:
        url = await begun(
            api, stations, waves=WAVES, gate={"success_share": 0.5}, limits={"max_at_once": AT_ONCE}, policy=POLICY
        )
        stage.tell("the campaign has begun")
        campaign = Campaign(stage, api, url, stations)
        yield campaign
        await campaign.verify()
