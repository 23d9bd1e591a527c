"""The fake of the reads of display messages has what the reads have."""

import inspect

from services.api.displays import reads
from services.api.displays.fakes import FakeDisplays
from services.api.displays.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeDisplays, name)).parameters
        assert fake == real
