"""The embedded bus: librdkafka's mock Kafka cluster inside this process. Its content is lost when it closes."""

import ctypes
import signal
import threading
from types import TracebackType
from typing import Self

from confluent_kafka import cimpl

from schemas.kafkabells import hang_bells, take_down_bells

_PRODUCER = 0
_REASON_BYTES = 512

_librdkafka = ctypes.CDLL(cimpl.__file__)
"""The C library that confluent-kafka carries. Its mock cluster is public there (rdkafka_mock.h), with settings that Python cannot reach."""
_librdkafka.rd_kafka_conf_new.restype = ctypes.c_void_p
_librdkafka.rd_kafka_conf_set.argtypes = [ctypes.c_void_p, *[ctypes.c_char_p] * 3, ctypes.c_size_t]
_librdkafka.rd_kafka_new.restype = ctypes.c_void_p
_librdkafka.rd_kafka_new.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
_librdkafka.rd_kafka_destroy.argtypes = [ctypes.c_void_p]
_librdkafka.rd_kafka_mock_cluster_new.restype = ctypes.c_void_p
_librdkafka.rd_kafka_mock_cluster_new.argtypes = [ctypes.c_void_p, ctypes.c_int]
_librdkafka.rd_kafka_mock_cluster_destroy.argtypes = [ctypes.c_void_p]
_librdkafka.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
_librdkafka.rd_kafka_mock_cluster_bootstraps.argtypes = [ctypes.c_void_p]
_librdkafka.rd_kafka_mock_group_initial_rebalance_delay_ms.argtypes = [ctypes.c_void_p, ctypes.c_int32]
_librdkafka.rd_kafka_mock_topic_create.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
_librdkafka.rd_kafka_mock_topic_create.restype = ctypes.c_int


class EmbeddedBus:
    """A bus in memory that speaks the Kafka protocol.

    Topics are created at their first use, with 4 partitions of at most 5 MB each, or before with `create`. Nothing is kept after
    `close`. The first member of a consumer group gets its partitions at once: librdkafka would wait 3 s for more members, and here
    there are none.
    """

    def __init__(self) -> None:
        conf, reason = _librdkafka.rd_kafka_conf_new(), ctypes.create_string_buffer(_REASON_BYTES)
        _librdkafka.rd_kafka_conf_set(conf, b"log_level", b"3", reason, _REASON_BYTES)
        self._client = _librdkafka.rd_kafka_new(_PRODUCER, conf, reason, _REASON_BYTES)
        if not self._client:
            raise RuntimeError(f"the embedded bus cannot start: {reason.value.decode()}")
        self._cluster = _librdkafka.rd_kafka_mock_cluster_new(self._client, 1)
        _librdkafka.rd_kafka_mock_group_initial_rebalance_delay_ms(self._cluster, 0)
        self.bootstrap = _librdkafka.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()
        self._port = int(self.bootstrap.rpartition(":")[2])
        hang_bells(self._port)

    def create(self, topic: str, *, partitions: int) -> None:
        """Create a topic with so many partitions, before its first use."""
        error = _librdkafka.rd_kafka_mock_topic_create(self._cluster, topic.encode(), partitions, 1)
        if error:
            raise RuntimeError(f"the embedded bus cannot create {topic}: error {error} of librdkafka")

    def close(self) -> None:
        """End the cluster and drop its content."""
        client, self._client = self._client, None
        if client:
            take_down_bells(self._port)
            _librdkafka.rd_kafka_mock_cluster_destroy(self._cluster)
            _librdkafka.rd_kafka_destroy(client)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def main() -> None:
    """Run a bus until SIGINT or SIGTERM: `python -m deploy.local.bus`. The first line of output is its bootstrap address."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with EmbeddedBus() as bus:
        print(bus.bootstrap, flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
