"""Fetches, written and read a partition at a time.

aiokafka takes a step of Python for each member of each partition of each fetch, which is most of what an idle consumer costs. This is the
same for version 11 of Fetch (Kafka 2.3 and later); a fetch of any other version is left to aiokafka.
"""

from io import BytesIO
from itertools import starmap
from struct import Struct
from typing import Any

from aiokafka.protocol.fetch import FetchRequest, FetchRequest_v11, FetchResponse_v11

_ASKED = Struct(">iiiibiii")
"""Replica, longest wait, least and most bytes, isolation level, session, its epoch, number of topics."""
_ASKED_PARTITION = Struct(">iiqqi")
"""Partition, leader's epoch, offset, start of the log, most bytes."""
_FORGOTTEN, _RACK = FetchRequest_v11.SCHEMA.fields[-2:]

_HEARD = Struct(">ihii")
"""Throttle time, error, session, number of topics."""
_HEARD_PARTITION = Struct(">ihqqqi")
"""Partition, error, end offset, last stable offset, start of the log, number of aborted transactions."""
_ABORTED = Struct(">qq")
_RECORDS = Struct(">ii")
"""Preferred replica, bytes of records."""

_TEXT = Struct(">h")
_COUNT = Struct(">i")


class Fetch:
    """Stands for a fetch where aiokafka sends it."""

    def __init__(self, request: FetchRequest) -> None:
        self.request = request

    def prepare(self, versions: Any) -> Any:
        """The fetch as it goes to a broker of these versions. Raises as aiokafka does where the broker has none of them."""
        prepared = self.request.prepare(versions)
        return _Prepared(prepared) if isinstance(prepared, FetchRequest_v11) else prepared


class _Prepared:
    """Stands for a fetch of version 11 where aiokafka writes it and reads its answer."""

    def __init__(self, request: FetchRequest_v11) -> None:
        self._request = request
        self.build_request_header = request.build_request_header
        self.parse_response_header = request.parse_response_header
        self.RESPONSE_TYPE = self

    def encode(self) -> bytes:
        return written(self._request)

    def decode(self, data: BytesIO) -> FetchResponse_v11:
        return read(data.read())


def written(fetch: Any) -> bytes:
    """The bytes of a FetchRequest_v11, without its header."""
    parts = [
        _ASKED.pack(
            fetch.replica_id, fetch.max_wait_time, fetch.min_bytes, fetch.max_bytes, fetch.isolation_level,
            fetch.session_id, fetch.session_epoch, len(fetch.topics),
        )
    ]  # fmt: skip
    for topic, partitions in fetch.topics:
        name = topic.encode()
        parts += (_TEXT.pack(len(name)), name, _COUNT.pack(len(partitions)))
        parts += starmap(_ASKED_PARTITION.pack, partitions)
    parts += (_FORGOTTEN.encode(fetch.forgotten_topics_data), _RACK.encode(fetch.rack_id))
    return b"".join(parts)


def read(data: bytes) -> FetchResponse_v11:
    """The answer of these bytes, without their header. Raises ValueError or struct.error for bytes that are none."""
    throttle_time_ms, error_code, session, topics = _HEARD.unpack_from(data)
    at, found = _HEARD.size, []
    for _ in range(topics):
        (length,) = _TEXT.unpack_from(data, at)
        at += _TEXT.size
        topic = data[at : at + length].decode()
        at += length
        (count,) = _COUNT.unpack_from(data, at)
        at += _COUNT.size
        partitions = []
        for _ in range(count):
            at, partition = _partition(data, at)
            partitions.append(partition)
        found.append((topic, partitions))
    if at > len(data):
        raise ValueError(f"an answer to a fetch ends after {len(data)} of {at} bytes")
    return FetchResponse_v11(throttle_time_ms, error_code, session, found)


def _partition(data: bytes, at: int) -> tuple[int, tuple[Any, ...]]:
    """Where the next partition begins, and this one: as aiokafka gives it."""
    *head, count = _HEARD_PARTITION.unpack_from(data, at)
    at += _HEARD_PARTITION.size
    aborted = None
    if count >= 0:
        aborted = [_ABORTED.unpack_from(data, at + number * _ABORTED.size) for number in range(count)]
        at += count * _ABORTED.size
    replica, size = _RECORDS.unpack_from(data, at)
    at += _RECORDS.size
    if size < 0:
        return at, (*head, aborted, replica, None)
    return at + size, (*head, aborted, replica, data[at : at + size])
