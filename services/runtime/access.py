"""Access: how faust is told to speak with Kafka, which it takes apart from the address."""

from faust import SASLCredentials, SSLCredentials

from schemas.kafkaaccess import KafkaAccess
from schemas.kafkaclients import kafka_options


def faust_credentials(settings: KafkaAccess) -> SASLCredentials | SSLCredentials | None:
    """The login, or TLS alone; None in clear. Raises BadSetting."""
    options = kafka_options(settings)
    if "sasl_mechanism" in options:
        return SASLCredentials(
            username=options["sasl_plain_username"],
            password=options["sasl_plain_password"],
            mechanism=options["sasl_mechanism"],
            ssl_context=options["ssl_context"],
        )
    return SSLCredentials(options["ssl_context"]) if settings.kafka_tls else None
