"""Parameters that many routes take: the ports, pages of lists, and times of queries."""

from datetime import UTC, datetime
from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from schemas.base import Timestamp
from services.api.ports import Ports
from services.api.web.problems import invalid

Given = NamedDependency[SkipValidation[Ports]]
"""The ports, as every route takes them."""

Limit = Annotated[int, QueryParameter(ge=1, le=500, description="Items of one page.")]
Cursor = Annotated[str | None, QueryParameter(description="`next_cursor` of the page before.")]
From = Annotated[Timestamp | None, QueryParameter(name="from", description="Not before this moment (RFC 3339).")]
To = Annotated[Timestamp | None, QueryParameter(name="to", description="Before this moment (RFC 3339).")]


EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Moments of queries lie between them: what is kept does, and ClickHouse's moments end soon after."""


def in_time(since: datetime | None, until: datetime | None) -> None:
    """Check the times of a query. Raises Problem for one without an offset, or outside of what is stored."""
    require_stored("from", since)
    require_stored("to", until)


def require_stored(name: str, moment: datetime | None) -> None:
    """Check a time of a query. Raises Problem for one without an offset, or outside of what is stored."""
    if moment is None:
        return
    if moment.tzinfo is None:
        raise invalid(name, "an offset is missing: write 2026-06-01T12:00:00Z")
    if not EARLIEST <= moment < LATEST:
        raise invalid(name, f"between {EARLIEST.year} and {LATEST.year}")


def in_utc(name: str, moment: datetime | None) -> datetime | None:
    """A moment of a body in UTC. Raises Problem for one that has no place in the calendar there."""
    try:
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise invalid(name, "beyond the calendar") from error
