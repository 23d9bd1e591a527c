"""Customer information: what a station keeps of a customer, told or cleared (2.x part 2, N09 and N10). It is personal.

What a station tells comes in parts, as other reports do, and is read by the report's id. The OCPP log does not keep it.
"""

from collections.abc import Iterable
from typing import Annotated, ClassVar

import msgspec

from schemas.command import Fault, about
from schemas.facts import FactReported
from schemas.reports import AskedInParts, ReportPart
from schemas.topic import DAY_S, Topic


class CustomerInformationReported(ReportPart, frozen=True, kw_only=True, tag="customer-information-reported"):
    """NotifyCustomerInformation of 2.x: a part of what a station keeps of a customer, or of its word that it keeps nothing."""

    message: ClassVar[str] = "NotifyCustomerInformation"

    data: str = ""

    @property
    def size(self) -> int:
        """One text."""
        return 1


class CustomerInformation(AskedInParts, frozen=True, kw_only=True):
    """Have a station tell what it keeps of a customer, or clear it, or both (N09, N10).

    The customer is named by a token or by an identifier, not by both. What is cleared is not on the local list of tokens: remove the token,
    and the lists that the product manages follow (N10.FR.02).
    """

    title: ClassVar[str] = "Customer information"
    brings: ClassVar[str] = "NotifyCustomerInformation"

    report: Annotated[bool, about("Tell it", "The station sends what it keeps.")] = True
    clear: Annotated[bool, about("Clear it", "The station keeps nothing more of the customer.")] = False
    token: Annotated[
        str, msgspec.Meta(max_length=255), about("Token", "Of the customer.", example="04A2B3C4D5", picks="token")
    ] = ""
    token_type: Annotated[
        str, msgspec.Meta(max_length=20), about("Type of token", "IdTokenEnumType.", advanced=True)
    ] = "ISO14443"
    customer_identifier: Annotated[
        str, msgspec.Meta(max_length=64), about("Customer", "An identifier that the station knows, instead of a token.")
    ] = ""

    def faults(self) -> Iterable[Fault]:
        """A type is of a token."""
        if not self.token and self.token_type != "ISO14443":
            yield Fault("token_type", "must be left out, or token be given too")


CUSTOMERS = Topic(
    name="csms.customers",
    meaning="What stations keep of customers, as they tell it. Personal: kept for a day.",
    records=(CustomerInformationReported, FactReported),
    retention_s=DAY_S,
)

TOPICS = (CUSTOMERS,)
