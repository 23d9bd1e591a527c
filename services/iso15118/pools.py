"""Pools: a contract pool that is asked over HTTP, as those of the field are (OPCP: `POST .../v1/ccp/signedContractData`)."""

import base64
import binascii
from pathlib import Path

import msgspec

from schemas.iso15118 import ContractCertificateAsked
from services.iso15118.port import NoContract, PoolTrouble
from services.runtime.guarding import Client, NoAnswer

LARGEST_ANSWER = 1024 * 1024
SHOWN = 200


class _Message(msgspec.Struct, rename="camel"):
    certificate_installation_res: str


class _Content(msgspec.Struct, rename="camel"):
    message_def: _Message


class _Contents(msgspec.Struct, rename="camel"):
    emaid_content: list[_Content]


class _Answer(msgspec.Struct):
    contents: _Contents = msgspec.field(name="CCPResponse")


class HttpPool:
    """Asks the pool at a URL. The EV's message goes in base64 in JSON, and the answers come so."""

    def __init__(self, url: str, *, authorization_file: str, timeout_s: float, client: Client | None = None) -> None:
        self._url = url
        self._authorization_file = authorization_file
        self._client = client or Client(  # its address is the operator's own choice
            private=True, setting="contract_pool_url", timeout_s=timeout_s, connections=8
        )

    async def contracts(self, asked: ContractCertificateAsked) -> tuple[str, ...]:
        """The pool's answers. Raises NoContract, PoolTrouble."""
        try:
            status, body = await self._client.ask(
                "POST", self._url, self._headers(), request_of(asked), largest=LARGEST_ANSWER
            )
        except NoAnswer as error:
            raise PoolTrouble(f"The contract pool gives no answer: {error}.") from error
        if 400 <= status < 500 and status not in (401, 403, 408, 429):
            raise NoContract(f"The contract pool answered {status}.", body[:SHOWN].decode(errors="replace"))
        if status != 200:
            raise PoolTrouble(f"The contract pool answered {status}.")
        return answers_in(body)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    def _headers(self) -> dict[str, str]:
        headers = {"content-type": "application/json", "accept": "application/json"}
        if not self._authorization_file:
            return headers
        try:
            value = Path(self._authorization_file).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise PoolTrouble("The file contract_pool_authorization_file cannot be read.") from error
        return headers | {"authorization": value}


def request_of(asked: ContractCertificateAsked) -> bytes:
    """The body of the request. What ISO 15118-20 adds is named as OCPP does."""
    body: dict[str, object] = {
        "certificateInstallationReq": asked.exi_request,
        "xsdMsgDefNamespace": asked.schema_version,
    }
    if asked.maximum_chains is not None:
        body["maximumContractCertificateChains"] = asked.maximum_chains
    if asked.prioritized_emaids:
        body["prioritizedEMAIDs"] = list(asked.prioritized_emaids)
    return msgspec.json.encode(body)


def answers_in(body: bytes) -> tuple[str, ...]:
    """The messages for the EV in a pool's answer. Raises NoContract where there is none, PoolTrouble where it cannot be read."""
    try:
        contents = msgspec.json.decode(body, type=_Answer).contents.emaid_content
        found = tuple(each.message_def.certificate_installation_res for each in contents)
        for each in found:
            base64.b64decode(each, validate=True)
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise PoolTrouble(f"The contract pool answered what cannot be read: {error}.") from error
    if not found:
        raise NoContract("The contract pool has no contract for this EV.")
    return found
