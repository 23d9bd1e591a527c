"""Fetches are written and read as aiokafka's own codec does it, whatever is in them."""

import struct
from io import BytesIO

import pytest
from aiokafka.protocol.fetch import FetchRequest, FetchRequest_v4, FetchRequest_v11, FetchResponse_v11
from hypothesis import given
from hypothesis import strategies as st

from schemas.kafkafetches import Fetch, read, written

INT16 = st.integers(-(2**15), 2**15 - 1)
INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
NAMES = st.text(max_size=12)
ASKED = st.tuples(INT32, INT32, INT64, INT64, INT32)
ABORTED = st.none() | st.lists(st.tuples(INT64, INT64), max_size=3)
HEARD = st.tuples(INT32, INT16, INT64, INT64, INT64, ABORTED, INT32, st.none() | st.binary(max_size=20))


def topics(partitions):
    return st.lists(st.tuples(NAMES, st.lists(partitions, max_size=4)), max_size=4)


FETCHES = st.builds(
    FetchRequest_v11, INT32, INT32, INT32, INT32, st.integers(0, 1), INT32, INT32, topics(ASKED),
    st.lists(st.tuples(NAMES, st.lists(INT32, max_size=2)), max_size=2), st.none() | NAMES,
)  # fmt: skip
ANSWERS = st.builds(FetchResponse_v11, INT32, INT16, INT32, topics(HEARD))


@given(FETCHES)
def test_a_fetch_is_written_as_aiokafka_writes_it(fetch: FetchRequest_v11) -> None:
    assert written(fetch) == fetch.encode()


@given(ANSWERS)
def test_an_answer_is_read_as_aiokafka_reads_it(answer: FetchResponse_v11) -> None:
    data = answer.encode()

    assert read(data) == FetchResponse_v11.decode(data) == answer
    assert read(data).API_VERSION == 11


@given(ANSWERS, st.data())
def test_an_answer_that_broke_off_is_none(answer: FetchResponse_v11, data: st.DataObject) -> None:
    whole = answer.encode()
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]

    with pytest.raises((ValueError, struct.error)):
        read(cut)


def fetch() -> FetchRequest:
    return FetchRequest(500, 1, 1_000, 0, [("csms.sessions", [(0, 3, 1_000), (1, 7, 1_000)])])


def test_what_goes_to_a_broker_and_comes_back_is_as_without_it() -> None:
    versions = {FetchRequest.API_KEY: (4, 17)}
    plain, ours = fetch().prepare(versions), Fetch(fetch()).prepare(versions)
    answer = FetchResponse_v11(0, 0, 0, [("csms.sessions", [(0, 0, 7, 7, 0, None, -1, b"records")])])

    headers = [each.build_request_header(correlation_id=9, client_id="c").encode() for each in (plain, ours)]

    assert headers[0] == headers[1]
    assert ours.encode() == plain.encode()
    assert ours.parse_response_header(BytesIO(b"\0\0\0\x09")).correlation_id == 9
    assert ours.RESPONSE_TYPE.decode(BytesIO(answer.encode())) == answer


def test_a_broker_that_does_not_know_the_version_is_spoken_to_by_aiokafka_alone() -> None:
    prepared = Fetch(fetch()).prepare({FetchRequest.API_KEY: (0, 4)})

    assert isinstance(prepared, FetchRequest_v4)
