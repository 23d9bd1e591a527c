"""Tariffs at stations as the API takes and gives them. PURE."""

import datetime as dt
from typing import Annotated

import msgspec

from schemas.stationtariffs import (
    InstalledTariff,
    StationTariff,
    StationTariffsChanged,
    StationTariffStatus,
    WantedTariff,
)
from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView


class InstallTariff(Asking, frozen=True, kw_only=True):
    """A provisioned tariff that a station is to have as its default tariff; and how the command travels."""

    tariff: Annotated[
        str, msgspec.Meta(min_length=1, description="A provisioned tariff; its current version.", examples=["ad-hoc"])
    ]
    evse: Annotated[
        int, msgspec.Meta(ge=0, le=65_535, description="EVSE that it applies to; 0: each of them.", examples=[0])
    ] = 0


class ChangeTariff(Asking, frozen=True, kw_only=True):
    """A provisioned tariff by which a running transaction is to continue; and how the command travels."""

    tariff: Annotated[
        str, msgspec.Meta(min_length=1, description="A provisioned tariff; its current version.", examples=["ad-hoc"])
    ]
    transaction_id: Annotated[
        str, msgspec.Meta(min_length=1, max_length=36, description="As the station has it.", examples=["tx-1"])
    ]


class FallbackTexts(Asking, frozen=True, kw_only=True):
    """What a 2.x station shows where it has no tariff or no cost to show; empty texts are left as they are. And how the command travels."""

    language: Annotated[
        str,
        msgspec.Meta(
            max_length=8, description="RFC 5646, one that the station reports; empty: its only one.", examples=["en"]
        ),
    ] = ""
    tariff: Annotated[
        str, msgspec.Meta(max_length=512, description="Instead of a driver's tariff.", examples=["0.59 EUR per kWh"])
    ] = ""
    offline_tariff: Annotated[
        str, msgspec.Meta(max_length=512, description="The same while the station is offline (2.1).")
    ] = ""
    total_cost: Annotated[
        str, msgspec.Meta(max_length=512, description="Instead of the cost at the end.", examples=["See our app"])
    ] = ""


class StationTariffs(msgspec.Struct, frozen=True, kw_only=True):
    """The tariffs of a station. `wanted`: what it is to have by the assignments; none where it is not managed.

    `installed`: what it had when it was asked last, at `read_at`, and was sent since.
    """

    station: str
    status: StationTariffStatus | str = "unmanaged"
    why: str = ""
    wanted: tuple[WantedTariff, ...] = ()
    installed: tuple[InstalledTariff, ...] = ()
    read_at: dt.datetime | None = None
    changed_at: dt.datetime | None = None


class Translated(msgspec.Struct, frozen=True, kw_only=True):
    """A provisioned tariff as 2.1 stations get it, in `station_tariff`; null where `problems` name what OCPP 2.1 cannot say.

    `text` is the tariff in words for drivers.
    """

    tariff: str
    version: int
    text: str
    station_tariff: StationTariff | None
    problems: tuple[str, ...]


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """The tariff as it was sent to the station, and the command with its outcome."""

    station_tariff: StationTariff
    command: CommandView


class StationTariffFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which stations; None does not filter."""

    station: str | None = None
    status: str | None = None


ALL_STATION_TARIFFS = StationTariffFilter()


def station_tariffs_of(record: StationTariffsChanged) -> StationTariffs:
    """The record as the API gives it."""
    return StationTariffs(**{name: getattr(record, name) for name in StationTariffs.__struct_fields__})
