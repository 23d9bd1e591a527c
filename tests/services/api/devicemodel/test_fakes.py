"""The fake of the reads of variables has what the reads have."""

import inspect

from services.api.devicemodel import reads
from services.api.devicemodel.fakes import FakeVariables
from services.api.devicemodel.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeVariables, name)).parameters
        assert fake == real
