"""What is neither a record's fault nor a bug: something this process needs is away, or was never there."""


class Outage(Exception):
    """Kafka, ClickHouse or another neighbour cannot be reached now; the message says which and why. Pause and retry."""


class Unusable(Exception):
    """The surroundings are not as they must be; the message says in a sentence what to do. The process ends with 1."""
