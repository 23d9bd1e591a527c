"""The fake of the reads of reports has what the reads have."""

import inspect

from services.api.reports import reads
from services.api.reports.fakes import FakeReports
from services.api.reports.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeReports, name)).parameters
        assert fake == real
