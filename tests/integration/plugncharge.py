"""EVs that show contracts and fetch new ones, in every version: whoever they name stands inside certificates and EXI messages."""

import base64
import binascii
import contextlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from services.iso15118.port import ISO_2, ISO_20
from tests.integration.product import Product, eventually
from tests.pki import Contracts, contracts
from tests.schemas.test_identitytraces import in_exi
from tests.services.serving import HttpServer

CANARY = "7F3A9D"
"""Stands in each eMAID."""

VERSIONS = {"1.6": 16, "2.0.1": 20, "2.1": 21}
POOL = "/pool"
PNC = "org.openchargealliance.iso15118pnc"
BOOT_16 = {"chargePointVendor": "V", "chargePointModel": "M"}
BOOT_2X = {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}}


def driver(version: str) -> str:
    """The contract of a driver whose token is provisioned."""
    return f"DEVOLC{VERSIONS[version]}{CANARY}"


def stranger(version: str) -> str:
    """A contract that nobody provisioned."""
    return f"DEVOMC{VERSIONS[version]}{CANARY}"


class There(NamedTuple):
    """What stands outside: a mobility operator, and its contract pool."""

    mo: Contracts
    pool: HttpServer

    @property
    def settings(self) -> dict[str, str]:
        """The settings with which the product asks the pool."""
        return {
            "VOLTBUS_CONTRACT_POOL": "http",
            "VOLTBUS_CONTRACT_POOL_URL": f"{self.pool.url}{POOL}",
            "VOLTBUS_CONTRACT_UNCONFIRMED": "accept",
        }


@contextlib.asynccontextmanager
async def outside(folder: Path) -> AsyncIterator[There]:
    """The mobility operator, serving."""
    async with HttpServer() as pool:
        yield There(contracts(folder), pool)


async def contract(product: Product, there: There, version: str) -> None:
    """A contract is provisioned, shown and fetched; another that nobody provisioned is shown and asked for."""
    name = f"CONTRACT-{VERSIONS[version]}"
    async with product.api() as api:
        pem = {"use": "MORootCertificate", "certificate": there.mo.root.path.read_text()}
        assert (await api.post("/contract-roots", json=pem)).status_code in (200, 201, 409)
        _done(await api.put(f"/tokens/{driver(version)}", json={"label": "Van"}))
    async with connect(f"{product.url}/{name}", subprotocols=[cast(Subprotocol, f"ocpp{version}")]) as socket:
        station = _Station(socket, version)
        booted = await station.called("BootNotification", BOOT_16 if version == "1.6" else BOOT_2X)
        assert booted["status"] == "Accepted"
        await eventually(lambda: station.accepted(there.mo, driver(version)))
        told = await station.asked("Authorize", _shown(there.mo, stranger(version)))
        assert "certificateStatus" in told, told
        for number, bit in enumerate((0, 3)):
            answer = in_exi(driver(version), b"answer", bit=bit)
            there.pool.content[POOL] = _pooled(answer)
            asked = in_exi(stranger(version), b"request%d" % number, bit=bit)
            got = await station.asked("Get15118EVCertificate", _fetch(version, asked))
            assert got["status"] == "Accepted", got
            assert got["exiResponse"] == answer, "the EV gets what its pool gave"
            body = json.loads(there.pool.asked[-1].body)
            assert body["certificateInstallationReq"] == asked, "the pool gets what the EV said"
            assert body.get("prioritizedEMAIDs") == (_wanted(version) if version == "2.1" else None)
        await station.cut_off(_shown(there.mo, driver(version)))


def _done(answer: httpx.Response) -> None:
    assert answer.is_success, answer.text


def _shown(mo: Contracts, emaid: str) -> dict[str, Any]:
    chain = mo.chain(mo.issue(emaid))
    return {"idToken": {"idToken": emaid, "type": "eMAID"}, "certificate": chain}


def _wanted(version: str) -> list[str]:
    return [driver(version), stranger(version)]


def _fetch(version: str, exi: str) -> dict[str, Any]:
    if version != "2.1":
        return {"iso15118SchemaVersion": ISO_2, "action": "Install", "exiRequest": exi}
    more = {"maximumContractCertificateChains": 1, "prioritizedEMAIDs": _wanted(version)}
    return {"iso15118SchemaVersion": ISO_20, "action": "Install", "exiRequest": exi, **more}


def _pooled(exi: str) -> bytes:
    content = [{"messageDef": {"certificateInstallationRes": exi}}]
    return json.dumps({"CCPResponse": {"emaidContent": content}}).encode()


class _Station:
    """A station that speaks in frames, so that nothing of its library comes between."""

    def __init__(self, socket: ClientConnection, version: str) -> None:
        self._socket = socket
        self._version = version
        self._calls = 0

    async def called(self, action: str, payload: dict[str, Any]) -> Any:
        """The answer to a call."""
        self._calls += 1
        own = f"c{self._calls}"
        await self._socket.send(json.dumps([2, own, action, payload]))
        while (frame := json.loads(await self._socket.recv()))[1] != own or frame[0] == 2:
            if frame[0] == 2:
                await self._socket.send(json.dumps([4, frame[1], "NotSupported", "", {}]))
        assert frame[0] == 3, frame
        return frame[2]

    async def asked(self, action: str, payload: dict[str, Any]) -> Any:
        """The answer to a message of Plug & Charge, which 1.6 has in a DataTransfer."""
        if self._version != "1.6":
            return await self.called(action, payload)
        sent = {"vendorId": PNC, "messageId": action, "data": json.dumps(payload)}
        return json.loads((await self.called("DataTransfer", sent))["data"])

    async def accepted(self, mo: Contracts, emaid: str) -> bool:
        """Whether a contract charges: its chain was judged, and its token is known (both are read a moment after they were given)."""
        told = await self.asked("Authorize", _shown(mo, emaid))
        return told.get("certificateStatus") == "Accepted" and told["idTokenInfo"]["status"] == "Accepted"

    async def cut_off(self, payload: dict[str, Any]) -> None:
        """Say the same in a frame that breaks off, and hear that it is refused."""
        await self._socket.send(json.dumps([2, "cut-off", "Authorize", payload])[:-4])
        await self._socket.recv()


# -- what stands inside -----------------------------------------------------------------------------------------------

_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}")
_BROKEN_LINE = re.compile(r"\\+[rn]|[\r\n]")


def inside(text: str, canary: str = CANARY) -> str:
    """Where a canary stands in what a text has in base64, from any character and any bit on; empty where it does not.

    So it is found in certificates (PEM or DER) and in EXI messages, also where their lines were broken and escaped on the way.
    """
    wanted = canary.lower().encode()
    for run in _BASE64.findall(_BROKEN_LINE.sub("", text)):
        for content in _contents(run):
            if wanted in content.lower():
                return str(run)
    return ""


def _contents(run: str) -> Iterator[bytes]:
    for start in range(4):
        whole = run[start : start + (len(run) - start) // 4 * 4]
        try:
            content = base64.b64decode(whole, validate=True)
        except (binascii.Error, ValueError):
            continue
        number = int.from_bytes(content)
        for shift in range(8):
            yield ((number << shift) & ((1 << 8 * len(content)) - 1)).to_bytes(len(content)) if shift else content
