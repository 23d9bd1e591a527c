"""The fake of the reads of certificates has what the reads have."""

import inspect

from services.api.certificates import reads
from services.api.certificates.fakes import FakeCertificates
from services.api.certificates.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeCertificates, name)).parameters
        assert fake == real
