"""Codec: encodes records to bytes for Kafka, and decodes them."""

from types import UnionType

import msgspec

from schemas.base import Record
from schemas.topic import Topic


class UnknownRecord(Exception):
    """Bytes that are no record of their topic; the message says why."""


def union_of(*topics: Topic) -> UnionType | type[Record]:
    """The union of all records on these topics, for `msgspec` decoders and for `match`."""
    records = list(dict.fromkeys(record for topic in topics for record in topic.records))
    union: UnionType | type[Record] = records[0]
    for record in records[1:]:
        union = union | record
    return union


_encoder = msgspec.json.Encoder()


def encode(record: Record) -> bytes:
    """Encode a record as JSON; members at their default are left out."""
    return _encoder.encode(record)


class Decoder:
    """Decodes the records of some topics, from bytes to their types."""

    def __init__(self, *topics: Topic) -> None:
        self._decoder = msgspec.json.Decoder(union_of(*topics))

    def decode(self, value: bytes) -> Record:
        """The record in `value`. Raises UnknownRecord with the reason: the record is poison."""
        try:
            record: Record = self._decoder.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UnknownRecord(str(error)) from error
        return record
