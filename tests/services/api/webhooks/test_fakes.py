"""The fake of the reads of deliveries has what the reads have."""

import inspect

from services.api.webhooks import reads
from services.api.webhooks.fakes import FakeWebhooks
from services.api.webhooks.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeWebhooks, name)).parameters
        assert fake == real
