"""The fake of the reads of data transfers has what the reads have."""

import inspect

from services.api.vendors import reads
from services.api.vendors.fakes import FakeVendors
from services.api.vendors.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeVendors, name)).parameters
        assert fake == real
