"""The demo: what `make up` does for its simulated stations at its first start, so that every page of the console has something to show.

It runs beside the product and never ends it: a step that fails is said on stderr. Steps that were done are noted in the data folder and
not done again, so that nothing is doubled by a later start, and what an operator removed stays removed; but for what the embedded bus
forgets and the stations begin anew.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from deploy.local.contracts import root_of
from deploy.local.demo.metering import report
from deploy.local.demo.operator import NotYet, Operator, Refused
from deploy.local.demo.receiver import HOST, Receiver
from deploy.local.demo.sites import trees_of
from deploy.local.demo.stations import FLEET, player
from deploy.local.demo.steps import Step, steps

NOTES: Final = "demo.json"
CONNECTED_WITHIN_S: Final = 60.0
PATIENT_FOR_S: Final = 90.0
LOOKED_EVERY_S: Final = 1.0

Pause = Callable[[float], Awaitable[object]]


class Notes(msgspec.Struct):
    """What the demo has done in this data folder. `receiver_port`: where its receiver listens."""

    done: list[str] = []
    receiver_port: int = 0


class Demo:
    """The demo world of one data folder. `kept`: how many records an earlier start left; with some and no notes it does nothing."""

    def __init__(
        self, operator: Operator, *, stations: int, folder: Path, kept: int, pause: Pause = asyncio.sleep
    ) -> None:
        self.fleet: Sequence[str] = FLEET[:stations]
        self._operator = operator
        self._path = folder / NOTES
        self._log = folder / "log" / "webhook.log"
        self._root = root_of(folder)
        self._pause = pause
        self._wanted = stations > 0 and (kept == 0 or self._path.exists())
        self._notes = self._read()
        self._steps: list[Step] = []
        self._there: dict[str, bool] = {}
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[None]:
        """Listen for what the demo's webhook is sent, while the body runs."""
        if not self._wanted:
            yield
            return
        receiver = Receiver(self._log)
        try:
            self._notes.receiver_port = await receiver.start(self._notes.receiver_port)
        except OSError as error:
            _say(f"port {self._notes.receiver_port} is taken, so the webhook of the demo reaches nobody: {error}")
        url = f"http://{HOST}:{self._notes.receiver_port}/"
        wanted = steps(self.fleet, receiver=url, root=self._root)
        self._steps = [each for each in wanted if each.each_start or each.name not in self._notes.done]
        try:
            yield
        finally:
            await receiver.stop()

    async def prepare(self) -> None:
        """Do what has to be done before stations connect, all at once."""
        await asyncio.gather(*(self._do(step) for step in self._steps if step.early))

    async def live(self) -> None:
        """Do the other steps; then the meters of the sites report until this is cancelled, at later starts too."""
        await self.run()
        if self._wanted:
            await report(self._operator, [site for site, _ in trees_of(self.fleet)], self._pause)

    async def run(self) -> None:
        """Do the other steps, one after the other; those that have to wait for something in the end."""
        later = [step for step in self._steps if not step.early]
        for step in [*(one for one in later if not one.patient), *(one for one in later if one.patient)]:
            await self._do(step)

    def begin(self) -> None:
        """Have the demo go on beside the product."""
        self._task = asyncio.create_task(self.live())

    def stop(self) -> None:
        """Do no further step."""
        if self._task is not None:
            self._task.cancel()

    async def _do(self, step: Step) -> None:
        station = player(step.at, self.fleet) or ""
        if step.at and not station:
            return  # the fleet is too small to have such a station
        try:
            if station:
                await self._connected(station)
            await self._tried(step, station)
        except (Refused, OSError) as error:
            _say(f"{step.name}: {error}")
            return
        if step.name not in self._notes.done:
            self._notes.done.append(step.name)
        self._path.write_bytes(msgspec.json.encode(self._notes))

    async def _tried(self, step: Step, station: str) -> None:
        for _ in range(int(PATIENT_FOR_S / LOOKED_EVERY_S) if step.patient else 0):
            try:
                return await step.do(self._operator, station)
            except NotYet:
                await self._pause(LOOKED_EVERY_S)
        return await step.do(self._operator, station)

    async def _connected(self, station: str) -> None:
        """Wait until the station is there, once. Raises Refused where it does not come."""
        if station not in self._there:
            self._there[station] = await self._comes(station)
        if not self._there[station]:
            raise Refused(f"{station} has not connected within {CONNECTED_WITHIN_S:.0f} s")

    async def _comes(self, station: str) -> bool:
        for _ in range(int(CONNECTED_WITHIN_S / LOOKED_EVERY_S)):
            found = await self._operator.get(f"/stations?search={station}&limit=1&connected=true")
            if any(each["station"] == station for each in found["items"]):
                return True
            await self._pause(LOOKED_EVERY_S)
        return False

    def _read(self) -> Notes:
        if not self._path.exists():
            return Notes()
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Notes)
        except msgspec.DecodeError as error:
            self._wanted = False
            _say(
                f"{self._path} cannot be read ({error}); nothing more is provisioned. Remove it and the others in its folder to begin anew."
            )
            return Notes()


def _say(what: str) -> None:
    print(f"The demo could not do a step. {what}", file=sys.stderr, flush=True)
