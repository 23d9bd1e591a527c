"""The fake of the reads of reservations has what the reads have."""

import inspect

from services.api.reservations import reads
from services.api.reservations.fakes import FakeReservations
from services.api.reservations.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeReservations, name)).parameters
        assert fake == real
