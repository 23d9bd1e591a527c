"""Passwords and persons on their way through the whole product, in every version: they stand at its edges and nowhere else."""

import asyncio
import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest
from aiokafka import AIOKafkaConsumer
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from deploy.local.bus import EmbeddedBus
from schemas.topicplan import plan
from services.nouns import STATEFUL
from tests.integration import persons, plugncharge
from tests.integration.product import Product, eventually, running
from tests.integration.stations import KINDS
from tests.integration.test_costs import default_tariff
from tests.services.webhooks.receiving import HttpReceiver, receiving
from tests.services.webhooks.records import SECRET

CANARY, PIN = "canary-7f3a9b1c", 834277196
BASIC_AUTH = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}}
OF_THE_SLOT = {
    "component": {"name": "NetworkConfiguration", "instance": "1"},
    "variable": {"name": "BasicAuthPassword"},
}
VPN = {"server": "vpn.example.com", "user": "u", "password": CANARY, "key": CANARY, "type": "IKEv2"}
PROFILE = {
    "configurationSlot": 1,
    "connectionData": {
        "ocppVersion": "OCPP20",
        "ocppTransport": "JSON",
        "ocppCsmsUrl": "wss://csms.example.com",
        "messageTimeout": 30,
        "securityProfile": 1,
        "ocppInterface": "Wireless0",
        "apn": {"apn": "internet", "apnPassword": CANARY, "simPin": PIN, "apnAuthentication": "CHAP"},
        "vpn": VPN,
    },
}
NETWORK = {
    "slot": 1, "url": "wss://csms.example.com", "security_profile": 1, "identity": "there", "basic_auth_password": CANARY,
    "apn": "net", "apn_password": CANARY, "sim_pin": str(PIN), "vpn_type": "IKEv2", "vpn_server": "v", "vpn_key": CANARY,
    "vpn_user": "u", "vpn_password": CANARY,
}  # fmt: skip
BOOT_16 = {"chargePointVendor": "V", "chargePointModel": "M"}
BOOT_2X = {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}}
FIRMWARE = {"location": f"ftp://user:{CANARY}@example.com/f.bin", "retrieve_at": "2026-01-01T00:00:00Z"}


class Script(NamedTuple):
    """What an operator asks of a station (path and body), what it answers to some of that, and what it says by itself."""

    version: str
    boot: dict[str, Any]
    asked: tuple[tuple[str, dict[str, Any]], ...]
    answers: dict[str, dict[str, Any]]
    says: tuple[tuple[str, dict[str, Any]], ...]
    reached: int
    """How often the secret reaches the station."""


def setting(key: str) -> dict[str, Any]:
    return {"command": "SetConfiguration", "arguments": {"settings": [{"key": key, "value": CANARY}]}}


def report(named: dict[str, Any]) -> dict[str, Any]:
    moment = "2026-01-01T00:00:00Z"
    data = [{**named, "variableAttribute": [{"value": CANARY}]}]
    return {"requestId": 1, "seqNo": 0, "generatedAt": moment, "reportData": data}


def told(named: dict[str, Any]) -> dict[str, Any]:
    return {"getVariableResult": [{**named, "attributeStatus": "Accepted", "attributeValue": CANARY}]}


