"""A real Apache Kafka for tests, where it can run."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kafka import CannotRun, Kafka


@contextlib.contextmanager
def broker(folder: Path, *, properties: str = "") -> Iterator[Kafka]:
    """A broker of one's own, with further properties. Where it cannot run: skipped with what to install; in CI that fails."""
    kafka = Kafka(folder, properties=properties)
    try:
        kafka.start()
    except CannotRun as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    try:
        yield kafka
    finally:
        kafka.stop()
