"""Contracts: which of an EV's contracts a request gets. PURE.

An EV of ISO 15118-20 takes several: the station sends the same request again for each (M01.FR.06), and gets the next (M01.FR.07). What is
left is held in memory for a while: a worker that starts anew asks the pool again, and the EV gets its contracts from the first on.
"""

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec

from schemas.iso15118 import ContractCertificateAsked

HELD = timedelta(minutes=2)
HELD_MOST = 500
CONTRACTS_MOST = 20
"""Of one EV; a pool that gives more is read no further."""


class Given(msgspec.Struct, frozen=True):
    """A message for an EV, and how many more there are; None where the request is of ISO 15118-2, which has one."""

    exi_response: str
    remaining: int | None


class Waiting:
    """The contracts that EVs have not fetched yet."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, tuple[tuple[str, ...], datetime]] = OrderedDict()

    def next(self, asked: ContractCertificateAsked, now: datetime) -> Given | None:
        """The next contract of an EV that fetched some; None where the pool is to be asked."""
        left, until = self._left.pop(_key(asked), ((), now))
        return None if until <= now or not left else self.first(asked, left, now)

    def first(self, asked: ContractCertificateAsked, contracts: tuple[str, ...], now: datetime) -> Given:
        """The first of these contracts; the others wait, as many as the EV takes."""
        if asked.maximum_chains is None:
            return Given(contracts[0], None)
        one, *left = contracts[: max(1, asked.maximum_chains)][:CONTRACTS_MOST]
        if left:
            self._left[_key(asked)] = tuple(left), now + HELD
            while len(self._left) > HELD_MOST:
                self._left.popitem(last=False)
        return Given(one, len(left))


def _key(asked: ContractCertificateAsked) -> str:
    return f"{asked.station} {hashlib.sha256(asked.exi_request.encode()).hexdigest()}"
