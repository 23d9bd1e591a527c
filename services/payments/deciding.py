"""Deciding: what a station is answered about a settlement and about a VAT number. PURE."""

from collections.abc import Mapping
from urllib.parse import quote

from schemas.base import derived_id
from schemas.payments import (
    Address,
    SettlementDecided,
    SettlementReported,
    VatNumberAsked,
    VatNumberDecided,
    payment_of,
)

Companies = Mapping[str, Address]
"""Companies by their VAT numbers (`number_key`)."""

SETTLED = "settled"
PLACES = ("payment", "station", "transaction", "psp_ref")
LONGEST_URL = 2_000


def number_key(number: str) -> str:
    """A VAT number without spaces, dots and dashes, in capital letters."""
    return "".join(each for each in number.upper() if each.isalnum())


def receipt_of(settlement: SettlementReported, template: str) -> str:
    """The address of our receipt; empty where we make none: not settled, not configured, or the station has made its own (C21.FR.04)."""
    if not template or settlement.receipt_url or settlement.status.casefold() != SETTLED:
        return ""
    payment = payment_of(settlement.station, settlement.psp_ref)
    values = (payment, settlement.station, settlement.transaction_id, settlement.psp_ref)
    url = template
    for name, value in zip(PLACES, values, strict=True):
        url = url.replace("{" + name + "}", quote(value, safe=""))
    return url if len(url) <= LONGEST_URL else ""


def settlement_decided(settlement: SettlementReported, template: str) -> SettlementDecided:
    """The answer to a settlement: the same each time it is repeated (C21.FR.03)."""
    url = receipt_of(settlement, template)
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
