"""The test pool: answers contract requests so that the way of the messages can be tried out. PURE.

What it answers is no EXI, for nothing here encodes it: it is the text `VOLTBUS TEST` and a digest of the request, in base64, which every EV
refuses. An EV of ISO 15118-20 has as many contracts as it takes, three at most.
"""

import base64
import hashlib

from schemas.iso15118 import ContractCertificateAsked

CONTRACTS = 3
MARK = b"VOLTBUS TEST "


class TestPool:
    """A pool with contracts for everybody."""

    async def contracts(self, asked: ContractCertificateAsked) -> tuple[str, ...]:
        """An answer for each contract, different each."""
        count = 1 if asked.maximum_chains is None else min(max(1, asked.maximum_chains), CONTRACTS)
        digest = hashlib.sha256(asked.exi_request.encode()).hexdigest()
        return tuple(base64.b64encode(MARK + f"{digest} {number}".encode()).decode() for number in range(1, count + 1))

    async def close(self) -> None:
        """Nothing is open."""
