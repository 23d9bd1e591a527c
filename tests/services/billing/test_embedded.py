"""Billing on the embedded bus: a session that ends is a record on the bus within a moment, and never twice."""

import uuid

import pytest

from schemas.billing import CDRS, CdrIssued
from tests.services.billing.records import ENERGY, assigned, ended, metered, provisioned, reading, session, station
from tests.services.bus import serving


@pytest.mark.embedded
async def test_a_session_is_billed_by_the_tariff_of_its_site_and_corrected(fresh_bootstrap: str) -> None:
    mine = {"station": f"S-{uuid.uuid4().hex[:8]}", "session": uuid.uuid4().hex}
    site = f"site-{mine['station']}"
    facts = (
        session(**mine),
        metered(reading(0, 1000), reading(60, 11000), **mine),
        ended(**mine),
    )

    async with serving("billing", fresh_bootstrap, hears=(CDRS,)) as bus:
        await bus.say(provisioned(ENERGY), assigned(f"site:{site}"), station(station=mine["station"], site=site))
        while True:  # until the reference data have reached the worker
            trial = {"station": mine["station"], "session": uuid.uuid4().hex}
            await bus.say(ended(**trial))
            cdr = await bus.hear(CdrIssued, lambda said, trial=trial: said.session == trial["session"])
            if not cdr.unrated:
                break
        await bus.say(*facts, *facts)
        first = await bus.hear(CdrIssued, lambda said: said.session == mine["session"])
        await bus.say(ended(60, 1000, 13000, changed_at=ended().changed_at.replace(year=2027), **mine))
        corrections = [await bus.hear(CdrIssued, lambda said: said.session == mine["session"]) for _ in range(2)]

    assert first.costs is not None
    assert str(first.costs.total.incl_vat) == "5.95"
    assert [(cdr.version, cdr.credit, cdr.credits, cdr.replaces) for cdr in (first, *corrections)] == [
        (1, False, "", ""),
        (1, True, first.id, ""),
        (2, False, "", first.id),
    ]
