"""The gate: decides on handshakes, by the reference data of the station and by quotas.

There are three quotas, each bounded and counted. Connections of one station that replace each other are slowed, so that two devices
with one identity do not replace each other every second. Unknown identities are admitted only up to a number and a rate. Wrong
passwords from one address are verified only at a limited rate; passwords verified before are always accepted.
"""

import secrets
from collections.abc import Callable

from gateway import metrics
from gateway.admission import Admitted, KnownStation, Refused, Request, admit, station_of
from gateway.proof import VerifiedPasswords
from gateway.quotas import Quota
from gateway.references import References
from gateway.settings import Settings
from schemas.ids import folded

ONE = ""
"""The key of a quota that has only one key."""

WRONG_AT_ONCE = 10
"""The burst of wrong passwords of an address, in seconds of its rate."""


class Gate:
    """Decides on handshakes. `connected_spelling(station)` is the id of a station as it is spelled while connected here, else None."""

    def __init__(
        self, settings: Settings, references: References, connected_spelling: Callable[[str], str | None]
    ) -> None:
        self.policy = settings.policy()
        self._settings = settings
        self._references = references
        self._connected_spelling = connected_spelling
        self._verified = VerifiedPasswords(key=secrets.token_bytes(32), limit=settings.verified_passwords)
        most = settings.max_connections
        self._held_off: dict[str, int] = {}
        self._replacements = Quota(burst=settings.replacements, every_s=settings.replacement_s, limit=most)
        per_minute = settings.parked_stations_per_minute
        self._parked = Quota(burst=per_minute, every_s=60 / per_minute, limit=1)
        per_s = settings.wrong_passwords_per_s
        self._wrong = Quota(burst=per_s * WRONG_AT_ONCE, every_s=1 / per_s, limit=most)

    def decide(self, request: Request, address: str, now: float) -> Admitted | Refused:
        """Decide on a handshake. `now`: monotonic seconds."""
        station = station_of(request.path)
        reference = self._lookup(station) if isinstance(station, str) else None
        derives = self._wrong.wait_s(address, now) == 0
        verdict = admit(request, self.policy, reference, self._verified if derives else self._verified.remembered_only)
        if isinstance(verdict, Refused):
            return self._count_wrong_password(verdict, request, address, now) if derives else _too_many_wrong(verdict)
        return self._check_replacements(verdict, now) or self._check_unknown(verdict, reference, now) or verdict

    def note_replacement(self, station: str, now: float) -> int:
        """Note that a connection of the station replaced another, here or elsewhere; returns how many were refused before it."""
        self._replacements.note(folded(station), now)
        return self._held_off.pop(folded(station), 0)

    def _lookup(self, station: str) -> KnownStation | None:
        """The reference data of a station; where there is none yet but it is connected here, its spelling alone."""
        reference = self._references.lookup(station)
        if reference is not None:
            return reference
        here = self._connected_spelling(station)
        return None if here is None else KnownStation(station=here)

    def _count_wrong_password(self, refused: Refused, request: Request, address: str, now: float) -> Refused:
        if refused.challenge and request.authorization:
            self._wrong.note(address, now)
        return refused

    def _check_replacements(self, admitted: Admitted, now: float) -> Refused | None:
        wait_s = self._replacements.wait_s(folded(admitted.station), now)
        if not wait_s:
            return None
        metrics.HELD_OFF.labels("replacements").inc()
        self._count_held_off(folded(admitted.station))
        sentence = "The connections of this station replace each other; connect again a little later."
        return Refused(status=503, sentence=sentence, retry_after_s=wait_s)

    def _count_held_off(self, station: str) -> None:
        if len(self._held_off) >= self._settings.max_connections:
            del self._held_off[next(iter(self._held_off))]
        self._held_off[station] = self._held_off.get(station, 0) + 1

    def _check_unknown(self, admitted: Admitted, reference: KnownStation | None, now: float) -> Refused | None:
        if admitted.provisioned or reference is not None:
            return None
        settings, parks = self._settings, self.policy.unknown(admitted.channel) == "park"
        most = settings.parked_stations if parks else settings.accepted_stations
        if self._references.unknown >= most:
            metrics.HELD_OFF.labels("unknown").inc()
            sentence = (
                "As many stations as may be have come that nobody provisioned: provision this one, or remove others."
            )
            return Refused(status=503, sentence=sentence, retry_after_s=60.0)
        if not parks:
            return None
        wait_s = self._parked.wait_s(ONE, now)
        if wait_s:
            metrics.HELD_OFF.labels("unknown").inc()
            sentence = "Many stations come that nobody provisioned; connect again a little later."
            return Refused(status=503, sentence=sentence, retry_after_s=wait_s)
        self._parked.note(ONE, now)
        return None


def _too_many_wrong(refused: Refused) -> Refused:
    if not refused.challenge:
        return refused
    metrics.HELD_OFF.labels("passwords").inc()
    return Refused(
        status=503, sentence="Many wrong passwords come from this address; connect again.", retry_after_s=1.0
    )
