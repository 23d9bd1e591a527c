"""The independent EXI codec for all tests of ISO 15118."""

from collections.abc import Iterator

import pytest

from tests.services.iso15118 import independent


@pytest.fixture(scope="session")
def codec() -> Iterator[independent.Codec]:
    with independent.codec() as running:
        yield running
