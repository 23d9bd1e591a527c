"""A campaign and all it talks to: its blocks, its stations' updates, and stations; records arrive in any order and repeatedly.

Each topic keeps the order of each key, as Kafka does; which topic goes next is the test's choice, and so is how far a service
goes back when it starts again.
"""

import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from schemas.base import Due, Record
from schemas.campaigns import CampaignChanged, StationsReleased
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.firmware import DEFERRED, FINAL, FirmwareStatusReported, UpdateChanged, UpdateOrdered, UpdateState
from schemas.routing import route
from services.firmware import campaigns, core
from tests.services.firmware.records import NEW, OLD, at, known

Behaviour = Callable[["World", CommandRequested, float], None]
IDLE = frozenset({UpdateState.READY, UpdateState.OBSERVING}) | DEFERRED | FINAL


def obedient(world: "World", command: CommandRequested, seconds: float) -> None:
    """A station that does as it is told."""
    world.settle(command, seconds + 1, "accepted")
    world.status(command, seconds + 5, "Downloading")
    world.status(command, seconds + 10, "Installing")
    world.later(seconds + 20, known(seconds + 20, station=command.station, version=NEW, boots=seconds + 20))


def failing(world: "World", command: CommandRequested, seconds: float) -> None:
    """A station whose installation fails."""
    world.settle(command, seconds + 1, "accepted")
    world.status(command, seconds + 5, "InstallationFailed")


