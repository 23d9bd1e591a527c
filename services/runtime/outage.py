"""Outage: something this process needs is away; pause and retry, never drop."""


class Outage(Exception):
    """Kafka, ClickHouse or another neighbour cannot be reached now; the message says which and why."""
