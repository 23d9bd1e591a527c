"""Presenting: an EV shows its contract at a simulated station; the first time it has the contract installed before (M01, C07)."""

import contextlib
from typing import Protocol

from loadtest.ocpp.contracts import Contract, accepted, authorizing
from loadtest.ocpp.iso15118 import asking_contract
from loadtest.ocpp.messages import Message, Payload
from loadtest.ocpp.ocppj import CallFailed


class Line(Protocol):
    """The connection of a station."""

    async def call(self, message: Message) -> bytes:
        """The answer of the CSMS. Raises CallFailed."""


class Contracts(Protocol):
    """What EVs with a contract show, and what a responder is asked about the station's own V2G certificate."""

    def shown(self, emaid: str) -> Contract: ...
    def station_certificate(self) -> Payload: ...


class Presenting:
    """The contracts that EVs have shown at one station."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    async def accepted(self, line: Line, subprotocol: str, contract: Contract) -> bool:
        """Whether the CSMS lets the contract charge. Raises CallFailed."""
        if contract.emaid not in self._known:
            self._known.add(contract.emaid)
            with contextlib.suppress(CallFailed):  # the EV charges by the contract that it has
                await line.call(asking_contract(subprotocol))
        return accepted(subprotocol, await line.call(authorizing(subprotocol, contract)))