class World:
    """Records on their way by topic and key, and the states of both services."""

    def __init__(self, *records: Record, behave: Callable[[str], Behaviour] = lambda _: obedient) -> None:
        self.updates: dict[str, Any] = {}
        self.campaigns: dict[str, Any] = {}
        self.queues: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
        self.said: list[Record] = []
        self.now = 0.0
        self.in_flight: set[str] = set()
        self.most_in_flight = 0
        self.by_site: dict[str, int] = {}
        self.commands: dict[str, CommandRequested] = {}
        self.sent_at: dict[str, float] = {}
        self._behave = behave
        self._later: list[tuple[float, int, Record]] = []
        self._order = itertools.count()
        self.send(*records)

    # -- the bus ------------------------------------------------------------------------------------------------------

    def send(self, *records: Record) -> None:
        for record in records:
            to = route(record)
            self.queues[to.topic, to.key.decode()].append(record)

    def later(self, seconds: float, *records: Record) -> None:
        """Send records when their time has come."""
        for record in records:
            if seconds <= self.now:
                self.send(record)
            else:
                heapq.heappush(self._later, (seconds, next(self._order), record))

    def settle(self, command: CommandRequested, seconds: float, outcome: str, **more: Any) -> None:
        self.later(
            seconds,
            CommandSettled(
                **{
                    "id": f"settled-{command.id}",
                    "command_id": command.id,
                    "station": command.station,
                    "outcome": outcome,
                    "settled_at": at(seconds),
                }
                | more
            ),
        )

    def status(self, command: CommandRequested, seconds: float, status: str) -> None:
        request_id = command.command.request_id  # type: ignore[union-attr]
        self.later(
            seconds,
            FirmwareStatusReported(
                id=f"{status}-{command.id}",
                station=command.station,
                status=status,  # type: ignore[arg-type]
                request_id=request_id,
                received_at=at(seconds),
            ),
        )

    # -- the services -------------------------------------------------------------------------------------------------

    def deliver(self, place: tuple[str, str], *, keep: bool = False, crash: bool = False) -> None:
        """The first record of a queue to whoever reads it; `keep`: it will come again.

        `crash`: what the service says is on the bus, but its state is lost, and the record comes again after others.
        """
        keep = keep or crash
        record = self.queues[place][0] if keep else self.queues[place].pop(0)
        if not self.queues[place]:
            del self.queues[place]
        saved = dict(self.updates), dict(self.campaigns)
        self._apply(place[0], place[1], record)
        if crash:
            self.updates, self.campaigns = saved

    def _apply(self, topic: str, key: str, record: Record) -> None:
        match topic:
            case "csms.firmware-campaigns" | "csms.firmware-updates":
                self._step(self.campaigns, campaigns, key, record)
            case "csms.commands":
                self._commanded(record)
            case "csms.firmware-campaign-states":
                pass
            case _:
                self._step(self.updates, core, key, record)

    def _step(self, states: dict[str, Any], service: Any, key: str, record: Record) -> None:
        before = states.get(key) or service.initial(key)
        states[key], outputs = service.step(before, record)
        self.said += outputs
        for output in outputs:
            self._watch(output)
        self.send(*outputs)

    def _watch(self, output: Record) -> None:
        if isinstance(output, UpdateOrdered):
            state = self.updates.get(output.station)
            update = state.update if state is not None else None
            stale = update is not None and update.revision > output.turn
            past = (
                any(p.campaign == output.campaign and p.revision > output.turn for p in state.past) if state else False
            )
            if not stale and not past:
                self.in_flight.add(output.station)
        if isinstance(output, UpdateChanged) and output.state in IDLE:
            self.in_flight.discard(output.station)
        self.most_in_flight = max(self.most_in_flight, len(self.in_flight))
        if isinstance(output, StationsReleased):
            campaign = self.campaigns["c1"].campaign
            assert campaign.status == "running", "a campaign that does not run gives no turns"

    def _commanded(self, record: Record) -> None:
        if isinstance(record, CommandCancelled):
            command = self.commands.get(record.command_id)
            if command is not None and command.id not in self.sent_at:
                self.sent_at[command.id] = -1
                self.settle(command, self.now, "cancelled")
            return
        assert isinstance(record, CommandRequested)
        if record.id in self.commands:
            return  # services/commands knows it
        self.commands[record.id] = record
        if record.expires_at <= at(self.now):
            self.settle(record, self.now, "expired")
            return
        self.sent_at[record.id] = self.now
        self._behave(record.station)(self, record, self.now)

    # -- time ---------------------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Deliver everything, queue after queue."""
        while self.queues:
            self.deliver(next(iter(self.queues)))

    def next_due(self) -> datetime | None:
        """When the next Due is wanted."""
        moments = [core.due(state) for state in self.updates.values()]
        moments += [campaigns.due(state) for state in self.campaigns.values()]
        return min((moment for moment in moments if moment is not None), default=None)

    def tell_due(self) -> None:
        """A Due to whoever asked for one by now."""
        for states, service in ((self.updates, core), (self.campaigns, campaigns)):
            for key, state in list(states.items()):
                moment = service.due(state)
                if moment is not None and moment <= at(self.now):
                    self._step(states, service, key, Due(key=key, at=moment, sent_at=at(self.now)))

    def run(self, until: float) -> None:
        """Deliver, let time pass to the next moment asked for, and so on."""
        self.drain()
        while (moment := self.next_moment()) is not None and moment <= until:
            self.now = max(self.now, moment)
            self.arrive()
            self.tell_due()
            self.drain()
        self.now = until

    def arrive(self) -> None:
        """Send what was to be sent by now."""
        while self._later and self._later[0][0] <= self.now:
            self.send(heapq.heappop(self._later)[2])

    def next_moment(self) -> float | None:
        """When something happens next: a record that is sent, or a Due."""
        due = self.next_due()
        moments = [(due - at(0)).total_seconds()] if due is not None else []
        return min([*moments, *(seconds for seconds, _, _ in self._later[:1])], default=None)

    # -- what it came to ----------------------------------------------------------------------------------------------

    @property
    def told(self) -> CampaignChanged:
        return [record for record in self.said if isinstance(record, CampaignChanged)][-1]

    @property
    def changes(self) -> list[UpdateChanged]:
        found = {record.id: record for record in self.said if isinstance(record, UpdateChanged)}
        return list(found.values())

    def finals(self) -> dict[str, list[str]]:
        """The final states that each station came to."""
        found: dict[str, list[str]] = defaultdict(list)
        for change in self.changes:
            if change.state in FINAL:
                found[change.station].append(str(change.state))
        return found


def a_fleet(stations: int, **changes: Any) -> list[Record]:
    """So many stations, as their service tells them."""
    return [known(0, station=f"S-{n:05d}", version=OLD, **changes) for n in range(stations)]
