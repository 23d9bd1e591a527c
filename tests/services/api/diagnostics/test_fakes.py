"""The fake of the reads of logs has what the reads have."""

import inspect

from services.api.diagnostics import reads
from services.api.diagnostics.fakes import FakeLogs
from services.api.diagnostics.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeLogs, name)).parameters
        assert fake == real
