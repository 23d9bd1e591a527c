"""Builders: one record each, every member with a default; and one station's update under test, its clock moved by hand."""

from typing import Any

from schemas.base import Record
from schemas.campaigns import (
    BLOCK_STATIONS,
    CampaignRequested,
    CampaignSteered,
    CampaignTargetsFrozen,
    Target,
)
from schemas.commands import CommandRequested, CommandSettled
from schemas.firmware import (
    Firmware,
    FirmwareStatusReported,
    UpdateChanged,
    UpdateExtended,
    UpdateOrdered,
    UpdatePolicy,
    UpdateWithdrawn,
)
from schemas.stations import ConnectorState, StationChanged
from schemas.transactions import SessionChanged
from services.firmware.core import due, initial, step
from tests.services.core import Core
from tests.services.moments import START, at

STATION = "DE-BER-0001"
OLD, NEW = "2.4.1", "2.5.0"
FIRMWARE = Firmware(version=NEW, location="https://example.com/wallbox-2.5.0.bin")
POLICY = UpdatePolicy(attempts=2, backoff_s=60, quiet_s=600, deadline_s=7200, healthy_for_s=120)


def known(
    seconds: float = 0, *, station: str = STATION, version: str = OLD, boots: float = -1000, **changes: Any
) -> Any:
    """The station as its service tells it."""
    faults = changes.pop("faulted", 0)
    connectors = tuple(
        ConnectorState(evse=n + 1, connector=1, status="Faulted" if n < faults else "Available", at=START)
        for n in range(2)
    )
    return StationChanged(
        **{
            "id": f"known-{station}-{seconds}",
            "station": station,
            "revision": 1,
            "connected": True,
            "firmware_version": version,
            "booted_at": at(boots),
            "connectors": connectors,
            "changed_at": at(seconds),
        }
        | changes
    )


def session(seconds: float, status: str = "active", *, station: str = STATION, name: str = "s1") -> SessionChanged:
    return SessionChanged(
        id=f"{name}-{seconds}",
        session=name,
        station=station,
        revision=1,
        transaction_id="7",
        status=status,
        started_at=at(0),
        changed_at=at(seconds),
    )


def ordered(seconds: float = 10, *, turn: int = 0, **changes: Any) -> UpdateOrdered:
    return UpdateOrdered(
        **{
            "id": f"ordered-{turn}",
            "station": STATION,
            "campaign": "c1",
            "number": 0,
            "turn": turn,
            "firmware": FIRMWARE,
            "policy": POLICY,
            "ordered_at": at(seconds),
        }
        | changes
    )


def withdrawn(seconds: float, *, turn: int = 0) -> UpdateWithdrawn:
    return UpdateWithdrawn(id="w", station=STATION, campaign="c1", number=0, turn=turn, withdrawn_at=at(seconds))


def extended(seconds: float, deadline_s: int) -> UpdateExtended:
    return UpdateExtended(
        id="e", station=STATION, campaign="c1", number=0, deadline_s=deadline_s, extended_at=at(seconds)
    )


def requested(stations: int, **changes: Any) -> CampaignRequested:
    return CampaignRequested(
        **{
            "id": "c1",
            "key": "c1",
            "name": "spring",
            "firmware": FIRMWARE,
            "policy": POLICY,
            "wave_ends": (stations,),
            "stations": stations,
            "blocks": -(-stations // BLOCK_STATIONS),
            "requested_at": at(0),
            "requested_by": "operator",
        }
        | changes
    )


def name_of(number: int) -> str:
    return f"S-{number:05d}"


def frozen(stations: int, block: int = 0, *, sites: int = 3, zones: int = 1, **changes: Any) -> CampaignTargetsFrozen:
    numbers = range(block * BLOCK_STATIONS, min(stations, (block + 1) * BLOCK_STATIONS))
    return CampaignTargetsFrozen(
        **{
            "id": f"c1/{block}",
            "key": f"c1/{block}",
            "campaign": "c1",
            "block": block,
            "firmware": FIRMWARE,
            "policy": POLICY,
            "targets": tuple(Target(name_of(n), n % sites, n % zones) for n in numbers),
            "frozen_at": at(0),
        }
        | changes
    )


def steered(action: str, seconds: float, **changes: Any) -> CampaignSteered:
    return CampaignSteered(
        **{
            "id": f"{action}-{seconds}",
            "key": "c1",
            "action": action,
            "requested_at": at(seconds),
            "requested_by": "operator",
        }
        | changes
    )


class Update(Core[Any]):
    """One station's service under test: feed it records, read what it says."""

    def __init__(self, *records: Record) -> None:
        super().__init__(initial(STATION), step, *records, due=due)

    def until(self, seconds: float) -> None:
        """Let time pass, with a Due for each moment that was asked for."""
        self.pass_time(STATION, at(seconds))

    def settle(self, seconds: float, outcome: str = "accepted", **changes: Any) -> None:
        """Settle the last command."""
        self.feed(
            CommandSettled(
                **{
                    "id": f"settled-{seconds}",
                    "command_id": self.commands[-1].id,
                    "station": STATION,
                    "outcome": outcome,
                    "settled_at": at(seconds),
                }
                | changes
            )
        )

    def status(self, seconds: float, *statuses: str, request_id: Any = "mine", detail: str = "") -> None:
        """Status notifications, numbered as the last command unless told otherwise."""
        number = self.commands[-1].command.request_id if request_id == "mine" else request_id
        for status in statuses:
            self.feed(
                FirmwareStatusReported(
                    id=f"{status}-{seconds}",
                    station=STATION,
                    status=status,
                    request_id=number,
                    detail=detail,
                    received_at=at(seconds),
                )
            )

    @property
    def commands(self) -> list[Any]:
        return [record for record in self.said if isinstance(record, CommandRequested)]

    @property
    def changes(self) -> list[UpdateChanged]:
        return [record for record in self.said if isinstance(record, UpdateChanged)]

    @property
    def states(self) -> list[str]:
        return [str(change.state) for change in self.changes]
