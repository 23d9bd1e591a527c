"""Facts: messages that no noun of ours acts on yet, kept whole on their noun's topic, so that nothing a station said is lost."""

import msgspec

from schemas.base import OcppVersion, Record, Timestamp


class FactReported(Record, frozen=True, kw_only=True, tag="fact-reported"):
    """A valid message of the station, as it came. `noun` names its topic (`csms.<noun>`)."""

    id: str
    station: str
    noun: str
    version: OcppVersion
    action: str
    payload: msgspec.Raw
    received_at: Timestamp
