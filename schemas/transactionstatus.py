"""The status of a transaction: whether it goes on, and whether messages of it wait at the station (2.x part 2, E14)."""

from typing import Annotated, ClassVar

import msgspec

from schemas.command import StationCommand, about


class GetTransactionStatus(StationCommand, frozen=True, kw_only=True):
    """Ask whether a transaction goes on, and whether messages of it still wait at the station (2.x, E14). OCPP 1.6 cannot say."""

    title: ClassVar[str] = "Get the status of a transaction"

    transaction_id: Annotated[
        str,
        msgspec.Meta(max_length=36),
        about(
            "Transaction",
            "Empty: whether messages of any transaction wait (E14.FR.06).",
            example="1234567",
            picks="transaction",
        ),
    ] = ""

    @property
    def queries(self) -> str:
        """The transaction, where one is named."""
        return self.transaction_id


class TransactionStatusSaid(msgspec.Struct, frozen=True, kw_only=True):
    """GetTransactionStatusResponse: whether the transaction goes on (absent where none was named), and whether messages of it wait."""

    ongoing: bool | None = msgspec.field(name="ongoingIndicator", default=None)
    waits: bool | None = msgspec.field(name="messagesInQueue", default=None)
