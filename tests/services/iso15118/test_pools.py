"""A contract pool over HTTP: what it is asked, and what its answers mean."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.iso15118.pools import HttpPool, answers_in, request_of
from services.iso15118.port import ISO_2, ISO_20, NoContract, PoolTrouble
from tests.services.iso15118.given import contract_asked
from tests.services.serving import HttpServer

PATH = "/v1/ccp/signedContractData"


def answer(*messages: str) -> bytes:
    contents = [{"messageDef": {"certificateInstallationRes": each, "emaid": "DE1"}} for each in messages]
    return json.dumps({"CCPResponse": {"emaidContent": contents}, "xsdMsgDefNamespace": ISO_2}).encode()


def pool(server: HttpServer, **given: Any) -> HttpPool:
    return HttpPool(server.url + PATH, **({"authorization_file": "", "timeout_s": 5.0} | given))


@pytest.mark.usecase("M01", "M02")
async def test_the_message_goes_to_the_pool_with_the_credential_of_the_moment(tmp_path: Path) -> None:
    credential = tmp_path / "authorization"
    async with HttpServer({PATH: answer("gJgC", "gJgD")}) as server:
        asking = pool(server, authorization_file=str(credential))
        for value in ("Bearer one", "Bearer two"):
            credential.write_text(f"{value}\n")
            assert await asking.contracts(contract_asked()) == ("gJgC", "gJgD")
        await asking.close()

    assert [each.headers["authorization"] for each in server.asked] == ["Bearer one", "Bearer two"]
    assert server.asked[0].method == "POST"
    assert json.loads(server.asked[0].body) == {"certificateInstallationReq": "gJgC", "xsdMsgDefNamespace": ISO_2}


@pytest.mark.usecase("M01", "M01.FR.03")
def test_what_an_ev_of_iso_15118_20_asks_for_is_passed_on() -> None:
    asked = contract_asked(schema_version=ISO_20, maximum_chains=3, prioritized_emaids=("DE-1",))

    assert json.loads(request_of(asked)) == {
        "certificateInstallationReq": "gJgC",
        "xsdMsgDefNamespace": ISO_20,
        "maximumContractCertificateChains": 3,
        "prioritizedEMAIDs": ["DE-1"],
    }


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, NoContract), (400, NoContract), (401, PoolTrouble), (429, PoolTrouble), (500, PoolTrouble)],
)
async def test_a_pool_without_a_contract_is_told_from_one_in_trouble(status: int, kind: type[Exception]) -> None:
    async with HttpServer(status=status) as server:
        asking = pool(server)
        with pytest.raises(kind, match=str(status)):
            await asking.contracts(contract_asked())
        await asking.close()


async def test_a_pool_that_is_away_or_a_credential_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    away = HttpPool("http://127.0.0.1:9/", authorization_file="", timeout_s=5)
    with pytest.raises(PoolTrouble, match="no answer"):
        await away.contracts(contract_asked())
    away = HttpPool("http://127.0.0.1:9/", authorization_file=str(tmp_path / "none"), timeout_s=5)
    with pytest.raises(PoolTrouble, match="contract_pool_authorization_file"):
        await away.contracts(contract_asked())


@pytest.mark.parametrize("body", [b"", b"{}", b'{"CCPResponse":{"emaidContent":[{}]}}', answer("no base64!")])
def test_an_answer_that_cannot_be_read_is_trouble(body: bytes) -> None:
    with pytest.raises(PoolTrouble, match="cannot be read"):
        answers_in(body)


def test_an_answer_without_contracts_is_none() -> None:
    with pytest.raises(NoContract, match="no contract"):
        answers_in(answer())
