"""The fake of the reads of monitoring has what the reads have."""

import inspect

from services.api.monitoring import reads
from services.api.monitoring.fakes import FakeMonitoring
from services.api.monitoring.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeMonitoring, name)).parameters
        assert fake == real
