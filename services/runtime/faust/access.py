"""Access: the Kafka credentials in faust's own form."""

from faust import SASLCredentials, SSLCredentials

from schemas.kafkaaccess import KafkaAccess
from schemas.kafkaclients import kafka_options


def faust_credentials(settings: KafkaAccess) -> SASLCredentials | SSLCredentials | None:
    """The SASL login, or TLS alone; None for plain text. Raises BadSetting."""
    options = kafka_options(settings)
    if "sasl_mechanism" in options:
        return SASLCredentials(
            username=options["sasl_plain_username"],
            password=options["sasl_plain_password"],
            mechanism=options["sasl_mechanism"],
            ssl_context=options["ssl_context"],
        )
    return SSLCredentials(options["ssl_context"]) if settings.kafka_tls else None
