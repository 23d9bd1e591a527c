"""The API gives what the record has; answers of responders are not in it."""

from services.api.iso15118.rows import CheckedCertificate, Iso15118Request, checked, request_of
from tests.services.api.iso15118.given import NAME, a_contract, answered


def test_the_row_is_the_record() -> None:
    record = answered()

    assert set(record.__struct_fields__) - set(Iso15118Request.__struct_fields__) == {"id"}
    assert request_of(record).found == (checked(record.found[0]),)
    assert checked(record.found[0]).name == NAME
    assert "ocsp" not in CheckedCertificate.__struct_fields__
    assert request_of(a_contract()).detail
