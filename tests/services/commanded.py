"""A station that is given commands, for the tests of cores that follow what becomes of them."""

from operator import attrgetter
from typing import Any, ClassVar

from schemas.base import Due, Record
from schemas.commands import CommandRequested, CommandSettled
from tests.services.moments import at

STATION = "DE-BER-0001"


def requested(command_id: str, command: Any, seconds: float = 0) -> CommandRequested:
    """A command of an operator."""
    return CommandRequested(
        id=command_id,
        station=STATION,
        command=command,
        requested_at=at(seconds),
        expires_at=at(seconds + 60),
        requested_by="operator",
    )


def outcome_of(command_id: str, outcome: Any, seconds: float, **given: Any) -> CommandSettled:
    """The outcome of a command that was sent."""
    members = {"id": f"settled-{command_id}", "command_id": command_id, "station": STATION, "sent": True}
    return CommandSettled(**members | {"outcome": outcome, "settled_at": at(seconds)} | given)


class Followed:
    """A station whose records reach a core, in the order given; keeps all snapshots that the core publishes.

    `core`: the module of the core. `snapshot`: the record that tells a thing whole. `by`: its member with the thing's id.
    """

    core: ClassVar[Any]
    snapshot: ClassVar[type[Record]]
    by: ClassVar[str]

    def __init__(self, *records: Record) -> None:
        self.state = self.core.initial(STATION)
        self.said: list[Any] = []
        self.reads(*records)

    def reads(self, *records: Record) -> list[Record]:
        """Apply records; give what they made the core say."""
        said: list[Record] = []
        for record in records:
            self.state, outputs = self.core.step(self.state, record)
            self.hears(outputs)
            said += outputs
        return said

    def hears(self, outputs: list[Record]) -> None:
        """Keep what the core says."""
        self.said += [output for output in outputs if isinstance(output, self.snapshot)]

    def comes_to(self, seconds: float) -> None:
        """Time passes: each `Due` comes at its time."""
        while (moment := self.core.due(self.state)) is not None and moment <= at(seconds):
            self.reads(Due(key=STATION, at=moment, sent_at=moment))

    @property
    def newest(self) -> dict[Any, Any]:
        """The newest snapshot of each thing."""
        return {attrgetter(self.by)(change): change for change in self.said}

    @property
    def one(self) -> Any:
        """The newest snapshot of the only thing there is."""
        (only,) = self.newest.values()
        return only

    def statuses(self) -> list[str]:
        """The status of each snapshot, one after the other."""
        return [change.status for change in self.said]
