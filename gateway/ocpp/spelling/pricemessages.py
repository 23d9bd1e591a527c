"""Price messages of 1.6: DataTransfer of the vendor org.openchargealliance.costmsg, its data a JSON text."""

from typing import Any

import msgspec

from gateway.ocpp.rows import Draft, Invalid, exact, present
from gateway.ocpp.spelling.moments import rfc3339
from schemas.pricemessages import COST_MESSAGES, ShowFinalCost, ShowRunningCost, ShowUserPrice


def user_price_16(command: ShowUserPrice, _: str) -> Draft:
    """SetUserPrice: the driver's price in words."""
    return _transfer("SetUserPrice", {"idToken": command.token, "priceText": command.text})


def running_cost_16(command: ShowRunningCost, _: str) -> Draft | Invalid:
    """RunningCost: the cost so far, and the prices by which the station counts on."""
    number = _number(command.transaction_id)
    if isinstance(number, Invalid):
        return number
    prices = {"kWhPrice": command.kwh_price, "hourPrice": command.hour_price, "flatFee": command.flat_fee}
    charging = {name: exact(price) for name, price in prices.items() if price is not None}
    idle = None if command.idle_hour_price is None else {"hourPrice": exact(command.idle_hour_price)}
    return _transfer(
        "RunningCost",
        present(
            transactionId=number,
            timestamp=rfc3339(command.at),
            meterValue=exact(command.meter_wh),
            cost=exact(command.cost),
            state=command.state,
            chargingPrice=charging,
            idlePrice=idle,
        ),
    )


def final_cost_16(command: ShowFinalCost, _: str) -> Draft | Invalid:
    """FinalCost: what it has cost in the end."""
    number = _number(command.transaction_id)
    if isinstance(number, Invalid):
        return number
    return _transfer(
        "FinalCost",
        present(
            transactionId=number,
            cost=exact(command.cost),
            priceText=command.text,
            qrCodeText=command.qr_code or None,
        ),
    )


def _number(transaction_id: str) -> int | Invalid:
    if not (transaction_id.isascii() and transaction_id.removeprefix("-").isdigit()):
        return Invalid(description=f"transaction_id must be an integer in OCPP 1.6, is {transaction_id!r}")
    return int(transaction_id)


def _transfer(message: str, data: dict[str, Any]) -> Draft:
    text = msgspec.json.encode(data).decode()
    return Draft("DataTransfer", {"vendorId": COST_MESSAGES, "messageId": message, "data": text})
