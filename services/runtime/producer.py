"""Publisher: records onto Kafka, acknowledged by all replicas before it returns."""

from schemas.base import Record
from services.runtime.settings import Settings


class Publisher:
    """An idempotent producer. Raises `Outage` when Kafka does not take the records in time."""

    def __init__(self, settings: Settings, *, name: str) -> None:
        self._settings = settings
        self._name = name

    async def start(self) -> None:
        """Connect to Kafka. Raises Outage when it cannot be reached."""

    async def stop(self) -> None:
        """Send what is on its way and disconnect."""

    async def publish(self, *records: Record) -> None:
        """Send records by `schemas.topics.route` and return when Kafka has them all. Raises Outage: some may be there."""

    def not_ready(self) -> list[str]:
        """Why nothing can be published now; empty when it can."""
        return []
