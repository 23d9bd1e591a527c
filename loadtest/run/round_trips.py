"""The scenarios that ask through the API, from threads of their own, while the workers' stations answer."""

import asyncio
import contextlib
import http.client
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Queue
from random import Random
from threading import Event
from time import perf_counter

import msgspec

from loadtest.proof.api import Api, ApiRefused
from loadtest.report.outcome import OUTCOME, Recording
from loadtest.report.tally import Tally, stretch_of

COMMANDS: dict[str, dict[str, object]] = {
    "TriggerMessage": {"requested_message": "Heartbeat"},
    "DataTransfer": {"vendor_id": "Voltbus loadtest", "data": "ping"},
    "ChangeAvailability": {"operational_status": "Operative"},
    "UnlockConnector": {"evse": 1},
}
"""What may be asked, with its arguments; alike in all versions."""


PROFILE_W = 4_000.0
FANOUT_WAIT_S = 30.0


def limit_payload(version: str) -> dict[str, object]:
    """SetChargingProfile for the whole station: one limit, from now on (1.6 section 5.16, 2.x K01)."""
    schedule: dict[str, object] = {
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": PROFILE_W}],
    }
    profile: dict[str, object] = {"stackLevel": 0, "chargingProfileKind": "Absolute"}
    if version == "1.6":
        station = {"chargingProfilePurpose": "ChargePointMaxProfile", "chargingSchedule": schedule}
        return {"connectorId": 0, "csChargingProfiles": {"chargingProfileId": 1, **profile, **station}}
    schedules = [{"id": 1, "startSchedule": "2026-01-01T00:00:00Z", **schedule}]
    whole = {"id": 1, **profile, "chargingProfilePurpose": "ChargingStationMaxProfile", "chargingSchedule": schedules}
    return {"evseId": 0, "chargingProfile": whole}


class Fanout(msgspec.Struct, frozen=True, kw_only=True):
    """One charging profile to every station: requests to so many stations each, by so many askers at once."""

    api: str
    key: str
    stations: tuple[str, ...]
    versions: tuple[str, ...]
    per_request: int
    concurrency: int

    async def run(self, recording: Recording, over: asyncio.Event) -> None:
        """Ask every station once; "profile accepted" counts from before the first request until its answer is here.

        Its maximum is when the last accept is known.
        """
        begun = perf_counter()
        waiting: Queue[tuple[str, ...]] = Queue()
        for start in range(0, len(self.stations), self.per_request):
            waiting.put(self.stations[start : start + self.per_request])
        stop = Event()
        tallies = [Tally() for _ in range(min(self.concurrency, waiting.qsize()))]
        with ThreadPoolExecutor(max(1, len(tallies))) as threads:
            loop = asyncio.get_running_loop()
            asking = [loop.run_in_executor(threads, self._ask, waiting, tally, (begun, stop)) for tally in tallies]
            ended = asyncio.create_task(over.wait())
            everything = asyncio.gather(*asking)
            await asyncio.wait((ended, everything), return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            await everything
            ended.cancel()
        record(recording, tallies, perf_counter() - begun)

    def _ask(self, waiting: Queue[tuple[str, ...]], tally: Tally, until: tuple[float, Event]) -> None:
        begun, stop = until
        payloads = {version: limit_payload(version) for version in self.versions}
        api = Api(self.api, self.key)
        while not stop.is_set():
            try:
                stations = waiting.get_nowait()
            except Empty:
                break
            try:
                results = api.raw(stations, "SetChargingProfile", payloads, wait_s=FANOUT_WAIT_S)
            except (ApiRefused, OSError, http.client.HTTPException) as error:
                for _ in stations:
                    tally.failed("SetChargingProfile", str(error)[:200] or type(error).__name__)
                api.close()
                continue
            known_s = perf_counter() - begun
            for result in results:
                tally.counts[f"{OUTCOME}{result.outcome}"] += 1
                if result.outcome == "accepted":
                    tally.count_answer("profile accepted", known_s)
        api.close()


COMMAND_WAIT_S = 20.0


class RoundTrips(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, of whom, by how many at once."""

    api: str
    key: str
    command: str
    stations: tuple[str, ...]
    concurrency: int
    pause_s: float
    seconds: float
    seed: int

    async def run(self, recording: Recording, over: asyncio.Event) -> None:
        """Ask for so long, and hear the last answer out: the stations stay until then."""
        stop = Event()
        tallies = [Tally() for _ in range(self.concurrency)]
        begun = perf_counter()
        asking = [asyncio.to_thread(self._ask, number, tally, stop) for number, tally in enumerate(tallies)]
        answers = asyncio.gather(*asking)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await over.wait()
        elapsed_s = perf_counter() - begun
        stop.set()
        await answers
        record(recording, tallies, elapsed_s)

    def _ask(self, number: int, tally: Tally, stop: Event) -> None:
        random = Random(f"{self.seed}:{number}")
        api = Api(self.api, self.key)
        while not stop.is_set():
            begun = perf_counter()
            try:
                result = api.command(
                    random.choice(self.stations), self.command, COMMANDS[self.command], wait_s=COMMAND_WAIT_S
                )
            except (ApiRefused, OSError, http.client.HTTPException) as error:
                tally.failed("command", str(error)[:200] or type(error).__name__)
                api.close()
                stop.wait(1.0)
                continue
            tally.count_answer(f"command {self.command}", perf_counter() - begun)
            tally.counts[f"{OUTCOME}{result.outcome}"] += 1
            stop.wait(self.pause_s)
        api.close()


def record(recording: Recording, tallies: Sequence[Tally], elapsed_s: float) -> None:
    """Add the counts of the API threads to those of the workers."""
    for number, tally in enumerate(tallies, start=1):
        recording.add(stretch_of(tally, worker=-number, phase="measuring", at_s=elapsed_s, connected=0))
        recording.forget(-number)
