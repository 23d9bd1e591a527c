"""Builders: one record each with one thing different, and a station whose records reach the core."""

from decimal import Decimal
from typing import Any

import msgspec

from schemas.base import Due, Record
from schemas.batteries import (
    Battery,
    BatterySlotChanged,
    BatterySwapChanged,
    BatterySwapReported,
    RequestBatterySwap,
)
from schemas.commands import CommandRequested, CommandSettled
from schemas.reports import request_id_of
from schemas.states.batteries import StationBatteries
from services.batteries.core import due, initial, step
from tests.services.moments import at

STATION = "DE-BER-0001"


def asked(command_id: str = "s1", *, seconds: float = 0, token: str = "04A1") -> CommandRequested:
    return CommandRequested(
        id=command_id,
        station=STATION,
        command=RequestBatterySwap(token=token),
        requested_at=at(seconds),
        expires_at=at(seconds + 60),
        requested_by="operator",
    )


def settled(
    command_id: str = "s1", outcome: Any = "accepted", *, seconds: float = 1, reason: str = "", **changes: Any
) -> CommandSettled:
    members = {"id": f"settled-{command_id}", "command_id": command_id, "station": STATION, "sent": True}
    answer = {"status": "Rejected", "statusInfo": {"reasonCode": reason}} if reason else {"status": "Accepted"}
    response = msgspec.Raw(msgspec.json.encode(answer))
    more = {"command": "RequestBatterySwap", "outcome": outcome, "response": response, "settled_at": at(seconds)}
    return CommandSettled(**members | more | changes)


def battery(serial: str = "B-1", slot: int = 1, soc: int = 15) -> Battery:
    return Battery(slot=slot, serial_number=serial, soc=Decimal(soc), soh=Decimal(97))


def told(event: str, *batteries: Battery, seconds: float = 60, of: int | str = 7) -> BatterySwapReported:
    """A message of the swap with that number, or of the one that a command asked for."""
    number = request_id_of(of) if isinstance(of, str) else of
    return BatterySwapReported(
        id=f"{event}-{seconds}",
        station=STATION,
        request_id=number,
        event=event,
        token="04A1",
        token_type="ISO14443",
        batteries=batteries or (battery(),),
        received_at=at(seconds),
    )


class Station:
    """A station whose records reach the core, in the order given; keeps all that the core said."""

    def __init__(self, *records: Record) -> None:
        self.state: StationBatteries = initial(STATION)
        self.said: list[BatterySwapChanged] = []
        self.placed: list[BatterySlotChanged] = []
        for record in records:
            self.reads(record)

    def reads(self, record: Record) -> list[Record]:
        self.state, outputs = step(self.state, record)
        self.said += [output for output in outputs if isinstance(output, BatterySwapChanged)]
        self.placed += [output for output in outputs if isinstance(output, BatterySlotChanged)]
        return outputs

    def comes_to(self, seconds: float) -> None:
        """Time passes: each `Due` comes at its time."""
        while (moment := due(self.state)) is not None and moment <= at(seconds):
            self.reads(Due(key=STATION, at=moment, sent_at=moment))

    @property
    def swaps(self) -> dict[str, BatterySwapChanged]:
        """The newest snapshot of each swap."""
        return {change.swap: change for change in self.said}

    @property
    def one(self) -> BatterySwapChanged:
        (only,) = self.swaps.values()
        return only

    @property
    def slots(self) -> dict[int, str | None]:
        """The serial number in each slot, None where it is empty."""
        newest = {one.slot: one for one in self.placed}
        return {slot: one.battery.serial_number if one.battery else None for slot, one in newest.items()}
