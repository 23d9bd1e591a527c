"""The fake of the reads of tariffs at stations has what the reads have."""

import inspect

from services.api.stationtariffs import reads
from services.api.stationtariffs.fakes import FakeStationTariffs
from services.api.stationtariffs.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeStationTariffs, name)).parameters
        assert fake == real
