"""The fake of the reads of exchanges has what the reads have."""

import inspect

from services.api.conversations import reads
from services.api.conversations.fakes import FakeConversations
from services.api.conversations.noun import NOUN


def test_the_fake_is_called_as_the_reads_are() -> None:
    assert NOUN.reads is not None
    for name in NOUN.reads.functions():
        _, *real = inspect.signature(getattr(reads, name)).parameters
        _, *fake = inspect.signature(getattr(FakeConversations, name)).parameters
        assert fake == real
