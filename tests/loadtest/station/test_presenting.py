"""An EV that shows its contract for the first time has it installed before, whatever comes of that."""

import json

import pytest

from loadtest.ocpp.contracts import Contract
from loadtest.ocpp.messages import Message
from loadtest.ocpp.ocppj import CallFailed
from loadtest.station.presenting import Presenting

CONTRACT = Contract(emaid="DEELBCAAAAAAAA", chain="PEM")
GOOD = {"idTokenInfo": {"status": "Accepted"}, "certificateStatus": "Accepted"}


class Line:
    def __init__(self, *, installs: bool) -> None:
        self.asked: list[str] = []
        self._installs = installs

    async def call(self, message: Message) -> bytes:
        self.asked.append(message.action)
        if message.action == "Get15118EVCertificate" and not self._installs:
            raise CallFailed("NotSupported", "")
        return json.dumps(GOOD).encode()


@pytest.mark.parametrize("installs", [True, False])
async def test_the_first_time_alone_it_is_installed(installs: bool) -> None:
    presenting, line = Presenting(), Line(installs=installs)

    assert await presenting.accepted(line, "ocpp2.1", CONTRACT)
    assert await presenting.accepted(line, "ocpp2.1", CONTRACT)

    assert line.asked == ["Get15118EVCertificate", "Authorize", "Authorize"]
