"""Data transfer: vendor-specific messages, in both directions."""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp, null
from schemas.command import StationCommand, about
from schemas.topic import Topic
from schemas.vendors import TransferStatus


class DataTransferred(Record, frozen=True, kw_only=True, tag="data-transferred"):
    """DataTransfer from a station, on csms.data-transfers. `data` as sent: any JSON (a string in 1.6).

    `status` and `answer` are what the station was answered, the latter as JSON text, empty for no data; records from before vendors could
    be provisioned have neither.
    """

    id: str
    station: str
    vendor_id: str
    message_id: str = ""
    data: msgspec.Raw = msgspec.field(default_factory=null)
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp
    status: TransferStatus | Literal[""] = ""
    answer: str = ""


class DataTransfer(StationCommand, frozen=True, kw_only=True):
    """Send a vendor's own message."""

    title: ClassVar[str] = "Send vendor data"

    vendor_id: Annotated[str, msgspec.Meta(min_length=1, max_length=255), about("Vendor", example="com.example")]
    message_id: Annotated[str, msgspec.Meta(max_length=50), about("Message", example="ping")] = ""
    data: Annotated[
        msgspec.Raw,
        about("Data", "Any JSON; in 1.6 values other than text are sent as their JSON text.", example="hello"),
    ] = msgspec.field(default_factory=null)


DATA_TRANSFERS = Topic(
    name="csms.data-transfers",
    meaning="Vendor data from stations.",
    records=(DataTransferred,),
)

TOPICS = (DATA_TRANSFERS,)
