"""The wiring of `reports`: requests are read before parts, and parts from every topic that has them."""

from schemas.commands import COMMANDS
from schemas.reports import ReportPart
from schemas.topics import CATALOGUE
from services.nouns import WORKER_OF, ServicesSettings, build, service_of


def test_requests_are_read_first() -> None:
    assert COMMANDS in service_of(WORKER_OF["reports"], ServicesSettings()).inputs_first


def test_every_topic_that_carries_parts_is_read() -> None:
    carrying = {topic for topic in CATALOGUE if any(issubclass(record, ReportPart) for record in topic.records)}

    assert carrying <= set(build("reports", ServicesSettings()).inputs)
