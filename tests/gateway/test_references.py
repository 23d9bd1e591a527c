"""References: the newest word on every provisioned station."""

from gateway.references import References
from schemas.codec import encode
from schemas.stations import StationProvisioned, StationRemoved
from tests.gateway.conversation import START as AT


def test_a_provisioned_station_is_known_with_its_newest_credential() -> None:
    references = References()

    for password_hash in ("old", "new"):
        record = StationProvisioned(station="CP-1", password_hash=password_hash, provisioned_at=AT)
        references.apply(b"CP-1", encode(record))

    known = references.known("CP-1")
    assert known is not None
    assert known.password_hash == "new"


def test_a_removed_station_is_no_longer_known() -> None:
    references = References()
    references.apply(b"CP-1", encode(StationProvisioned(station="CP-1", provisioned_at=AT)))
    references.apply(b"CP-1", encode(StationRemoved(station="CP-1", removed_at=AT)))

    assert references.known("CP-1") is None


def test_a_tombstone_forgets_the_station_too() -> None:
    references = References()
    references.apply(b"CP-1", encode(StationProvisioned(station="CP-1", provisioned_at=AT)))
    references.apply(b"CP-1", None)

    assert references.known("CP-1") is None


def test_a_record_that_cannot_be_read_is_skipped() -> None:
    references = References()
    references.apply(b"CP-1", encode(StationProvisioned(station="CP-1", provisioned_at=AT)))
    references.apply(b"CP-1", b"nonsense")

    assert references.known("CP-1") is not None
