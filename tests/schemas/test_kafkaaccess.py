"""How processes reach Kafka: what goes together, and what clients are told."""

import pytest

from schemas.kafkaaccess import KafkaAccess, client_options
from schemas.settings import BadSetting

TLS = object()


def test_without_settings_clients_speak_in_clear() -> None:
    options = client_options(KafkaAccess(bootstrap="a:1,b:2"), None)

    assert options == {"bootstrap_servers": "a:1,b:2", "security_protocol": "PLAINTEXT", "ssl_context": None}


def test_tls_with_a_login_is_sasl_ssl() -> None:
    access = KafkaAccess(kafka_tls=True, kafka_sasl="SCRAM-SHA-512", kafka_username="u", kafka_password="p")

    options = client_options(access, TLS)

    assert options["security_protocol"] == "SASL_SSL"
    assert options["ssl_context"] is TLS
    assert (options["sasl_mechanism"], options["sasl_plain_username"], options["sasl_plain_password"]) == (
        "SCRAM-SHA-512",
        "u",
        "p",
    )


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"kafka_ca": "ca.pem"}, "kafka_tls"),
        ({"kafka_certificate": "client.pem"}, "kafka_tls"),
        ({"kafka_tls": True, "kafka_key": "key.pem"}, "kafka_certificate"),
        ({"kafka_username": "u", "kafka_password": "p"}, "kafka_sasl"),
        ({"kafka_sasl": "PLAIN", "kafka_username": "u"}, "kafka_password"),
    ],
)
def test_settings_that_do_not_go_together_are_refused_by_name(settings: dict[str, object], named: str) -> None:
    with pytest.raises(BadSetting, match=named):
        client_options(KafkaAccess(**settings), None)  # type: ignore[arg-type]
