"""Quarantine: records of all nouns that are implausible, unreadable or too late, with the reason."""

from schemas.billing import CorrectionQuarantined
from schemas.deviations import MessageQuarantined
from schemas.topic import Topic
from schemas.transactions import MeterValueQuarantined

QUARANTINE = Topic(
    name="csms.quarantine",
    meaning="Implausible meter values, messages that cannot be read as the fact they should be, changes too late for a bill, with the"
    " reason.",
    records=(MeterValueQuarantined, MessageQuarantined, CorrectionQuarantined),
)

TOPICS = (QUARANTINE,)
