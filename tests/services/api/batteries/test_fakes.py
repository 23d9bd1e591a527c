"""The fake of the reads of batteries has what the reads have."""

import inspect

from services.api.batteries import reads
from services.api.batteries.fakes import FakeBatteries
from services.api.batteries.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeBatteries, name)).parameters
        assert fake == real
