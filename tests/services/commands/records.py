"""Builders: one record each, every member with a default, one override to tell what a test is about."""

import datetime as dt
from typing import Any

import msgspec

from schemas.base import Due, Record
from schemas.commands import (
    CommandCancelled,
    CommandDispatched,
    CommandRequested,
    CommandSettled,
    ConnectionSuperseded,
    DeliveryReported,
    StationLocated,
)
from schemas.states.commands import CommandQueue
from schemas.stationcommands import Reset
from services.commands.core import Policy, due, initial, step
from tests.services.core import Core
from tests.services.moments import at

STATION = "DE-BER-0001"


def requested(command_id: str = "c1", *, seconds: float = 0, ttl_s: float = 60, **changes: Any) -> CommandRequested:
    return CommandRequested(
        **{
            "id": command_id,
            "station": STATION,
            "command": Reset(),
            "requested_at": at(seconds),
            "expires_at": at(seconds + ttl_s),
        }
        | changes
    )


def cancelled(command_id: str = "c1", *, seconds: float = 1) -> CommandCancelled:
    return CommandCancelled(id=f"cancel-{command_id}", station=STATION, command_id=command_id, requested_at=at(seconds))


def located(epoch: int = 1, *, gateway: str = "gw-0", connected: bool = True, seconds: float = 0) -> StationLocated:
    return StationLocated(
        id=f"located-{epoch}-{gateway}-{connected}",
        station=STATION,
        gateway=gateway,
        epoch=epoch,
        connected=connected,
        version="2.0.1",
        at=at(seconds),
    )


def reported(
    dispatch: CommandDispatched, result: str = "answered", *, seconds: float = 1, **changes: Any
) -> DeliveryReported:
    answered = (
        {"outcome": "accepted", "response": msgspec.Raw(b'{"status":"Accepted"}')} if result == "answered" else {}
    )
    return DeliveryReported(
        **{
            "id": f"report-{dispatch.command_id}-{dispatch.attempt}",
            "command_id": dispatch.command_id,
            "station": dispatch.station,
            "gateway": dispatch.gateway,
            "epoch": dispatch.epoch,
            "attempt": dispatch.attempt,
            "result": result,
            "at": at(seconds),
        }
        | answered
        | changes
    )


def moment(record: Record) -> dt.datetime:
    """When a record was made."""
    match record:
        case CommandRequested() | CommandCancelled():
            return record.requested_at
        case StationLocated() | DeliveryReported():
            return record.at
        case Due():
            return record.sent_at or record.at
    raise AssertionError(f"no input of the queue: {record}")


class Queue(Core[CommandQueue]):
    """One station's queue under test: feed it records, read what it says. Its clock is moved by hand, by `until`."""

    def __init__(self, *records: Record, policy: Policy | None = None) -> None:
        rules = policy or Policy()
        super().__init__(initial(STATION), lambda state, record: step(state, record, rules), *records, due=due)

    def check(self, record: Record, outputs: list[Record]) -> None:
        for output in outputs:
            assert not isinstance(output, CommandDispatched) or moment(record) < output.expires_at, "sent too late"

    def until(self, seconds: float, *, late: bool = False) -> list[Record]:
        """Let time pass, and send a Due for each moment that was asked for; `late`: all of them only at the end."""
        return self.pass_time(STATION, at(seconds), late=late)

    @property
    def dispatches(self) -> list[CommandDispatched]:
        return [record for record in self.said if isinstance(record, CommandDispatched)]

    @property
    def last_dispatch(self) -> CommandDispatched:
        return self.dispatches[-1]

    @property
    def outcomes(self) -> dict[str, str]:
        settled = [record for record in self.said if isinstance(record, CommandSettled)]
        outcomes = {record.command_id: record.outcome for record in settled}
        assert len(outcomes) == len(settled), "a command was settled twice"
        return outcomes

    @property
    def superseded(self) -> list[tuple[str, int, int]]:
        said = [record for record in self.said if isinstance(record, ConnectionSuperseded)]
        return [(record.gateway, record.epoch, record.by_epoch) for record in said]
