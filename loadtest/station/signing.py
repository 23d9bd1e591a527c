"""Signing: a simulated station makes a key, asks for its certificate, and takes what is made for its newest key (A02, A03)."""

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from loadtest.ocpp.intents import AskToSign, TakeCertificate
from loadtest.ocpp.iso15118 import asking_own_status
from loadtest.ocpp.messages import Dialect, Message
from loadtest.ocpp.signing import asking, public_bytes, request
from loadtest.station.clock import Clock

INVALID = "InvalidChargingStationCertificate"


class Host(Protocol):
    """What it needs of its station."""

    clock: Clock
    dialect: Dialect

    @property
    def online(self) -> bool:
        """The CSMS has accepted the station."""

    def tell_security(self, type_: str, info: str = "") -> None:
        """Send a SecurityEventNotification."""

    def tell(self, message: Message) -> None:
        """Queue a message."""


class Signing:
    """The key and the chain of one station."""

    def __init__(self, name: str, host: Host) -> None:
        self.chain = ""
        self.public_key = b""
        self._name = name
        self._host = host
        self._asked = 0

    async def first(self, after_s: float | None) -> None:
        """Ask for a first certificate some time after the start (A02.FR.01), where the station does so by itself."""
        if after_s is None:
            return
        await self._host.clock.wait(after_s)
        while not self._host.online:
            await self._host.clock.wait(1)
        self.obey(AskToSign())

    def obey(self, intent: AskToSign | TakeCertificate) -> None:
        """Ask with a new key; or keep the chain, or say that it is not valid."""
        if isinstance(intent, TakeCertificate):
            self.chain = intent.chain or self.chain
            if not intent.chain:
                self._host.tell_security(INVALID)
            elif asked := asking_own_status(self._host.dialect.subprotocol, intent.chain):
                self._host.tell(asked)  # M06.FR.07: a new certificate's state is asked for at once
            return
        key = ec.generate_private_key(ec.SECP256R1())
        self.public_key = public_bytes(key.public_key())
        self._asked += 1
        self._host.tell(asking(self._host.dialect.subprotocol, request(self._name, key), self._asked))