SCRIPTS = (
    Script(
        version="1.6",
        boot=BOOT_16,
        asked=(
            ("commands", setting("AuthorizationKey")),
            ("ocpp/ChangeConfiguration", {"payload": {"key": "AuthorizationKey", "value": CANARY}}),
            ("ocpp/ChangeConfiguration", {"payload": {"key": "WifiPassword", "value": CANARY}}),
            (
                "commands",
                {"command": "DataTransfer", "arguments": {"vendor_id": "v", "data": f'{{"pin": "{CANARY}"}}'}},
            ),
            ("commands", {"command": "UpdateFirmware", "arguments": FIRMWARE}),
            ("commands", {"command": "GetConfiguration", "arguments": {}}),
        ),
        answers={
            "GetConfiguration": {
                "configurationKey": [
                    {"key": "AuthorizationKey", "readonly": False, "value": CANARY},
                    {"key": "VendorApiKey", "readonly": False, "value": CANARY},
                ]
            }
        },
        says=(("DataTransfer", {"vendorId": "v", "data": f'{{"wifi": {{"password": "{CANARY}"}}}}'}),),
        reached=5,
    ),
    Script(
        version="2.0.1",
        boot=BOOT_2X,
        asked=(
            ("commands", setting("SecurityCtrlr.BasicAuthPassword")),
            ("ocpp/SetNetworkProfile", {"payload": PROFILE}),
            ("commands", {"command": "UpdateFirmware", "arguments": FIRMWARE}),
            ("ocpp/GetVariables", {"payload": {"getVariableData": [BASIC_AUTH]}}),
        ),
        answers={"GetVariables": told(BASIC_AUTH)},
        says=(
            ("DataTransfer", {"vendorId": "v", "data": {"wifi": {"password": CANARY}}}),
            ("NotifyReport", report(BASIC_AUTH)),
            ("DataTransfer", {"vendorId": "v", "password": CANARY}),
        ),
        reached=5,
    ),
    Script(
        version="2.1",
        boot=BOOT_2X,
        asked=(
            ("commands", {"command": "SetNetworkProfile", "arguments": NETWORK}),
            ("commands", setting("NetworkConfiguration[1].BasicAuthPassword")),
            ("ocpp/GetVariables", {"payload": {"getVariableData": [OF_THE_SLOT]}}),
        ),
        answers={"GetVariables": told(OF_THE_SLOT)},
        says=(("NotifyReport", report(OF_THE_SLOT)),),
        reached=5,
    ),
)
DUMP = """
import asyncio, sys
from services.runtime.clickhouse import open_clickhouse

async def dump():
    db = open_clickhouse(sys.argv[1], sys.argv[2], timeout_s=60)
    tables = await db.rows(
        "SELECT name FROM system.tables WHERE database = {database:String} AND engine NOT LIKE '%View'",
        {"database": db.database},
    )
    for (table,) in tables:
        for row in await db.rows(f"SELECT * FROM `{table}`"):
            print(table, row)

asyncio.run(dump())
"""


@pytest.mark.embedded
@pytest.mark.usecase("A01", "A01.FR.09", "1.6:A01")
async def test_a_password_and_a_person_are_known_at_the_edges_and_nowhere_else(tmp_path: Path) -> None:
    settings = {"VOLTBUS_IDENTITIES_KEY_FILE": str(persons.key_file(tmp_path))}
    with EmbeddedBus() as bus:
        async with (
            plugncharge.outside(tmp_path) as beside,
            running(
                bus="embedded", bootstrap=bus.bootstrap, folder=tmp_path, settings=settings | beside.settings
            ) as product,
            receiving() as there,
        ):
            await _subscribe(product, there)
            conversations = [await _conversation(product, script) for script in SCRIPTS]
            delivered = await _delivered(there)
            async with product.api() as api, default_tariff(api):
                for version in KINDS:
                    await persons.charge(product, version)
                    await plugncharge.contract(product, beside, version)
                viewed = await persons.viewed(product)
                erased = [await persons.exported_and_erased(product, version) for version in KINDS]
                erased += [await persons.erased(product, plugncharge.driver(version)) for version in KINDS]
                erased.append(await persons.erased_while_charging(product))
            exported = await _exports(product)
            on_the_bus = await everything(bus.bootstrap)
    in_clickhouse = _clickhouse(tmp_path)
    made = [password for _, _, password in conversations]

    for script, (given, shown, _) in zip(SCRIPTS, conversations, strict=True):
        assert given.count(CANARY) == script.reached, f"each secret reached the {script.version} station"
        assert "sealed:" not in given
        _has_none(made, f"the API, {script.version}", shown)
    assert len(set(made)) == len(made)
    _has_none(made, "webhooks", delivered)
    for path, text in exported.items():
        assert "SECRET-16" in text or path.startswith("/cdrs"), (
            f"{path} has what the scripts did: else it proves nothing"
        )
        _has_none(made, path, text)
    _has_none(made, "Kafka", on_the_bus.decode(errors="replace"))
    _has_none(made, "ClickHouse", in_clickhouse)
    assert "SECRET-16" in in_clickhouse
    assert b"sealed:v1:" in on_the_bus
    for file in tmp_path.rglob("*.log"):
        _has_none(made, file.name, file.read_text(errors="replace"))
    everywhere = [("Kafka", on_the_bus.decode(errors="replace")), ("ClickHouse", in_clickhouse), ("a viewer", viewed)]
    for where, text in (
        *everywhere,
        *((file.name, file.read_text(errors="replace")) for file in tmp_path.rglob("*.log")),
    ):
        _has_nobody(where, text)
    assert all(pseudonym in in_clickhouse for pseudonym in erased)
    persons.assert_nobody_can_read(VAULT.findall(on_the_bus), erased)
    persons.assert_texts_went_with_the_erased(VAULT.findall(on_the_bus), on_the_bus.decode(errors="replace"))


