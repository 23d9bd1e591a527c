"""The fake of the reads of local lists has what the reads have."""

import inspect

from services.api.locallists import reads
from services.api.locallists.fakes import FakeLocalLists
from services.api.locallists.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeLocalLists, name)).parameters
        assert fake == real
