"""Vendors are known by their ids without regard to case."""

import pytest

from schemas.vendors import vendor_key


@pytest.mark.parametrize("vendor_id", ["com.Example", "COM.EXAMPLE", " com.example "])
def test_a_vendor_is_one_in_any_case(vendor_id: str) -> None:
    assert vendor_key(vendor_id) == "com.example"
