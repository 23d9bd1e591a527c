"""Price messages: prices and costs on the displays of 1.6 stations, by "OCPP & California Pricing Requirements" of the OCA.

OCPP 1.6 has no messages for them: they travel as DataTransfer of the vendor `org.openchargealliance.costmsg`. 2.x has messages of its own.
"""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Timestamp
from schemas.command import StationCommand, about

COST_MESSAGES = "org.openchargealliance.costmsg"
"""The vendor id of the messages."""

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
TransactionNumber = Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


class ShowUserPrice(StationCommand, frozen=True, kw_only=True):
    """Show a driver their price in words, once they are identified (1.6, SetUserPrice). 2.x says it in its answers."""

    title: ClassVar[str] = "Show the driver's price"

    token: Annotated[
        str, msgspec.Meta(min_length=1, max_length=20), about("Token", example="04A2B3C4D5", picks="token")
    ]
    text: Annotated[Text, about("Price in words", example="0.40 EUR per kWh")]


class ShowRunningCost(StationCommand, frozen=True, kw_only=True):
    """Show what a transaction has cost so far, with the prices by which the station counts on (1.6, RunningCost)."""

    title: ClassVar[str] = "Show the running cost with its prices"

    transaction_id: Annotated[TransactionNumber, about("Transaction", example="1234567", picks="transaction")]
    at: Annotated[Timestamp, about("At", "Of the reading.", example="2026-06-01T12:00:00Z")]
    meter_wh: Annotated[Decimal, about("Register (Wh)", "Of the reading.", example="1234000")]
    cost: Annotated[Decimal, about("Cost", "Taxes included.", example="2.40")]
    state: Annotated[Literal["Charging", "Idle"], about("State")] = "Charging"
    kwh_price: Annotated[Decimal | None, about("Price per kWh", example="0.40")] = None
    hour_price: Annotated[Decimal | None, about("Price per hour of charging")] = None
    flat_fee: Annotated[Decimal | None, about("Flat fee")] = None
    idle_hour_price: Annotated[Decimal | None, about("Price per hour of idle time")] = None


class ShowFinalCost(StationCommand, frozen=True, kw_only=True):
    """Show what a transaction has cost in the end (1.6, FinalCost)."""

    title: ClassVar[str] = "Show the final cost"

    transaction_id: Annotated[TransactionNumber, about("Transaction", example="1234567", picks="transaction")]
    cost: Annotated[Decimal, about("Cost", "Taxes included.", example="4.80")]
    text: Annotated[str, msgspec.Meta(max_length=512), about("In words")] = ""
    qr_code: Annotated[str, msgspec.Meta(max_length=512), about("QR code", "Where the receipt is.")] = ""
