"""The fake of the reads of session limits has what the reads have."""

import inspect

from services.api.sessionlimits import reads
from services.api.sessionlimits.fakes import FakeSessionLimits
from services.api.sessionlimits.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeSessionLimits, name)).parameters
        assert fake == real
