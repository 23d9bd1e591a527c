"""Builders: one record each with one thing different, and a station whose records reach the core."""

from decimal import Decimal
from typing import Any

import msgspec

from schemas.base import Record
from schemas.batteries import (
    Battery,
    BatterySlotChanged,
    BatterySwapChanged,
    BatterySwapReported,
    RequestBatterySwap,
)
from schemas.commands import CommandRequested, CommandSettled
from schemas.reports import request_id_of
from services.batteries import core
from tests.services.commanded import STATION, Followed, outcome_of, requested
from tests.services.moments import at


def asked(command_id: str = "s1", *, seconds: float = 0, token: str = "04A1") -> CommandRequested:
    return requested(command_id, RequestBatterySwap(token=token), seconds)


def settled(
    command_id: str = "s1", outcome: Any = "accepted", *, seconds: float = 1, reason: str = "", **changes: Any
) -> CommandSettled:
    answer = {"status": "Rejected", "statusInfo": {"reasonCode": reason}} if reason else {"status": "Accepted"}
    response = msgspec.Raw(msgspec.json.encode(answer))
    given = {"command": "RequestBatterySwap", "response": response} | changes
    return outcome_of(command_id, outcome, seconds, **given)


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


class Station(Followed):
    """A station with swaps, and what was said of its slots (`placed`)."""

    core, snapshot, by = core, BatterySwapChanged, "swap"
    swaps = Followed.newest

    def __init__(self, *records: Record) -> None:
        self.placed: list[BatterySlotChanged] = []
        super().__init__(*records)

    def hears(self, outputs: list[Record]) -> None:
        super().hears(outputs)
        self.placed += [output for output in outputs if isinstance(output, BatterySlotChanged)]

    @property
    def slots(self) -> dict[int, str | None]:
        """The serial number in each slot, None where it is empty."""
        newest = {one.slot: one for one in self.placed}
        return {slot: one.battery.serial_number if one.battery else None for slot, one in newest.items()}
