"""The embedded bus: librdkafka's mock Kafka cluster, kept by this process. What it holds is gone when it closes."""

import contextlib
import signal
import threading
from types import TracebackType
from typing import Self

from confluent_kafka import Producer

START_WITHIN_S = 10.0


class EmbeddedBus:
    """A Kafka-speaking bus in memory. Topics appear on first use with 4 partitions of 5 MB at most; nothing survives it."""

    def __init__(self) -> None:
        self._cluster = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 1, "log_level": 3})
        brokers = self._cluster.list_topics(timeout=START_WITHIN_S).brokers.values()
        self.bootstrap = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)

    def close(self) -> None:
        """End the cluster with all it holds."""
        with contextlib.suppress(AttributeError):
            del self._cluster

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def main() -> None:
    """Hold a bus until told to stop: `python -m deploy.local.bus`. The first line of output is its bootstrap."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with EmbeddedBus() as bus:
        print(bus.bootstrap, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
