"""Registration: what a station may do on its connection, by its registration. PURE."""

from gateway.effects import Standing, Translation
from gateway.ocpp.rows import Call, Received
from schemas.stations import RegistrationStatus, stricter

TRIGGERS_REMEMBERED = 8


class Registration:
    """The registration of the station of one connection: from reference data, then by boot decisions and by operators."""

    __slots__ = ("_renews", "_standing", "_triggered", "status")

    def __init__(self, standing: Standing) -> None:
        self._renews = standing.renews
        self.status: RegistrationStatus = self.most(standing.registration)
        self._standing = standing
        self._triggered: tuple[str, ...] = ()

    def most(self, status: RegistrationStatus) -> RegistrationStatus:
        """The status, or Pending where the station may only renew its certificate on this connection (A00.FR.429)."""
        return stricter(status, "Pending") if self._renews else status

    def on_boot_decision(self, status: RegistrationStatus) -> None:
        """A boot was decided. Of a provisioned station the stricter of the decision and the operator's registration applies."""
        if not self._renews:  # what it was triggered for at once may wait for this answer
            self._triggered = ()
        decided = stricter(status, self._standing.registration) if self._standing.provisioned else status
        self.status = self.most(decided)

    def on_boot_fallback(self) -> None:
        """A boot got no decision in time and was answered Pending."""
        self.status = "Pending"

    def set_standing(self, standing: Standing) -> bool:
        """The operator or `stations` changed the standing; returns True where the station is rejected by that."""
        rejected = standing.registration == "Rejected" and self.status != "Rejected"
        self._standing, self.status = standing, self.most(standing.registration)
        return rejected

    def allow_triggered(self, message: str) -> None:
        """B02.FR.02: a pending station may send a message that the CSMS has triggered. Empty: nothing was triggered."""
        if message:
            self._triggered = (*self._triggered, message)[-TRIGGERS_REMEMBERED:]

    def restrict(self, call: Call, received: Received, translation: Translation) -> Received:
        """Restrict the result for a message while the station is not accepted; boots are never restricted."""
        if received.boots:
            return received
        triggers = self._triggered if self.status == "Pending" else None
        return translation.unaccepted(call, received, provisioned=self._standing.provisioned, triggers=triggers)
