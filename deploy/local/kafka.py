# ruff: noqa: S603 -- command lines here contain only constants and paths of this repository
"""One real Apache Kafka on this machine, for tests and load tests: a single JVM in KRaft mode on free loopback ports."""

import argparse
import fcntl
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
JARS = ROOT / ".cache" / "kafka"
POM = Path(__file__).with_name("kafka-jars.xml")
JAVA_AT_LEAST = 17
FETCH_WITHIN_S = 600
FORMAT_WITHIN_S = 60
START_WITHIN_S = 60
STOP_WITHIN_S = 20
HEAP_MB = 768

PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:{controller_port}
log.dirs={logs}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.segment.bytes=67108864
"""


class CannotRun(Exception):
    """Kafka cannot run on this machine. The message says what to install or what failed."""


class Kafka:
    """A broker with its data in `folder`. It keeps its port when it is stopped and started again.

    `properties`: lines that are appended to `PROPERTIES` and override them. `at_format`: arguments of the tool that formats
    the storage.
    """

    def __init__(
        self, folder: Path, *, port: int | None = None, properties: str = "", at_format: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.port = port or _free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._controller_port = _free_port()
        self._properties = properties
        self._at_format = at_format
        self._java: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The JVM's process id while it runs."""
        return self._java.pid if self._java is not None else None

    def start(self) -> None:
        """Start the broker and wait until it takes connections. Raises CannotRun."""
        jars = fetch_jars()
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = self.folder / "server.properties"
        properties.write_text(
            PROPERTIES.format(port=self.port, controller_port=self._controller_port, logs=self.folder / "data")
            + self._properties
        )
        if not (self.folder / "data" / "meta.properties").exists():
            cluster = str(uuid.uuid4()).replace("-", "")[:22]
            tool = ["kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties), *self._at_format]
            done = subprocess.run([*_java(jars), *tool], capture_output=True, timeout=FORMAT_WITHIN_S, check=False)
            if done.returncode:
                raise CannotRun(f"Kafka's storage cannot be formatted: {done.stderr.decode()[-2000:]}")
        with (self.folder / "kafka.out").open("ab") as out:
            self._java = subprocess.Popen(
                [*_java(jars), "kafka.Kafka", str(properties)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._await_port()

    def stop(self, *, kill: bool = False) -> None:
        """Stop the JVM: with SIGTERM, or with SIGKILL if `kill`. Returns after it has ended."""
        java, self._java = self._java, None
        if java is None:
            return
        java.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            java.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            java.kill()
            java.wait()

    @property
    def running(self) -> bool:
        """Whether the JVM runs."""
        return self._java is not None and self._java.poll() is None

    def _await_port(self) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline:
            assert self._java is not None
            if self._java.poll() is not None:
                break
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        self.stop(kill=True)
        end = (self.folder / "kafka.out").read_text(errors="replace")[-2000:]
        raise CannotRun(f"Kafka did not start within {START_WITHIN_S} s: {end}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def fetch_jars() -> Path:
    """Return the folder with Kafka's jars. They are downloaded from Maven's repository once. Raises CannotRun."""
    require_tools()
    JARS.parent.mkdir(parents=True, exist_ok=True)
    with (JARS.parent / "kafka.lock").open("w") as lock:  # of several processes that start together, one downloads
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = JARS / "complete"
        if not done.exists() or done.read_text() != POM.read_text():
            _fetch()
            done.write_text(POM.read_text())
    return JARS


def _fetch() -> None:
    shutil.rmtree(JARS, ignore_errors=True)
    JARS.mkdir(parents=True)
    command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={JARS}"]
    fetched = subprocess.run(command, capture_output=True, timeout=FETCH_WITHIN_S, check=False)
    if fetched.returncode:
        raise CannotRun(f"Maven cannot fetch Kafka's jars: {fetched.stdout.decode()[-2000:]}")


def require_tools() -> None:
    """Check that Java and Maven are installed. Raises CannotRun, which says what to install."""
    java = shutil.which("java")
    if java is None:
        raise CannotRun(f"Apache Kafka needs Java {JAVA_AT_LEAST} or newer: install a JRE, and Maven.")
    printed = subprocess.run([java, "-version"], capture_output=True, timeout=30, check=False).stderr.decode()
    version = re.search(r'version "(\d+)', printed)
    if version is None or int(version[1]) < JAVA_AT_LEAST:
        raise CannotRun(f"Apache Kafka needs Java {JAVA_AT_LEAST} or newer; this is {printed.splitlines()[0]}.")
    if shutil.which("mvn") is None and not (JARS / "complete").exists():
        raise CannotRun("Maven fetches Apache Kafka's jars: install it (`mvn`).")


def _java(jars: Path) -> list[str]:
    return ["java", f"-Xmx{HEAP_MB}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4", "-cp", f"{jars}/*"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    """Run a broker in the foreground: `python -m deploy.local.kafka --port 9092 --folder DIR`."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.kafka", description=__doc__)
    parser.add_argument("--port", type=int, default=9092, help="port of the broker [9092]")
    parser.add_argument("--folder", type=Path, default=None, help="where its data is kept [a new temporary folder]")
    given = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    folder: Path = given.folder or Path(tempfile.mkdtemp(prefix="voltbus-kafka-"))
    try:
        with Kafka(folder, port=given.port) as kafka:
            print(f"Kafka listens on {kafka.bootstrap}, process {kafka.pid}, data in {folder}", flush=True)
            while not ended.wait(0.5):
                if not kafka.running:
                    return 1
    except CannotRun as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
