"""The test pool: gives a contract to every EV that asks, in messages that the EV can read, verify and use (ISO 15118-2 and -20).

What it signs with is made when it is first asked and nowhere kept, and no EV and no operator trusts it: it is for trying things out.
"""

import asyncio
import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Any

from schemas.iso15118 import ContractCertificateAsked
from services.iso15118.exi import messages
from services.iso15118.exi.bits import Unreadable
from services.iso15118.port import ISO_20, NoContract
from services.iso15118.testcontracts import Mobility, Unfit, mobility_2, mobility_20
from services.iso15118.testsigning import signed_2, signed_20

CONTRACTS = 3
"""Contracts that an EV of ISO 15118-20 has at most."""


class TestPool:
    """A pool with contracts for everybody."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._mobility: dict[str, Mobility] = {}

    async def contracts(self, asked: ContractCertificateAsked) -> tuple[str, ...]:
        """A message for each contract. Raises NoContract for a request that cannot be read, or of an EV with a key of another kind."""
        try:
            found = await asyncio.to_thread(self._messages, asked)
        except (Unreadable, Unfit, binascii.Error) as error:
            raise NoContract(f"The test pool cannot answer: {error}") from error
        return tuple(base64.b64encode(each).decode() for each in found)

    async def close(self) -> None:
        """Nothing is open."""

    def _messages(self, asked: ContractCertificateAsked) -> list[bytes]:
        content = base64.b64decode(asked.exi_request)
        now = self._clock()
        if asked.schema_version == ISO_20:
            return self._messages_20(messages.request_20(content), asked, now)
        request = messages.request_2(content)
        mobility = self._mobility.get(asked.schema_version) or mobility_2(now)
        self._mobility[asked.schema_version] = mobility
        contract = mobility.contract(request["OEMProvisioningCert"], "", now)
        return [signed_2(request["Header"]["SessionID"], mobility, contract)]

    def _messages_20(self, request: dict[str, Any], asked: ContractCertificateAsked, now: datetime) -> list[bytes]:
        mobility = self._mobility.get(ISO_20) or mobility_20(now)
        self._mobility[ISO_20] = mobility
        wanted = asked.prioritized_emaids or tuple(request.get("PrioritizedEMAIDs", {}).get("EMAID", ()))
        most = asked.maximum_chains or request["MaximumContractCertificateChains"] or 1
        count = min(most, max(len(wanted), CONTRACTS), CONTRACTS)
        found = []
        for number in range(count):
            emaid = wanted[number] if number < len(wanted) else ""
            contract = mobility.contract(request["OEMProvisioningCertificateChain"]["Certificate"], emaid, now, number)
            left = count - number - 1
            found.append(signed_20(request["Header"]["SessionID"], mobility, contract, left=left, now=now))
        return found
