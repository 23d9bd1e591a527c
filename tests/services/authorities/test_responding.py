"""Answers are made again in time and when their certificate is revoked, and forgotten when it has expired."""

import datetime as dt

import pytest
from msgspec.structs import replace

from schemas.authorities import OcspAnswerMade
from services.authorities.responding import Responding, batched
from tests.services.authorities.given import DAY, NOW, made, opened, ordered, revoked
from tests.services.authorities.test_answers import URL


@pytest.fixture(scope="module")
def responding(tmp_path_factory: pytest.TempPathFactory) -> Responding:
    authority = opened(made(tmp_path_factory.mktemp("authority")), ocsp_url=URL)
    return Responding({"stations": authority}, hours=48)


async def held(responding: Responding) -> dict[str, OcspAnswerMade]:
    """The answers about a new certificate, by key."""
    issued = await responding._authorities["stations"].sign(ordered(), NOW)
    return {each.answer: each for each in responding.first(issued, NOW)}


async def test_fresh_answers_stay_and_old_ones_are_made_again(responding: Responding) -> None:
    answers = await held(responding)

    assert len(answers) == 2
    assert list(responding.stale(answers, {}, NOW + dt.timedelta(hours=23))) == []
    later = NOW + DAY
    stale = list(responding.stale(answers, {}, later))
    assert len(stale) == 2
    again = responding.renewed(stale, {}, later)
    assert {each.answer for each in again} == set(answers)
    assert {(each.status, each.next_at) for each in again} == {("good", later + 2 * DAY)}


async def test_a_revocation_makes_them_at_once_and_only_once(responding: Responding) -> None:
    answers = await held(responding)
    fingerprint = next(iter(answers.values())).fingerprint
    revocations = {fingerprint: revoked("1", "CN=x", fingerprint=fingerprint)}

    again = responding.renewed(responding.stale(answers, revocations, NOW), revocations, NOW)

    assert {each.status for each in again} == {"revoked"}
    assert list(responding.stale({each.answer: each for each in again}, revocations, NOW)) == []


async def test_answers_about_expired_certificates_are_taken_away(responding: Responding) -> None:
    answers = await held(responding)
    after = next(iter(answers.values())).expires_at

    assert responding.forgotten(answers, after - DAY) == []
    gone = responding.forgotten(answers, after)
    assert {each.key.decode() for each in gone} == set(answers)
    assert all(each.value is None for each in gone)
    assert list(responding.stale(answers, {}, after)) == []


async def test_answers_of_an_authority_that_is_gone_are_left_to_end(responding: Responding) -> None:
    answers = await held(responding)
    foreign = [replace(each, issuer_key_hash="00") for each in answers.values()]

    assert responding.renewed(foreign, {}, NOW + DAY) == []


def test_many_are_made_some_at_a_time() -> None:
    assert list(batched(range(5), 2)) == [[0, 1], [2, 3], [4]]
