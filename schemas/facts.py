"""Facts: messages that no service acts on yet, kept whole on their noun's topic, so that nothing a station sent is lost."""

from collections.abc import Mapping

import msgspec

from schemas.base import OcppVersion, Record, Timestamp
from schemas.topic import Topic


class FactReported(Record, frozen=True, kw_only=True, tag="fact-reported"):
    """A message of the station, as it came; `deviations` say where it breaks its schema. `noun` names its topic (`csms.<noun>`)."""

    id: str
    station: str
    noun: str
    version: OcppVersion
    action: str
    payload: msgspec.Raw
    deviations: tuple[str, ...] = ()
    received_at: Timestamp


FACT_NOUNS: Mapping[str, str] = {
    "tariffs": "Tariff and cost facts.",
    "unaccepted": "Starts, ends and readings of stations whose registration is not accepted; no session came of them.",
}
"""Nouns whose messages are kept as facts, each on `csms.<noun>`, and what each carries."""

FACTS: tuple[Topic, ...] = tuple(
    Topic(
        name=f"csms.{noun}",
        meaning=f"{meaning} Kept as they came.",
        records=(FactReported,),
    )
    for noun, meaning in FACT_NOUNS.items()
)

TOPICS = FACTS
