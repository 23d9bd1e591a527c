"""Identities at the gateway's edge: pseudonyms for what stations say, identities for what they are told. PURE.

A frame of a station is masked before anything else reads it, and a frame to a station is revealed after everything else has seen it.
So sessions, records and the OCPP log have pseudonyms. A station that says a pseudonym gets another one for it: nobody charges by
a pseudonym that he has read somewhere.
"""

import datetime as dt
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping

import msgspec

from schemas.base import Record
from schemas.commands import Command
from schemas.identities import PSEUDONYM, SEALED_TEXT, IdentityErased, is_pseudonym
from schemas.identitymasks import CLEAR_TYPES, hide_text, hide_told, may_name_a_person, reveal_text
from schemas.identityvault import Kind, Vault

_TIMESTAMP = re.compile(r'"timestamp"\s*:\s*"([0-9]{4}-[0-9]{2})', re.IGNORECASE)
_REPORT = re.compile(r'"requestId"\s*:\s*(-?[0-9]+)', re.IGNORECASE)
_SEALED = SEALED_TEXT.encode()
_ANSWER = re.compile(r"\s*\[\s*[34]\b")
_CLEAR_TOKENS = re.compile(r'"token":"([^"\\]+)"')

REMEMBERED = 10_000
"""References of payments that are remembered, so that a station of 1.6, which says no type, is understood."""


REPORTS = 16
"""Reports about customers that one connection remembers, so that what the station tells is encrypted under the customer's own key."""


class Identities:
    """The vault as connections use it. `clear`: tokens that are no persons and were sent to stations as they are."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self._clear: OrderedDict[str, None] = OrderedDict()

    def not_ready(self, at: dt.datetime) -> list[str]:
        """The reason why no station can be served now; empty when they can."""
        if self.vault.is_on and not self.vault.has_period(at):
            return ["the vault of identities has no key for this month yet"]
        return []

    def upkeep(self, at: dt.datetime, random: Callable[[], bytes], by: str) -> tuple[Record, ...]:
        """What has to be published so that this month and the next have a key, and months that are over have none."""
        erased = [IdentityErased(identity=each, erased_at=at, erased_by=by) for each in self.vault.surplus_periods(at)]
        return (*self.vault.new_periods(at, random), *erased)

    def is_clear(self, token: str) -> bool:
        """Whether a token is no person but the reference of a payment that was sent to a station."""
        return token in self._clear

    def note(self, command: Command) -> None:
        """Remember the reference of a payment that is sent as a token."""
        text = msgspec.json.encode(command).decode()
        if any(f'"token_type":"{each}"' in text for each in CLEAR_TYPES):
            for token in _CLEAR_TOKENS.findall(text):
                self._clear[token] = None
        while len(self._clear) > REMEMBERED:
            self._clear.popitem(last=False)


class Edge:
    """The edge of one connection."""

    __slots__ = ("_identities", "_reports", "_told")

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._told: Mapping[str, str] = {}
        self._reports: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def received(self, data: str | bytes, at: dt.datetime) -> str | bytes:
        """A message of the station without identities. Raises NoPeriodKey."""
        if isinstance(data, bytes):
            return self._received_bytes(data, at)
        if not (self._told or may_name_a_person(data)):
            return data
        told = _TIMESTAMP.search(data)
        vault = self._identities.vault
        # By its own time, so that a message that is sent again in another month is the same.
        period = vault.period_at(at, told[1] if told else "")

        answers = _ANSWER.match(data) is not None

        def hide(value: str, kind: Kind) -> str:
            kept = self._identities.is_clear(value) or (answers and is_pseudonym(value))
            return value if kept else vault.pseudonym(value, kind, period)

        if answers:
            data = hide_told(data, self._told)
        persons = () if answers else self._reported(data)
        return hide_text(
            data,
            hide,
            seal=lambda text: vault.seal_named(text, period, persons),
            known=lambda text: vault.masked(text, period),
        )

    def _received_bytes(self, data: bytes, at: dt.datetime) -> bytes:
        try:
            text = self.received(data.decode(), at)
        except UnicodeDecodeError:
            masked = self.received(data.decode(errors="replace"), at)
            return str(masked).encode() + b"\xff"  # it stays what it is: no UTF-8
        return str(text).encode()

    def sent(self, frame: bytes, *, is_call: bool) -> bytes:
        """A frame to the station with the identities in it."""
        if b"N-" not in frame and (is_call or _SEALED not in frame):
            return frame
        vault = self._identities.vault
        if (
            not is_call
        ):  # no command has anything that is encrypted: who has read it somewhere has it opened at no station
            return reveal_text(frame.decode(), vault.reveal, opened=vault.open).text.encode()
        revealed = reveal_text(frame.decode(), vault.reveal)
        if revealed.told:
            self._told = revealed.told  # until the next command that names somebody: answers may be late
            self._note_report(frame.decode(), tuple(revealed.told.values()))
        return revealed.text.encode()

    def _note_report(self, call: str, persons: tuple[str, ...]) -> None:
        if '"CustomerInformation"' in call and (found := _REPORT.search(call)) is not None:
            self._reports[found[1]] = persons
            while len(self._reports) > REPORTS:
                self._reports.popitem(last=False)

    def _reported(self, call: str) -> tuple[str, ...]:
        """Of whom a report is that the station sends (N09), as far as this connection was asked for it."""
        if not self._reports or '"NotifyCustomerInformation"' not in call:
            return ()
        found = _REPORT.search(call)
        return self._reports.get(found[1], ()) if found is not None else ()

    def unknown(self, command: Command) -> tuple[str, ...]:
        """The pseudonyms in a command that stand for nobody whom this gateway knows (yet)."""
        found = PSEUDONYM.findall(msgspec.json.encode(command).decode())
        return tuple(each for each in dict.fromkeys(found) if self._identities.vault.reveal(each) is None)


def why_not_sent(unknown: tuple[str, ...]) -> str:
    """Why a command is not sent that names persons whom the gateway does not know."""
    return f"nobody is known by {', '.join(unknown)}: erased, or of a token that was never provisioned"
