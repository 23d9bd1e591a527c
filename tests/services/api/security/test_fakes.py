"""The fake of the reads of security events has what the reads have."""

import inspect

from services.api.security import reads
from services.api.security.fakes import FakeSecurity
from services.api.security.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeSecurity, name)).parameters
        assert fake == real
