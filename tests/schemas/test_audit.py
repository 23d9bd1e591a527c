"""The audit log is a chain: whatever is altered, taken out or put in shows."""

import datetime as dt

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.audit import AuditRecorded, digest_of, faults

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def chain(length: int) -> list[AuditRecorded]:
    """Entries of one writer."""
    entries: list[AuditRecorded] = []
    for number in range(1, length + 1):
        entry = AuditRecorded(
            id=f"w-{number}",
            writer="w",
            sequence=number,
            previous=entries[-1].digest if entries else "",
            at=NOON + dt.timedelta(seconds=number),
            actor=f"user-{number}",
            actor_kind="user",
        )
        entries.append(msgspec.structs.replace(entry, digest=digest_of(entry)))
    return entries


@given(st.integers(1, 12), st.data())
def test_any_part_of_a_chain_is_whole(length: int, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, length))

    assert faults(chain(length)[begin : data.draw(st.integers(begin, length))]) == []


@given(st.integers(2, 12), st.data())
def test_an_altered_entry_shows(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    at = data.draw(st.integers(0, length - 1))
    entries[at] = msgspec.structs.replace(entries[at], actor="somebody else")

    assert [(fault.sequence, fault.fault) for fault in faults(entries)] == [(at + 1, "altered")]


@given(st.integers(2, 12), st.data())
def test_an_entry_that_was_altered_with_its_digest_shows_by_the_next(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    at = data.draw(st.integers(0, length - 2))
    forged = msgspec.structs.replace(entries[at], actor="somebody else")
    entries[at] = msgspec.structs.replace(forged, digest=digest_of(forged))

    assert [fault.sequence for fault in faults(entries)] == [at + 2]


@given(st.integers(3, 12), st.data())
def test_an_entry_that_was_taken_out_shows(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    at = data.draw(st.integers(1, length - 2))
    del entries[at]

    assert [(fault.sequence, fault.fault) for fault in faults(entries)] == [(at + 1, "missing")]


def test_an_entry_that_came_twice_is_no_fault() -> None:
    first, second = chain(2)

    assert faults([first, first, second, second]) == []


def test_a_record_that_was_read_back_has_its_digest() -> None:
    (entry,) = chain(1)

    assert digest_of(msgspec.json.decode(msgspec.json.encode(entry), type=AuditRecorded)) == entry.digest
