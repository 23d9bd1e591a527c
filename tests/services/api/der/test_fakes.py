"""The fake of the reads of DER control has what the reads have."""

import inspect

from services.api.der import reads
from services.api.der.fakes import FakeDER
from services.api.der.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeDER, name)).parameters
        assert fake == real
