"""Port: what every contract pool can do, and how it fails. PURE."""

from typing import Protocol

from schemas.iso15118 import ContractCertificateAsked

ISO_2 = "urn:iso:15118:2:2013:MsgDef"
ISO_20 = "urn:iso:std:iso:15118:-20:CommonMessages"
SCHEMA_VERSIONS = (ISO_2, ISO_20)
"""The versions of messages that pools are asked about."""


class NoContract(Exception):
    """The pool has no contract certificate for the EV, or refuses the request; the message says why. `said`: the pool's own words."""

    def __init__(self, why: str, said: str = "") -> None:
        super().__init__(why)
        self.said = said


class PoolTrouble(Exception):
    """The pool cannot be asked now, or answered what cannot be used; the message says why."""


class ContractPool(Protocol):
    """Gives contract certificates. The EV's message and the answers are EXI in base64, which only the pool and the EV read."""

    async def contracts(self, asked: ContractCertificateAsked) -> tuple[str, ...]:
        """A message for the EV for each contract, those that it asks for first; at least one. Raises NoContract, PoolTrouble."""

    async def close(self) -> None:
        """Close what is open."""
