"""Settings of `payments`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import Settings


class PaymentSettings(Settings, frozen=True, kw_only=True):
    """Settings of `payments`, in addition to those of every service."""

    receipt_url: Annotated[
        str,
        msgspec.Meta(
            description="Address of the receipt of a settled payment, which 2.1 stations show to drivers: a URL with {payment},"
            " {station}, {transaction} or {psp_ref} in it; empty: receipts are not made here."
        ),
    ] = ""
    vat_companies_file: Annotated[
        str,
        msgspec.Meta(
            description="JSON file with the companies whose VAT numbers are valid, an object by number with name, address1, city and"
            " country (address2, postal_code); empty: no number is valid."
        ),
    ] = ""
