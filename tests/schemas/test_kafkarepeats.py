"""Repeated fetches: what is the same is built and read once, and nothing else is."""

from io import BytesIO
from typing import Any

from aiokafka.protocol.fetch import FetchRequest, FetchRequest_v4, FetchResponse_v4

from schemas.kafkarepeats import Repeats, has_records

VERSIONS = {FetchRequest.API_KEY: (0, 4)}


def fetch(*, offset: int) -> FetchRequest:
    return FetchRequest(500, 1, 1_000, 0, [("csms.sessions", [(0, offset, 1_000), (1, 7, 1_000)])])


def answer(*, highwater: int = 7, records: bytes = b"") -> bytes:
    encoded: bytes = FetchResponse_v4(0, [("csms.sessions", [(0, 0, highwater, highwater, [], records)])]).encode()
    return encoded


def exchanged(repeats: Repeats, asked: FetchRequest, heard: bytes) -> tuple[bytes, Any]:
    """What goes to the broker, and what aiokafka gets for what the broker says."""
    prepared = repeats.asked(asked).prepare(VERSIONS)
    return prepared.encode(), prepared.RESPONSE_TYPE.decode(BytesIO(heard))


def test_what_goes_to_the_broker_and_comes_back_is_as_without_it() -> None:
    plain = fetch(offset=3).prepare(VERSIONS)
    assert isinstance(plain, FetchRequest_v4)

    asked, heard = exchanged(Repeats(), fetch(offset=3), answer(records=b"records"))

    assert asked == plain.encode()
    assert heard == FetchResponse_v4.decode(answer(records=b"records"))
    assert has_records(heard)


def test_a_header_is_that_of_the_request_and_has_a_number_of_its_own() -> None:
    plain, prepared = fetch(offset=3).prepare(VERSIONS), Repeats().asked(fetch(offset=3)).prepare(VERSIONS)

    headers = [prepared.build_request_header(correlation_id=number, client_id="c").encode() for number in (1, 2)]

    assert headers == [plain.build_request_header(correlation_id=number, client_id="c").encode() for number in (1, 2)]
    assert headers[0] != headers[1]


def test_the_same_question_and_the_same_empty_answer_are_built_and_read_once() -> None:
    repeats = Repeats()

    first = exchanged(repeats, fetch(offset=3), answer())
    second = exchanged(repeats, fetch(offset=3), answer())

    assert first[0] is second[0]
    assert first[1] is second[1]


def test_another_offset_another_version_or_another_answer_is_told_as_it_is() -> None:
    repeats = Repeats()
    exchanged(repeats, fetch(offset=3), answer())

    asked, heard = exchanged(repeats, fetch(offset=4), answer(highwater=8))
    older = repeats.asked(fetch(offset=4)).prepare({FetchRequest.API_KEY: (0, 3)})

    assert asked == fetch(offset=4).prepare(VERSIONS).encode()
    assert heard == FetchResponse_v4.decode(answer(highwater=8))
    assert older.encode() == fetch(offset=4).prepare({FetchRequest.API_KEY: (0, 3)}).encode()


def test_an_answer_with_records_is_read_each_time() -> None:
    repeats = Repeats()

    first = exchanged(repeats, fetch(offset=3), answer(records=b"records"))
    second = exchanged(repeats, fetch(offset=3), answer(records=b"records"))

    assert first[1] is not second[1]
    assert first[1] == second[1]
