"""New passwords: those that commands are about to set, here or elsewhere, accepted before the service `stations` has said so. PURE.

A station may use a new password within milliseconds of accepting it (A01.FR.03), and `stations` says the same to all gateways: from the
moment in which the command may reach the station, both passwords are accepted. A gateway knows that of the commands that it sends itself
without a way over Kafka, and of all others by what the service `commands` says before it dispatches them: the station may come back
anywhere.
"""

from collections.abc import Callable
from datetime import datetime

from schemas.commands import CredentialReported, DeliveryReported

REMEMBERED = 10_000
"""Stations whose new password is remembered; of more, the oldest is forgotten, and Kafka's word applies to it."""

ON_ITS_WAY = frozenset({"timed-out", "disconnected"})
"""Results with which the station may have the password."""


class NewPasswords:
    """The hash of the newest password that was sent to each station, until it was refused or Kafka's word includes it.

    `said`: the hashes that Kafka's word has for a station now.
    """

    def __init__(self, said: Callable[[str], tuple[str, ...]]) -> None:
        self._said = said
        self._sent: dict[str, tuple[str, str]] = {}
        self._set_by_operator: dict[str, datetime] = {}

    def on_sent(self, station: str, command_id: str, password_hash: str) -> None:
        """The command that sets this password is on its way to the station, or queued for it."""
        self._sent.pop(station, None)
        if password_hash in self._said(station):
            return
        self._sent[station] = (command_id, password_hash)
        if len(self._sent) > REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def on_reported(self, report: CredentialReported) -> None:
        """`commands` has said what becomes of a password that a command sets, at whichever gateway."""
        if report.status == "asked":
            by_operator = self._set_by_operator.get(report.station)
            if by_operator is not None and report.at < by_operator:
                return  # read late: the operator's word is newer, and applies alone
            self.on_sent(report.station, report.command_id, report.password_hash)
        elif report.status == "unchanged":
            self._void(report.station, report.command_id)

    def on_report(self, report: DeliveryReported) -> None:
        """A command is over. A01.FR.04: a password that the station has not accepted is void."""
        if not _may_have_it(report):
            self._void(report.station, report.command_id)

    def on_said(self, station: str, password_hashes: tuple[str, ...]) -> None:
        """`stations` has said which passwords are accepted. Once the new one is among them its word applies alone."""
        sent = self._sent.get(station)
        if sent is not None and sent[1] in password_hashes:
            del self._sent[station]

    def _void(self, station: str, command_id: str) -> None:
        sent = self._sent.get(station)
        if sent is not None and sent[0] == command_id:
            del self._sent[station]

    def forget(self, station: str, at: datetime) -> None:
        """An operator has changed the station at this time: his word applies alone, also where an older order is read later."""
        self._sent.pop(station, None)
        self._set_by_operator.pop(station, None)
        self._set_by_operator[station] = at
        if len(self._set_by_operator) > REMEMBERED:
            del self._set_by_operator[next(iter(self._set_by_operator))]

    def accepted(self, station: str) -> tuple[str, ...]:
        """The hashes that are accepted; an empty one is of a station that needs no password so far."""
        said = self._said(station)
        _, password_hash = self._sent.get(station, ("", ""))
        return (*(said or ("",)), password_hash) if password_hash else said


def _may_have_it(report: DeliveryReported) -> bool:
    if report.result in ON_ITS_WAY:
        return True
    if report.result != "answered":
        return False
    return report.outcome == "accepted" or any(item.status == "Accepted" for item in report.items)
