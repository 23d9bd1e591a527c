"""The worker answers a batch of requests side by side; what cannot be read is a dead letter."""

from types import SimpleNamespace
from typing import Any

from schemas.base import Record
from schemas.codec import encode
from schemas.iso15118 import ISO15118_REQUESTS, ContractCertificateDecided, Iso15118Answered
from services.iso15118.answering import Answering
from services.iso15118.settings import Iso15118Settings
from services.iso15118.worker import Iso15118Worker
from tests.services.authorities.test_signer import Bus
from tests.services.iso15118.given import Clock, contract_asked
from tests.services.iso15118.test_answering import Found, Scripted


def worker() -> tuple[Iso15118Worker, Bus]:
    answering = Answering(Found(), Scripted(*[("AAAA",)] * 3), answer_s=4.5, clock=Clock())  # type: ignore[arg-type]
    made, bus = Iso15118Worker(answering, Iso15118Settings(bus="embedded"), clock=Clock()), Bus()
    made._publisher = bus  # type: ignore[assignment]
    return made, bus


def message(value: bytes | None) -> Any:
    return SimpleNamespace(topic=ISO15118_REQUESTS.name, partition=0, offset=0, key=b"S", value=value)


async def test_each_request_has_a_decision_and_a_record_of_it() -> None:
    made, bus = worker()

    await made.handle([message(encode(contract_asked(id=f"asked{number}"))) for number in range(3)])

    kinds: list[type[Record]] = [type(each) for each in bus.published]
    assert kinds.count(ContractCertificateDecided) == kinds.count(Iso15118Answered) == 3
    answered = [each for each in bus.published if isinstance(each, Iso15118Answered)]
    assert {each.request for each in answered} == {"asked0", "asked1", "asked2"}


async def test_what_cannot_be_read_is_a_dead_letter_and_tombstones_are_nothing() -> None:
    made, bus = worker()

    await made.handle([message(b'{"record":"nonsense"}'), message(None)])

    assert bus.published == []
    assert len(bus.sent) == 1


async def test_it_is_not_ready_before_it_reads() -> None:
    assert worker()[0].not_ready() == ["iso15118 is starting"]
