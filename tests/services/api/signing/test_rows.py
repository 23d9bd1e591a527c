"""The API gives what the records have, and an authority with its newest list."""

from services.api.signing.rows import IssuedCertificate, authority_of, issued_of
from tests.services.api.signing.given import a_list, an_authority, an_issued


def test_the_row_is_the_record() -> None:
    record = an_issued()

    assert set(record.__struct_fields__) - set(IssuedCertificate.__struct_fields__) == {"id", "revision"}
    assert issued_of(record).fingerprint == record.fingerprint


def test_an_authority_without_a_list_has_none() -> None:
    assert authority_of(an_authority(), None).revocation_list is None
    made = authority_of(an_authority(), a_list()).revocation_list
    assert made is not None
    assert (made.number, made.entries) == (7, 3)
