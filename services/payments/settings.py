"""Settings of `payments`."""

from typing import Annotated

import msgspec

from schemas.sealing import KEY, KEY_FILE
from services.runtime.process.settings import PUBLIC_URL, Settings


class PaymentSettings(Settings, frozen=True, kw_only=True):
    """Settings of `payments`, in addition to those of every service."""

    receipt_url: Annotated[
        str,
        msgspec.Meta(
            description="Address of the receipt of a settled payment, which 2.1 stations show to drivers: a URL with {payment},"
            " {station}, {transaction} or {psp_ref} in it. Empty: the page of this deployment, where it has api_public_url and"
            " secrets_key_file; else receipts are not made here."
        ),
    ] = ""
    api_public_url: Annotated[str, msgspec.Meta(description=PUBLIC_URL)] = ""
    secrets_key_file: Annotated[str, msgspec.Meta(description=KEY_FILE)] = ""
    secrets_key: Annotated[str, msgspec.Meta(description=KEY)] = ""
    vat_companies_file: Annotated[
        str,
        msgspec.Meta(
            description="JSON file with the companies whose VAT numbers are valid, an object by number with name, address1, city and"
            " country (address2, postal_code); empty: no number is valid."
        ),
    ] = ""
