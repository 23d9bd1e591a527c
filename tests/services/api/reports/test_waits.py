"""Requests that wait for the end of a report."""

import asyncio

import pytest

from services.api.reports.waits import ReportMemory
from tests.services.api.builders import a_report


def memory(*, recent: int = 10, waiting: int = 10) -> ReportMemory:
    return ReportMemory(recent_limit=recent, waiting_limit=waiting)


@pytest.mark.parametrize("status", ["whole", "empty", "refused", "incomplete"])
async def test_whoever_waits_learns_of_the_end(status: str) -> None:
    reports = memory()
    waiting = asyncio.create_task(reports.ended("c1", within_s=60))
    await asyncio.sleep(0)

    reports.changed(a_report())
    reports.changed(a_report(revision=2, status=status))

    assert await waiting == a_report(revision=2, status=status)


async def test_whoever_does_not_wait_gets_what_is_known() -> None:
    reports = memory()
    reports.changed(a_report())

    assert await reports.ended("c1", within_s=0) == a_report()
    assert await reports.ended("other", within_s=0) is None


async def test_a_wait_too_many_is_none() -> None:
    reports = memory(waiting=1)
    waiting = asyncio.create_task(reports.ended("c1", within_s=60))
    await asyncio.sleep(0)

    assert await reports.ended("c2", within_s=60) is None
    reports.changed(a_report(status="whole"))
    assert (await waiting) is not None


async def test_a_wait_that_is_given_up_makes_room_and_disturbs_no_other() -> None:
    reports = memory(waiting=2)
    one, other = (asyncio.create_task(reports.ended("c1", within_s=60)) for _ in range(2))
    await asyncio.sleep(0)
    one.cancel()
    await asyncio.wait([one])

    third = asyncio.create_task(reports.ended("c1", within_s=60))
    await asyncio.sleep(0)
    reports.changed(a_report(status="whole"))

    assert (await other, await third) == (a_report(status="whole"), a_report(status="whole"))


def test_an_older_change_that_is_read_once_more_changes_nothing_and_the_oldest_reports_are_forgotten() -> None:
    reports = memory(recent=2)
    reports.changed(a_report(revision=3, status="whole"))
    reports.changed(a_report(revision=2))
    assert reports.find("c1") == a_report(revision=3, status="whole")

    for name in ("c2", "c3"):
        reports.changed(a_report(report=name))

    assert [reports.find(name) is None for name in ("c1", "c2", "c3")] == [True, False, False]
