"""Decisions on tokens: kept, listed, and with the session that blocked one."""

import datetime as dt

import pytest
from httpx import AsyncClient

from schemas.authorization import DecisionRecorded, IdToken
from schemas.secrets import MASK
from services.api.fakes import World
from services.api.history.bound import bound_reads
from services.api.tokens.rows import DecisionFilter
from services.runtime.clickhouse import ClickHouse
from tests.services.feeding import feed
from tests.services.fleet import NOON


def decided(number: int, **told: object) -> DecisionRecorded:
    members = {"station": "DE-1", "token": "CARD", "id_token": IdToken(value="card"), "status": "Accepted"} | told
    return DecisionRecorded(id=f"d{number}", requested_at=NOON + dt.timedelta(seconds=number), **members)  # type: ignore[arg-type]


@pytest.mark.usecase("C04", "C04.FR.04", "C07")
async def test_a_decision_says_what_the_token_was_shown_for_and_shows_no_key_code(db: ClickHouse) -> None:
    judged = {"purpose": "authorize", "certificate_status": "CertChainError", "status": "Invalid"}
    await feed(db, decided(9, token="1234", id_token=IdToken(value="1234", type="KeyCode"), **judged))

    (found,) = (await bound_reads(db).decisions(DecisionFilter(token="1234"))).items
    assert (found.purpose, found.certificate_status) == ("authorize", "CertChainError")
    assert found.token == MASK


async def test_a_concurrent_decision_names_the_session_that_blocks_and_where_it_runs(db: ClickHouse) -> None:
    blocked = {"status": "ConcurrentTx", "session": "s2", "blocked_by": "s1", "blocked_at": "DE-9"}
    await feed(db, decided(1), decided(2, **blocked), decided(3, station="DE-2", token="OTHER"))

    (found,) = (await bound_reads(db).decisions(DecisionFilter(token="card", status="ConcurrentTx"))).items
    assert (found.blocked_by, found.blocked_at, found.session, found.token) == ("s1", "DE-9", "s2", "card")
    assert [d.id for d in (await bound_reads(db).decisions()).items] == ["d3", "d2", "d1"]
    assert [d.id for d in (await bound_reads(db).decisions(DecisionFilter(station="DE-2"))).items] == ["d3"]


@pytest.mark.usecase("C07")
async def test_decisions_on_contracts_are_found_by_what_was_said_of_their_certificates(db: ClickHouse) -> None:
    revoked = {"certificate_status": "CertificateRevoked", "certificate_detail": "Revoked: the contract certificate."}
    await feed(db, decided(1), decided(2, **revoked), decided(3, certificate_status="Accepted"))
    reads = bound_reads(db)

    (found,) = (await reads.decisions(DecisionFilter(certificate_status="CertificateRevoked"))).items
    assert (found.id, found.certificate_detail) == ("d2", revoked["certificate_detail"])
    assert [one.id for one in (await reads.decisions(DecisionFilter(judged=True))).items] == ["d3", "d2"]
    before = DecisionFilter(judged=True, until=NOON + dt.timedelta(seconds=2))
    assert [one.id for one in (await reads.decisions(before)).items] == ["d2"]


async def test_decisions_are_filtered(client: AsyncClient, world: World) -> None:
    answer = await client.get(
        "/api/v1/authorizations?station=DE-1&token=card&session=s&status=ConcurrentTx&certificate_status=Accepted&limit=5"
    )

    assert answer.status_code == 200
    wanted = DecisionFilter(
        station="DE-1", token="card", session="s", status="ConcurrentTx", certificate_status="Accepted"
    )
    assert world.reads.asked["decisions"] == (wanted, None, 5)


@pytest.mark.parametrize("status", ["Fine", "accepted"])
async def test_a_status_that_is_none_is_refused(client: AsyncClient, status: str) -> None:
    assert (await client.get(f"/api/v1/authorizations?status={status}")).status_code == 422
