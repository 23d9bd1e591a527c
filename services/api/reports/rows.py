"""Reports as the API gives them. PURE."""

import datetime as dt
from typing import Any

import msgspec

from schemas.reports import ReportChanged, ReportStatus


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """How far an answer in parts has come. `report` is the id of the command that asked for it, `message` the OCPP message that brings it.

    `waiting`: parts are still to come; `whole`: all have; `empty`: the station has nothing to report; `refused`: it makes no report;
    `incomplete`: nothing came for a while, `missing` has numbers of parts that should have. `items` counts what the parts carry.
    """

    report: str
    station: str
    message: str
    request_id: int
    status: ReportStatus | str
    detail: str
    parts: int
    items: int
    missing: tuple[int, ...]
    requested_at: dt.datetime
    requested_by: str
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    changed_at: dt.datetime


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a report. `content` has what it carries; `generated_at` is by the station's clock."""

    seq_no: int
    last: bool
    items: int
    content: Any
    generated_at: dt.datetime | None
    received_at: dt.datetime


class ReportFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which reports; None does not filter."""

    station: str | None = None
    status: str | None = None


ALL_REPORTS = ReportFilter()


def report_of(record: ReportChanged) -> Report:
    """The record as the API gives it."""
    return Report(**{name: getattr(record, name) for name in Report.__struct_fields__})
