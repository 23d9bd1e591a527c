"""The fake of the reads of payments has what the reads have."""

import inspect

from services.api.payments import reads
from services.api.payments.fakes import FakePayments
from services.api.payments.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakePayments, name)).parameters
        assert fake == real
