"""Use cases of reports: find one, wait for its end, read its parts. Routes of reports and of commands call them."""

import asyncio
from http import HTTPStatus

from schemas.commands import Command
from services.api.ports import Ports
from services.api.reports.rows import Part, Report, report_of
from services.api.web.paging import Page
from services.api.web.problems import Problem, not_found
from services.reports.asking import brings

STORED_WITHIN_S = 6.0
"""How long what a station has sent may take to ClickHouse before a reader is told to ask again."""

LOOK_EVERY_S = 0.25


async def known_report(ports: Ports, report: str) -> Report:
    """A report as it is now. Raises Problem: 404; Outage."""
    found = await ports.reads.report(report)
    if found is None:
        raise not_found(f"There is no report {report!r}: no command of that id asks for an answer in parts.")
    return found


async def ended_report(ports: Ports, command_id: str, command: Command, *, within_s: float) -> Report | None:
    """The report that a command asked for: ended, or as far as it is after that time. None where the command asks for none."""
    if not brings(command):
        return None
    changed = await ports.reports.ended(command_id, within_s=within_s)
    return None if changed is None else report_of(changed)


async def parts_of(ports: Ports, report: str, *, cursor: str | None, limit: int) -> Page[Part]:
    """A page of a report's parts, once ClickHouse has all that have come. Raises Problem: 404, and 503 where that takes too long."""
    found = await known_report(ports, report)
    loop = asyncio.get_running_loop()
    give_up = loop.time() + STORED_WITHIN_S
    while await ports.reads.stored_parts(found) < found.parts:
        if loop.time() >= give_up:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "The parts of this report are still being stored: ask again.")
        await asyncio.sleep(LOOK_EVERY_S)
    return await ports.reads.report_parts(found, cursor=cursor, limit=limit)
