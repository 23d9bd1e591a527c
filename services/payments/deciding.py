"""Deciding: what a station is answered about a settlement and about a VAT number. PURE."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from schemas.base import derived_id
from schemas.payments import (
    Address,
    SettlementDecided,
    SettlementRecorded,
    SettlementReported,
    VatNumberAsked,
    VatNumberDecided,
    payment_of,
)
from schemas.receipts import receipt_token

Settlement = SettlementReported | SettlementRecorded
"""What became of a settlement, by the station or by who settles outside."""


class Receipts(NamedTuple):
    """Where receipts are: an address with the names of PLACES or {token} in it, empty for none, and the key of their tokens."""

    template: str = ""
    key: bytes = b""


NO_RECEIPTS = Receipts()

Companies = Mapping[str, Address]
"""Companies by their VAT numbers (`number_key`)."""

SETTLED = "settled"
PLACES = ("payment", "station", "transaction", "psp_ref")
LONGEST_URL = 2_000


def number_key(number: str) -> str:
    """A VAT number without spaces, dots and dashes, in capital letters."""
    return "".join(each for each in number.upper() if each.isalnum())


def receipt_of(settlement: Settlement, receipts: Receipts) -> str:
    """The address of our receipt; empty where we make none: not settled, not configured, or the station has made its own (C21.FR.04)."""
    if not receipts.template or settlement.receipt_url or settlement.status.casefold() != SETTLED:
        return ""
    payment = payment_of(settlement.station, settlement.psp_ref)
    transaction_id = settlement.transaction_id if isinstance(settlement, SettlementReported) else ""
    values = (payment, settlement.station, transaction_id, settlement.psp_ref)
    url = receipts.template
    if receipts.key:
        url = url.replace("{token}", receipt_token(receipts.key, payment))
    for name, value in zip(PLACES, values, strict=True):
        url = url.replace("{" + name + "}", quote(value, safe=""))
    return url if len(url) <= LONGEST_URL else ""


def settlement_decided(settlement: SettlementReported, receipts: Receipts) -> SettlementDecided:
    """The answer to a settlement: the same each time it is repeated (C21.FR.03)."""
    url = receipt_of(settlement, receipts)
    return SettlementDecided(
        id=derived_id(settlement.id, "decided"),
        station=settlement.station,
        reply_to=settlement.reply_to,
        receipt_id=payment_of(settlement.station, settlement.psp_ref) if url else "",
        receipt_url=url,
    )


def vat_decided(asked: VatNumberAsked, companies: Companies) -> VatNumberDecided:
    """The answer about a VAT number: valid where its company is known here, and only there."""
    return VatNumberDecided(
        id=derived_id(asked.id, "decided"),
        station=asked.station,
        reply_to=asked.reply_to,
        vat_number=asked.vat_number,
        evse=asked.evse,
        company=companies.get(number_key(asked.vat_number)),
    )
