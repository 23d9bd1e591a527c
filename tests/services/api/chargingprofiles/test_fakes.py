"""The fake of the reads of charging profiles has what the reads have."""

import inspect

from services.api.chargingprofiles import reads
from services.api.chargingprofiles.fakes import FakeProfiles
from services.api.chargingprofiles.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeProfiles, name)).parameters
        assert fake == real
