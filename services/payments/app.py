"""The wiring of `payments`: its topics, its state, where receipts are, and whose VAT numbers are valid."""

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from schemas.flows import flow
from schemas.keyfile import key_from
from schemas.payments import Address
from schemas.receipts import PATH
from schemas.settings import BadSetting
from schemas.states.payments import StationPayments
from services.payments.core import comparable, due, initial, step
from services.payments.deciding import Companies, Receipts, number_key
from services.payments.settings import PaymentSettings
from services.runtime.loop.service import Service


def service(settings: PaymentSettings) -> Service[StationPayments]:
    """The service that follows payments. Raises BadSetting for a receipt address or a file of companies that cannot be used."""
    if settings.receipt_url and urlsplit(settings.receipt_url).scheme not in ("http", "https"):
        raise BadSetting(
            f"receipt_url={settings.receipt_url!r} is no address, as https://receipts.example/{{payment}} is"
        )
    companies, receipts = companies_in(settings.vat_companies_file), receipts_of(settings)
    return Service(
        name="payments",
        inputs=flow("payments").reads,
        state=StationPayments,
        initial=initial,
        step=partial(step, receipts=receipts, companies=companies),
        due=due,
        comparable=comparable,
    )


def receipts_of(settings: PaymentSettings) -> Receipts:
    """Where receipts are: at the operator's address, else at our own, where there is one. Raises BadSetting."""
    key = key_from(settings.secrets_key_file, settings.secrets_key) or b""
    if settings.receipt_url or not settings.api_public_url or not key:
        return Receipts(settings.receipt_url, key)
    return Receipts(f"{settings.api_public_url.rstrip('/')}{PATH}{{token}}", key)


def companies_in(path: str) -> Companies:
    """The companies of a file by their numbers; none where there is no file. Raises BadSetting, with what is wrong."""
    if not path:
        return {}
    try:
        found = msgspec.json.decode(Path(path).read_bytes(), type=dict[str, Address])
    except OSError as error:
        raise BadSetting(f"vat_companies_file={path!r} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise BadSetting(f"vat_companies_file={path!r}: {error}") from error
    return {number_key(number): company for number, company in found.items()}
