"""The commands scenario: API -> station -> API, from some threads, while the workers' stations answer."""

import asyncio
import http.client
from random import Random
from threading import Event
from time import perf_counter

import msgspec

from loadtest.api import Api, ApiRefused
from loadtest.outcome import Recording
from loadtest.tally import Tally, stretch_of

COMMANDS: dict[str, dict[str, object]] = {
    "TriggerMessage": {"requested_message": "Heartbeat"},
    "DataTransfer": {"vendor_id": "Voltbus loadtest", "data": "ping"},
    "ChangeAvailability": {"operational_status": "Operative"},
    "UnlockConnector": {"evse": 1},
}
"""What may be asked, with its arguments; alike in all versions."""


class RoundTrips(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, of whom, by how many at once."""

    api: str
    key: str
    command: str
    stations: tuple[str, ...]
    concurrency: int
    pause_s: float
    seed: int

    async def run(self, recording: Recording, over: asyncio.Event) -> None:
        """Ask until the measurement is over; what came of it goes to the recording."""
        stop = Event()
        tallies = [Tally() for _ in range(self.concurrency)]
        begun = perf_counter()
        asking = [asyncio.to_thread(self._ask, number, tally, stop) for number, tally in enumerate(tallies)]
        answers = asyncio.gather(*asking)
        await over.wait()
        elapsed_s = perf_counter() - begun
        stop.set()
        await answers
        for number, tally in enumerate(tallies):
            recording.add(stretch_of(tally, worker=-1 - number, phase="measuring", at_s=elapsed_s, connected=0))
            recording.forget(-1 - number)

    def _ask(self, number: int, tally: Tally, stop: Event) -> None:
        random = Random(f"{self.seed}:{number}")
        api = Api(self.api, self.key)
        while not stop.is_set():
            begun = perf_counter()
            try:
                result = api.command(random.choice(self.stations), self.command, COMMANDS[self.command], wait_s=20.0)
            except (ApiRefused, OSError, http.client.HTTPException) as error:
                tally.failed("command", str(error)[:200] or type(error).__name__)
                api.close()
                stop.wait(1.0)
                continue
            tally.answered(f"command {self.command}", perf_counter() - begun)
            tally.counts[f"outcome {result.outcome}"] += 1
            stop.wait(self.pause_s)
        api.close()
