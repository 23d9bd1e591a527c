"""Plug & Charge in the console: roots in the form, verdicts in the table and on a session's page."""

import datetime as dt
from pathlib import Path

import pytest
from httpx import AsyncClient

from schemas.contracts import ContractRootRemoved, ContractRootTrusted
from services.api.fakes import World
from services.api.sessions.views import session_of
from services.api.tokens.rows import Decision, DecisionFilter
from tests.pki import authority, pem_of
from tests.services.api.builders import a_session
from tests.services.api.worlds import HOSTILE

pytestmark = pytest.mark.usecase("C07")


def verdict(**told: object) -> Decision:
    members = {
        "id": "d1", "station": "DE-1", "token": "DE8AAC12345678", "status": "Invalid", "session": "", "transaction_id": "", "evse": None,
        "final": False, "blocked_by": "", "blocked_at": "", "at": dt.datetime(2026, 6, 1, tzinfo=dt.UTC), "purpose": "authorize",
        "certificate_status": "CertificateRevoked", "certificate_detail": f"{HOSTILE} is revoked.",
    } | told  # fmt: skip
    return Decision(**members)  # type: ignore[arg-type]


async def test_a_root_is_trusted_and_removed_in_the_form(browser: AsyncClient, world: World, tmp_path: Path) -> None:
    form = {
        "use": "V2GRootCertificate",
        "certificate": f"\n{pem_of(authority(tmp_path, 'V2G <root>'))}\n",
        "note": HOSTILE,
    }
    saved = await browser.post("/contracts/roots", data=form, headers={"HX-Request": "true"})
    page = (await browser.get("/contracts")).text
    (trusted,) = world.bus.published
    assert isinstance(trusted, ContractRootTrusted)
    removed = await browser.post("/contracts/roots/remove", data={"root": trusted.root}, headers={"HX-Request": "true"})

    assert "count from now on" in saved.text
    assert "V2G PKI" in page
    assert HOSTILE not in page
    assert "no longer" in removed.text
    assert isinstance(world.bus.published[-1], ContractRootRemoved)
    assert "No root is trusted." in (await browser.get("/contracts")).text


async def test_a_root_that_is_none_is_refused_at_its_field(browser: AsyncClient, world: World) -> None:
    form = {"use": "MORootCertificate", "certificate": "x"}
    refused = await browser.post("/contracts/roots", data=form, headers={"HX-Request": "true"})

    assert refused.status_code == 422
    assert world.bus.published == []


async def test_how_contracts_were_judged_is_listed_and_filtered(browser: AsyncClient, world: World) -> None:
    world.reads.decision_rows = (verdict(),)
    page = (await browser.get("/contracts?certificate_status=CertificateRevoked&station=DE-1")).text

    asked = DecisionFilter(station="DE-1", certificate_status="CertificateRevoked", judged=True)
    assert world.reads.asked["decisions"][0] == asked
    assert "CertificateRevoked" in page
    assert "is revoked." in page
    assert HOSTILE not in page


async def test_a_session_shows_the_verdict_on_its_contract(browser: AsyncClient, world: World) -> None:
    session = session_of(a_session())
    world.reads.session_rows[session.session] = session
    plain = (await browser.get(f"/sessions/{session.session}")).text
    world.reads.decision_rows = (verdict(certificate_status="Accepted", status="Accepted", certificate_detail=""),)
    judged = (await browser.get(f"/sessions/{session.session}")).text

    assert "Contract certificate" not in plain
    assert "Contract certificate" in judged
    assert world.reads.asked["decisions"][0].judged
