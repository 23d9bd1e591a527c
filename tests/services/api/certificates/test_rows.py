"""A certificate as the API gives it is the record of it, with its name spread out."""

from msgspec.structs import replace

from services.api.certificates.rows import Certificate, certificate_of
from tests.services.api.builders import a_certificate


def test_the_row_is_the_record_with_the_members_of_its_name() -> None:
    record = a_certificate()
    row = certificate_of(record)

    assert (row.hash_algorithm, row.issuer_name_hash, row.issuer_key_hash, row.serial_number) == (
        *("SHA256", "aa", "bb", "1f"),
    )
    assert set(record.__struct_fields__) - set(Certificate.__struct_fields__) == {"id", "revision", "name"}


def test_one_that_no_station_has_named_has_an_empty_name() -> None:
    assert certificate_of(replace(a_certificate(), name=None)).serial_number == ""
