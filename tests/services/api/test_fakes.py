"""The fakes of the ports: each read of each noun is called as its port says, and is an outage while ClickHouse is away."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any
from unittest.mock import MagicMock

import pytest

from services.api.fakes import FakeReads, World
from services.api.noun import NounReads
from services.api.nouns import NOUNS
from services.runtime.process.outage import Outage

READS = [noun.reads for noun in NOUNS if noun.reads is not None]
by_noun = pytest.mark.parametrize("reads", READS, ids=lambda reads: reads.protocol.__name__)


def arguments(function: Callable[..., Any]) -> list[tuple[str, Any, bool]]:
    """The arguments of a read: each with how it is given, and whether it may be left out."""
    _, *given = inspect.signature(function).parameters.values()
    return [(each.name, each.kind, each.default is not each.empty) for each in given]


@by_noun
def test_the_fake_of_a_read_is_called_as_its_port_says(reads: NounReads) -> None:
    for name in reads.functions():
        assert arguments(getattr(FakeReads, name)) == arguments(getattr(reads.protocol, name)), name


@by_noun
def test_every_read_of_a_world_whose_clickhouse_is_away_is_an_outage(reads: NounReads) -> None:
    world = World()
    world.reads.away = True
    anything = MagicMock()

    for name in reads.functions():
        fake = getattr(world.reads, name)
        needed = [each for each in inspect.signature(fake).parameters.values() if each.default is each.empty]
        by_place = [anything for each in needed if each.kind is not each.KEYWORD_ONLY]
        by_name = {each.name: anything for each in needed if each.kind is each.KEYWORD_ONLY}
        with pytest.raises(Outage, match="ClickHouse"):
            asyncio.run(fake(*by_place, **by_name))
