"""Signer: every order is answered once it can be; an order that expires is given up with the last reason."""

import asyncio
import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.authorities import OCSP_ANSWERS, AuthorityAnnounced, OcspAnswerMade, RevocationListMade
from schemas.base import Record
from schemas.codec import encode
from schemas.deadletters import DeadLettered
from schemas.revocations import REF_REVOCATIONS
from schemas.signing import CERTIFICATE_ORDERS, CertificateIssued, SigningFailed, SigningOrdered
from services.authorities.port import Refused, Unreachable
from services.authorities.settings import AuthoritiesSettings
from services.authorities.signer import Signer
from tests.services.authorities.given import NOW, made, opened, ordered, revoked
from tests.services.certificates.asking import issued


class Scripted:
    """An authority that does what it is told."""

    name = "stations"

    def __init__(self, *does: Any) -> None:
        self.does = list(does)
        self.asked = 0

    async def sign(self, order: SigningOrdered, now: dt.datetime) -> CertificateIssued:
        self.asked += 1
        what = self.does.pop(0) if self.does else issued(order.id)
        if isinstance(what, Exception):
            raise what
        return what  # type: ignore[no-any-return]

    async def announce(self, now: dt.datetime) -> AuthorityAnnounced:
        return AuthorityAnnounced(authority=self.name, kind="built-in", uses=("V2GCertificate",), announced_at=now)

    def revocation_list(self, revoked: Any, now: dt.datetime, next_at: dt.datetime) -> RevocationListMade | None:
        return None

    def ocsp_answer(self, about: Any, now: dt.datetime, next_at: dt.datetime) -> OcspAnswerMade | None:
        return None

    def asked_about(self, issued: CertificateIssued) -> tuple[Any, ...]:
        return ()

    async def close(self) -> None: ...


class Bus:
    def __init__(self) -> None:
        self.published: list[Record] = []
        self.sent: list[Any] = []

    async def publish(self, *records: Record) -> None:
        self.published += records

    async def send(self, messages: Any) -> None:
        self.sent += messages

    async def stop(self) -> None: ...


class Clock:
    """A clock that passes a while at each look."""

    def __init__(self, step_s: float = 1) -> None:
        self.now = NOW
        self.step = dt.timedelta(seconds=step_s)

    def __call__(self) -> dt.datetime:
        self.now += self.step
        return self.now


def signer(*authorities: Scripted, clock: Clock | None = None) -> tuple[Signer, Bus]:
    made = Signer({one.name: one for one in authorities}, AuthoritiesSettings(bus="embedded"), clock=clock or Clock())
    bus = Bus()
    made._publisher = bus  # type: ignore[assignment]
    return made, bus


def message(value: bytes | None, offset: int = 0) -> Any:
    return SimpleNamespace(topic=CERTIFICATE_ORDERS.name, partition=0, offset=offset, key=b"S", value=value)


async def test_an_order_is_answered_with_its_certificate() -> None:
    made, bus = signer(Scripted())

    await made.handle([message(encode(ordered()))])

    assert bus.published == [issued("order1")]


async def test_an_order_that_is_read_again_gets_the_same_certificate() -> None:
    authority = Scripted(issued("order1", serial="1"), issued("order1", serial="2"))
    made, bus = signer(authority)

    await made.handle([message(encode(ordered()))])
    await made.handle([message(encode(ordered()))])

    assert bus.published == [issued("order1", serial="1")] * 2
    assert authority.asked == 1


async def test_an_authority_that_cannot_be_asked_is_asked_again() -> None:
    authority = Scripted(Unreachable("away", wait_s=0), Unreachable("away", wait_s=0))
    made, _ = signer(authority)

    assert isinstance(await made.answered(ordered()), CertificateIssued)
    assert authority.asked == 3


@pytest.mark.parametrize(
    ("authority", "order", "why"),
    [
        (Scripted(Refused("not you")), ordered(), "not you"),
        (Scripted(*[Unreachable("away", wait_s=0)] * 99), ordered(), "away"),
        (Scripted(), ordered(authority="others"), "not set up"),
        (Scripted(), ordered(expires_at=NOW), "too late"),
    ],
    ids=["refused", "away", "unknown", "late"],
)
async def test_an_order_without_a_certificate_fails_with_the_reason(
    authority: Scripted, order: SigningOrdered, why: str
) -> None:
    made, _ = signer(authority)

    failed = await made.answered(order)

    assert isinstance(failed, SigningFailed)
    assert why in failed.detail
    assert failed.order == order.id


async def test_what_is_no_order_is_put_aside_and_others_are_answered() -> None:
    made, bus = signer(Scripted())

    await made.handle([message(b"nothing"), message(None, 1), message(encode(ordered()), 2)])

    assert len(bus.published) == 1
    (letter,) = bus.sent
    assert DeadLettered.__struct_config__.tag.encode() in letter.value  # type: ignore[union-attr]


async def test_without_authorities_there_is_nothing_to_do() -> None:
    made, bus = signer()
    stop = asyncio.Event()
    stop.set()

    await made.run(stop)

    assert made.not_ready() == []
    assert bus.published == []


async def test_an_authority_is_announced_when_it_changes_and_not_all_the_time() -> None:
    made, bus = signer(Scripted(), clock=Clock(step_s=60))
    await made._announce()
    await made._announce()
    assert len(bus.published) == 1

    made._clock.now += dt.timedelta(hours=7)  # type: ignore[attr-defined]
    await made._announce()
    assert len(bus.published) == 2


async def test_a_certificate_comes_with_its_first_ocsp_answers_and_they_are_kept(tmp_path: Path) -> None:
    authority, clock = opened(made(tmp_path), ocsp_url="http://csms.example/pki/ocsp"), Clock(step_s=0)
    signs, bus = signer(authority, clock=clock)  # type: ignore[arg-type]

    await signs.handle([message(encode(ordered()))])
    first = [each for each in bus.published if isinstance(each, OcspAnswerMade)]
    (certificate,) = [each for each in bus.published if isinstance(each, CertificateIssued)]
    assert [each.status for each in first] == ["good", "good"]

    view = signs._view._records
    view[OCSP_ANSWERS.name].update({each.answer: each for each in first})
    bus.published.clear()
    await signs._answers()
    assert bus.published == []

    fingerprint = certificate.fingerprint
    view[REF_REVOCATIONS.name][fingerprint] = revoked(certificate.serial_number, "CN=x", fingerprint=fingerprint)
    await signs._answers()
    assert [each.status for each in bus.published if isinstance(each, OcspAnswerMade)] == ["revoked", "revoked"]

    clock.now = certificate.expires_at
    await signs._answers()
    assert [each.value for each in bus.sent] == [None, None]
