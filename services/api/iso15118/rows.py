"""Requests of stations for ISO 15118 as the API gives them. PURE."""

import datetime as dt

import msgspec

from schemas.iso15118 import Iso15118Answered, RequestKind, RevocationStatus, StatusFound, StatusSource
from schemas.x509 import HashData


class CheckedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate whose state was asked for. `name`: its OCPP hash data. `next_update`: until when the state counts; null: not known.

    `status` Failed: nothing that can be believed was found out; `detail` says why.
    """

    source: StatusSource | str
    name: HashData
    status: RevocationStatus | str
    next_update: dt.datetime | None = None
    detail: str = ""


class Iso15118Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request of a station: for the state of a certificate or of a chain, or for a contract certificate for an EV.

    `accepted`: everything was found out, or the pool gave a contract; else `detail` says why not. `late`: the station may have been told
    Failed meanwhile. `found` is of requests for states; `schema_version` to `remaining` are of contract certificates, whose messages
    (EXI) are not kept: their sizes are in characters of base64. `took_ms`: until the answer was decided.
    """

    request: str
    station: str
    kind: RequestKind | str
    accepted: bool
    detail: str
    late: bool
    found: tuple[CheckedCertificate, ...]
    schema_version: str
    action: str
    request_size: int
    response_size: int
    remaining: int | None
    asked_at: dt.datetime
    answered_at: dt.datetime
    took_ms: int


class RequestFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests; None does not filter."""

    station: str | None = None
    kind: str | None = None
    accepted: bool | None = None


ALL_REQUESTS = RequestFilter()


def request_of(record: Iso15118Answered) -> Iso15118Request:
    """The record as the API gives it."""
    own = {name: getattr(record, name) for name in Iso15118Request.__struct_fields__ if name != "found"}
    return Iso15118Request(**own, found=tuple(checked(one) for one in record.found))


def checked(one: StatusFound) -> CheckedCertificate:
    """A certificate as the API gives it."""
    return CheckedCertificate(**{name: getattr(one, name) for name in CheckedCertificate.__struct_fields__})
