"""The reads of all nouns, each given this process's `ClickHouse`."""

import functools
from types import SimpleNamespace
from typing import cast

from services.api.history.scoping import Scoped
from services.api.nouns import NOUNS
from services.api.ports import Reads
from services.runtime.clickhouse import ClickHouse


def bound_reads(db: ClickHouse | Scoped) -> Reads:
    """Every read of every noun, with its first argument given."""
    declared = (noun.reads for noun in NOUNS if noun.reads is not None)
    functions = {name: function for reads in declared for name, function in reads.functions().items()}
    return cast(Reads, SimpleNamespace(**{name: functools.partial(call, db) for name, call in functions.items()}))
