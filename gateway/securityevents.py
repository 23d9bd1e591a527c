"""Security events that the gateway finds at handshakes (A00.FR.408), as records of the noun security. PURE."""

from gateway.effects import Moment
from gateway.quotas import Quota
from schemas.base import derived_id
from schemas.security import SecurityEventReported, criticality

EVERY_S = 60.0
"""One event of a station and type in that time is published; the others are counted."""

EVERY = ""
PER_S = 20
"""Events of all stations in a second."""


class SecurityEvents:
    """Makes the events, and bounds them: an attacker who names stations must not fill the topic."""

    def __init__(self, *, limit: int) -> None:
        self._of_station = Quota(burst=1, every_s=EVERY_S, limit=limit)
        self._of_all = Quota(burst=10 * PER_S, every_s=1 / PER_S, limit=1)

    def found(
        self, station: str, type_: str, sentence: str, address: str, moment: Moment, *, renews: bool = False
    ) -> SecurityEventReported | None:
        """The event of a refused handshake in the name of a known station; None where there was one of late.

        `renews`: it was not refused, for the station comes to renew its certificate.
        """
        key = f"{type_} {renews} {station}"
        if self._of_station.wait_s(key, moment.now) or self._of_all.wait_s(EVERY, moment.now):
            return None
        self._of_station.note(key, moment.now)
        self._of_all.note(EVERY, moment.now)
        return SecurityEventReported(
            id=derived_id(station, type_, address, moment.at.isoformat()),
            station=station,
            type=type_,
            critical=criticality(type_, "2.1"),
            tech_info=f"{sentence} From {address}."[:255],
            at=moment.at,
            received_at=moment.at,
            source="csms",
            renews=renews,
        )
