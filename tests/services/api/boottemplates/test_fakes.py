"""The fake of the reads of boot runs has what the reads have."""

import inspect

from services.api.boottemplates import reads
from services.api.boottemplates.fakes import FakeBoots
from services.api.boottemplates.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeBoots, name)).parameters
        assert fake == real
