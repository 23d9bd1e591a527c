"""A cluster that requires TLS and a login: every client of the product connects, or ends with a sentence that gives the reason."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kafka import Kafka
from tests.integration.charging import charged
from tests.integration.product import create_topics, running
from tests.integration.stations import DELIVERED_WH

pytestmark = [pytest.mark.kafka, pytest.mark.asyncio(loop_scope="module")]

USER, PASSWORD = "voltbus", "a-password-of-tests"

SECURED = """\
listener.security.protocol.map=PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.plaintext.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule \
required username="{user}" password="{password}";
ssl.keystore.location={keystore}
ssl.keystore.password={password}
ssl.truststore.location={keystore}
ssl.truststore.password={password}
"""


def keytool(*arguments: str) -> None:
    """The JDK's own tool for keys, which is there where Kafka can run."""
    subprocess.run(["keytool", *arguments], check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def secured(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kafka, Path]]:
    """Such a broker, and the PEM file of its certificate. (The shared one tells whether a broker can run here.)"""
    assert kafka.running
    folder = tmp_path_factory.mktemp("secured-kafka")
    keystore, certificate = folder / "broker.p12", folder / "ca.pem"
    store = ("-keystore", str(keystore), "-storetype", "PKCS12", "-storepass", PASSWORD, "-alias", "broker")
    named = ("-dname", "CN=broker", "-ext", "san=ip:127.0.0.1", "-ext", "bc=ca:true")
    keytool("-genkeypair", *store, "-keyalg", "RSA", "-keysize", "2048", "-validity", "30", *named)
    keytool("-exportcert", "-rfc", *store, "-file", str(certificate))
    login = f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"
    properties = SECURED.format(user=USER, password=PASSWORD, keystore=keystore)
    with Kafka(folder, properties=properties, at_format=("--add-scram", login)) as broker:
        yield broker, certificate


def access(certificate: Path, *, password: str = PASSWORD) -> dict[str, str]:
    """The settings that lead in, as environment variables."""
    return {
        "VOLTBUS_KAFKA_TLS": "true",
        "VOLTBUS_KAFKA_CA": str(certificate),
        "VOLTBUS_KAFKA_SASL": "SCRAM-SHA-512",
        "VOLTBUS_KAFKA_USERNAME": USER,
        "VOLTBUS_KAFKA_PASSWORD": password,
    }


async def test_a_session_goes_from_the_station_to_the_api(secured: tuple[Kafka, Path], tmp_path: Path) -> None:
    broker, certificate = secured
    settings = access(certificate)
    create_topics(broker.bootstrap, settings=settings)

    async with running(bus="kafka", bootstrap=broker.bootstrap, folder=tmp_path, settings=settings) as product:
        assert await charged(product, "2.0.1", "SECURED") == [DELIVERED_WH]


@pytest.mark.parametrize(
    ("module", "flags"),
    [("services", ["topics"]), ("gateway", ["--kafka-start-timeout-s", "1", "--metrics-port", "0"])],
)
async def test_a_wrong_password_is_told_and_nothing_starts(
    secured: tuple[Kafka, Path], module: str, flags: list[str]
) -> None:
    broker, certificate = secured
    environ = {**os.environ, **access(certificate, password="not-the-password")}
    command = [sys.executable, "-m", module, *flags, "--bootstrap", broker.bootstrap]

    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environ)

    assert done.returncode == 1
    assert "login by SCRAM-SHA-512 as voltbus" in done.stderr
