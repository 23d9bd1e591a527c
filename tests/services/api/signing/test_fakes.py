"""The fake of the reads has what the reads have."""

import inspect

from services.api.signing import reads
from services.api.signing.fakes import FakeSigning
from services.api.signing.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeSigning, name)).parameters
        assert fake == real
