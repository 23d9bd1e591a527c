"""Obeying: what a command does at the bays of a simulated station."""

from collections.abc import Sequence

from loadtest.ocpp.intents import (
    KeepTariffs,
    KeepTransactionTariff,
    SetAvailability,
    StartCharging,
    StopCharging,
)
from loadtest.station.bay import Bay
from loadtest.station.tariffs import Tariffs


def bays_of(bays: Sequence[Bay], evse: int) -> tuple[Bay, ...]:
    """The bay of that number, or with 0 all of them."""
    return tuple(bays) if evse == 0 else (bays[evse - 1],)


def obey(bays: Sequence[Bay], intent: StartCharging | StopCharging | SetAvailability) -> None:
    """Start, stop, take in or out of operation."""
    match intent:
        case StartCharging():
            bays[intent.evse - 1].summon(intent)
        case StopCharging():
            bays[intent.evse - 1].stop(intent.reason)
        case SetAvailability():
            for bay in bays_of(bays, intent.evse):
                bay.set_operative(intent.operative)


def retariff(bays: Sequence[Bay], tariffs: Tariffs, intent: KeepTariffs | KeepTransactionTariff) -> None:
    """Other default tariffs, or another tariff for what runs."""
    match intent:
        case KeepTariffs():
            tariffs.kept = intent.tariffs
        case KeepTransactionTariff():
            tariffs.change(intent.evse, intent.tariff)
            bays[intent.evse - 1].change_tariff()