async def _subscribe(product: Product, there: HttpReceiver) -> None:
    """Have every event of every kind delivered, and whatever stations transfer with it."""
    async with product.api() as api:
        kinds = [kind["kind"] for kind in (await api.get("/webhook-kinds")).json()]
        answer = await api.put("/webhooks/canary", json={"url": there.url, "secret": SECRET, "kinds": kinds})
    assert answer.is_success, answer.text


async def _delivered(there: HttpReceiver) -> str:
    """All that webhooks delivered, once what stations transferred is among it."""

    async def whole() -> str:
        told = {got.told["station"] for got in there.got if got.told["type"] == "data-transfer.received"}
        text = "".join(got.body.decode() + json.dumps(got.headers) for got in there.got)
        return text if told >= {"SECRET-16", "SECRET-201"} else ""

    return cast(str, await eventually(whole))


async def _exports(product: Product) -> dict[str, str]:
    """Everything that can be exported of what the scripts did, by its path; and the lists from which people copy."""
    paths = [
        *("/exchanges/export", "/audit/export", "/cdrs/export?format=csv", "/cdrs/export?format=jsonl"),
        *(f"/{noun}?limit=200" for noun in ("commands", "audit", "webhook-deliveries", "security-operations")),
    ]
    async with product.api() as api:
        answers = {path: await api.get(path) for path in paths}
    assert {answer.status_code for answer in answers.values()} == {200}, {p: a.text[:200] for p, a in answers.items()}
    return {path: answer.text for path, answer in answers.items()}


VAULT = re.compile(rb'\{"record":"identity-[^{}]*\}')
"""Records of the vault among all others."""


def _has_nobody(where: str, text: str) -> None:
    """No person stands in the text, in any case of letters or in base64."""
    forms = (persons.CANARY, re.escape(base64.b64encode(persons.CANARY.encode()).decode()), persons.TOLD)
    found = re.search("|".join(forms), text, re.IGNORECASE)
    assert found is None, f"{where}: {text[max(0, found.start() - 900) : found.start() + 300]}"
    assert not plugncharge.inside(text), f"{where}: {plugncharge.inside(text)[:900]}"


def _has_none(made: list[str], where: str, text: str) -> None:
    """No secret stands in the text: neither those of the scripts nor the passwords that were made here."""
    for secret in (CANARY, rf"(?<!\d){PIN}(?!\d)", *map(re.escape, made)):
        found = re.search(secret, text)
        assert found is None, f"{where}: {text[max(0, found.start() - 600) : found.start() + 200]}"


