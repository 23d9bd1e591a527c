"""The OCPP log of the running product as exchanges: a session, its command and their answers, joined and exported."""

import json
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected
from tests.loadtest.running import started

pytestmark = pytest.mark.asyncio(loop_scope="package")

ENDS = {"1.6": "StopTransaction", "2.0.1": "TransactionEvent", "2.1": "TransactionEvent"}
STOPS = {"1.6": "RemoteStopTransaction", "2.0.1": "RequestStopTransaction", "2.1": "RequestStopTransaction"}


async def exchanges(api: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await api.get("/exchanges", params=query)
    assert answer.is_success, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


@pytest.mark.parametrize("version", list(KINDS))
async def test_a_session_its_command_and_every_answer_stand_together(product: Product, version: str) -> None:
    name = f"TALKS-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        transaction = await station.start("04A2B3C4D5")
        stop = {"command": "RemoteStop", "arguments": {"transaction_id": str(transaction)}, "wait_s": 10}
        command = (await api.post(f"/stations/{name}/commands", json=stop)).json()
        assert command["outcome"] == "accepted"
        await station.end(30, 1_007_321)

        async def ended() -> list[dict[str, Any]]:
            found = await exchanges(api, station=name, action=ENDS[version], text='"ended"' if version != "1.6" else "")
            return [each for each in found if each["answer"] and each["session"]]

        (end,) = await eventually(ended)
        session = end["session"]
        assert end["answer"]["kind"] == "result"
        assert end["answer"]["latency_ms"] > 0
        (asked,) = await exchanges(api, command_id=command["command_id"], station=name)
        assert (asked["action"], asked["direction"], asked["answer"]["kind"]) == (STOPS[version], "out", "result")
        assert (asked["command"]["command"], asked["session"]) == ("RemoteStop", session)
        of_session = await exchanges(api, session=session)
        assert {"in", "out"} == {each["direction"] for each in of_session}
        assert {each["session"] for each in of_session} == {session}
        assert of_session[-1]["action"] in {"StartTransaction", "TransactionEvent"}
        assert await exchanges(api, station=name, errors="true") == []

        lines = (await api.get("/exchanges/export", params={"station": name})).text.splitlines()
        exported = [json.loads(line) for line in lines]
        assert [each["at"] for each in exported] == sorted(each["at"] for each in exported)
        assert exported[0]["action"] == "BootNotification"
        assert {each["id"] for each in exported} >= {each["id"] for each in of_session}


@pytest.mark.parametrize("version", list(KINDS))
async def test_an_exported_conversation_is_answered_alike_when_it_is_replayed(
    product: Product, version: str, tmp_path: Path
) -> None:
    name = f"AGAIN-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await station.start("04A2B3C4D5")
        await station.end(30, 1_007_321)

        async def whole() -> str | None:
            lines = (await api.get("/exchanges/export", params={"station": name})).text
            ended = [
                each
                for each in map(json.loads, lines.splitlines())
                if "ended" in each["text"].lower() or each["action"] == "StopTransaction"
            ]
            return lines if ended and ended[-1]["answer"] else None

        file = tmp_path / "export.jsonl"
        file.write_text(await eventually(whole))
    said = sum('"direction":"in"' in each for each in file.read_text().splitlines())

    code, output = await started("replay", str(file), "--url", product.url, "--station", f"{name}-2", "--speed", "100")

    assert code == 0, output
    assert f"{said} messages sent, {said} answered as then" in output
