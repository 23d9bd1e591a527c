"""Reports: a request and the parts of its answer find each other by a number that follows from the command."""

import msgspec

from schemas.base import derived_id
from schemas.reports import REQUEST_ID_MOST, request_id_of


def test_a_command_has_one_request_id_that_fits_a_station_s_integer() -> None:
    ids = [request_id_of(derived_id("command", number)) for number in range(2_000)]

    assert ids == [request_id_of(derived_id("command", number)) for number in range(2_000)]
    assert all(type(each) is int and 1 <= each <= REQUEST_ID_MOST for each in ids)
    assert len(set(ids)) == len(ids)
    assert msgspec.json.decode(msgspec.json.encode(max(ids)), type=int) == max(ids)