async def _conversation(product: Product, script: Script) -> tuple[str, str, str]:
    """The frames that the station received, everything the API shows of it, and the password that was made for it."""
    name = f"SECRET-{script.version.replace('.', '')}"
    subprotocol = cast(Subprotocol, f"ocpp{script.version}")
    async with product.api() as api, connect(f"{product.url}/{name}", subprotocols=[subprotocol]) as socket:
        await socket.send(json.dumps([2, "b", "BootNotification", script.boot]))
        assert json.loads(await _heard(socket))[2]["status"] == "Accepted"
        answering = asyncio.create_task(_answers(socket, script))
        shown = [await api.post(f"/stations/{name}/{path}", json=body) for path, body in script.asked]
        outcomes = {answer.json().get("outcome", "none") for answer in shown}
        assert outcomes <= {"accepted", "rejected"}, [answer.text for answer in shown]
        assert all(answer.json()["sent"] for answer in shown), [answer.text for answer in shown]
        given = await answering
        shown.append(await api.post(f"/stations/{name}/security-operations", json={"kind": "rotate-password"}))
        call = json.loads(await _heard(socket))
        made = call[3]["value"] if "value" in call[3] else call[3]["setVariableData"][0]["attributeValue"]
        await socket.send(json.dumps([4, call[1], "GenericError", f"{made} is no good", {"got": call[3]}]))
        for action, payload in script.says:
            await socket.send(json.dumps([2, action, action, payload]))
            await _heard(socket)
        broken = json.dumps([2, "y", "DataTransfer", {"vendorId": "v", "data": {"password": CANARY}}])[:-3]
        await socket.send(broken)
        await _heard(socket)

        async def kept() -> str:
            paths = ("frames", "commands", "facts", "events", "security-operations", "variables")
            pages = [(await api.get(f"/stations/{name}/{path}", params={"limit": 200})).text for path in paths]
            mine = {"station": name}
            pages += [(await api.get(path, params=mine)).text for path in ("/exchanges", "/exchanges/export")]
            done = '"rejected"' in pages[4] and ('"y"' in pages[0] or '\\"y\\"' in pages[0])
            return "".join(pages) if done else ""

        return given, await eventually(kept) + "".join(answer.text for answer in shown), made


async def _heard(socket: ClientConnection) -> str:
    """The next frame. Raises TimeoutError where none comes."""
    async with asyncio.timeout(60):
        return str(await socket.recv())


async def _answers(socket: ClientConnection, script: Script) -> str:
    """Answer what the CSMS asks for as the script says, or refuse it in the words of a station that repeats it."""
    given = ""
    for _ in script.asked:
        call: list[Any] = json.loads(await _heard(socket))
        given += json.dumps(call)
        said = script.answers.get(call[2])
        refusal = [4, call[1], "GenericError", f"'{CANARY}' is no good", {"got": call[3]}]
        await socket.send(json.dumps(refusal if said is None else [3, call[1], said]))
    return given


def _clickhouse(folder: Path) -> str:
    """Every row of every table. In a process of its own: an engine keeps to one folder as long as its process lives."""
    arguments = [f"chdb://{folder / 'clickhouse'}", "voltbus"]
    done = subprocess.run(
        [sys.executable, "-c", DUMP, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


async def everything(bootstrap: str, *topics: str) -> bytes:
    """Every record on these topics; on every topic, those of the services' states among them, where none is named."""
    names = topics or [topic.name for topic in plan(partitions=4, gateways=("gw-0",), services=STATEFUL)]
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20)
    await consumer.start()
    found = b""
    try:
        places = list(consumer.assignment())
        ends = await consumer.end_offsets(places)
        assert sum(ends.values()) > 0
        while [place for place in places if await consumer.position(place) < ends[place]]:
            for some in (await consumer.getmany(timeout_ms=200)).values():
                found += b"".join(record.value or b"" for record in some)
    finally:
        await consumer.stop()
    return found
