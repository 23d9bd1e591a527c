"""Pages of lists, and cursors: where the next page begins, opaque to callers, by key and never by offset. PURE."""

import base64
import binascii
import datetime as dt
from typing import Annotated, Generic, TypeVar

import msgspec

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list. `next_cursor` asks for the page behind it; None where this is the last."""

    items: tuple[T, ...]
    next_cursor: str | None = None


LIMIT_MOST = 500
"""Items of one page, at most."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

MICROSECOND = dt.timedelta(microseconds=1)


class BadCursor(Exception):
    """That text is no cursor of ours; the caller's fault."""


def bounded(limit: int) -> int:
    """`limit` brought into 1..500."""
    return max(1, min(limit, LIMIT_MOST))


def micros(at: dt.datetime) -> int:
    """A moment as ClickHouse counts it: microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Position(msgspec.Struct, frozen=True, array_like=True):
    """The last item of a page: its moment in microseconds (0 where the list has no time), its id, and its order within the moment."""

    at_us: Int64
    id: str
    order: Int64 = 0


def cursor_of(place: Position) -> str:
    """The cursor that continues behind `place`."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def position_of(cursor: str) -> Position:
    """The place a cursor names. Raises BadCursor."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(text, type=Position)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise BadCursor(f"{cursor!r} is no cursor: take `next_cursor` of the page before") from error
