"""Persons on their way through a product with the vault of identities: what they do at stations, and what is said of them by the API."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx

from schemas.base import Record
from schemas.codec import Decoder
from schemas.identities import REF_IDENTITIES, SEALED, IdentityErased, IdentityKept
from schemas.identityvault import Vault
from tests.integration import plugncharge
from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, READINGS_WH, connected
from tests.integration.test_costs import BILLED

CANARY = "7f3a9d"
"""Stands in everything that names a person."""

TOLD = "Jane"
"""The name in what stations tell of a customer."""

IDENTITIES_KEY = bytes(range(64))


def key_file(folder: Path) -> Path:
    """The file with the key of the vault."""
    file = folder / "identities.key"
    file.write_text(base64.b64encode(IDENTITIES_KEY).decode())
    return file


def names(version: str) -> tuple[str, str, str, str]:
    """A station, a driver, a token that nobody provisioned, and a customer, of one version."""
    short = version.replace(".", "")
    return f"PERSONS-{short}", f"DRV{short}-{CANARY.upper()}", f"STR{short}-{CANARY}", f"customer-{short}-{CANARY}"


def accepted(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def charge(product: Product, version: str) -> None:
    """Everything that names a person in a version: provisioned, authorized, commanded, charged, billed, told and found again."""
    name, driver, stranger, customer = names(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        assert await station.boot() == "Accepted"
        accepted(await api.put(f"/tokens/{driver}", json={"label": "Van"}))
        assert await station.authorize(driver.lower()) == "Accepted"
        assert await station.authorize(stranger) == "Accepted"
        started = accepted(
            await api.post(f"/stations/{name}/commands", json=_command("RemoteStart", token=driver, evse=1))
        )
        assert started["outcome"] == "accepted", started
        reserved = {"token": driver, "evse": 1, "expires_at": "2099-01-01T00:00:00Z"}
        accepted(await api.post(f"/stations/{name}/reservations", json=reserved))
        sent = {"entries": [{"token": driver}], "version": 7, "update": "Full"}
        accepted(await api.post(f"/stations/{name}/commands", json=_command("SendLocalList", **sent)))
        assert driver in station.local_list
        await _customers(api, name, version, driver, customer)
        await station.start(driver)
        await station.meter(1, READINGS_WH[0])
        await station._connection.send(json.dumps([2, "cut-off", "Authorize", {"idTag": driver}])[:-4])
        await station._connection.send(
            json.dumps([2, "own", "DataTransfer", {"vendorId": "v", "data": json.dumps({"idTag": driver})}])
        )
        await station.end(5, READINGS_WH[-1])
        await _found(api, name, driver)


def _command(command: str, **arguments: Any) -> dict[str, Any]:
    return {"command": command, "arguments": arguments, "wait_s": 10}


async def _customers(api: httpx.AsyncClient, name: str, version: str, driver: str, customer: str) -> None:
    """What the station keeps of a customer, by token and by identifier; read by who may see it, and by nobody else."""
    if version not in ("2.0.1", "2.1"):
        return
    for who in ({"token": driver}, {"customer_identifier": customer}):
        asked = accepted(await api.post(f"/stations/{name}/commands", json=_command("CustomerInformation", **who)))
        assert asked["outcome"] == "accepted", asked

        async def told(report: str = asked["command_id"]) -> bool:
            parts = await api.get(f"/reports/{report}/parts")
            return parts.is_success and TOLD in parts.text

        await eventually(told)


async def _found(api: httpx.AsyncClient, name: str, driver: str) -> None:
    """Sessions and bills join, and are found by the token in any case."""

    async def billed() -> Any:
        cdrs = accepted(await api.get("/cdrs", params={"token": driver.lower()}))["items"]
        return cdrs or None

    [cdr] = await eventually(billed)
    sessions = accepted(await api.get("/sessions", params={"token": driver}))["items"]
    assert [session["station"] for session in sessions] == [name]
    assert cdr["station"] == name
    assert driver in json.dumps(sessions)
    assert float(cdr["costs"]["total"]["incl_vat"]) == BILLED, cdr


async def viewed(product: Product) -> str:
    """What is shown to somebody who may read everything but who stands behind pseudonyms."""
    async with product.api() as api:
        key = accepted(await api.post("/api-keys", json={"roles": ["viewer"]}))["secret"]
        api.headers["Authorization"] = f"Bearer {key}"
        pages = [
            await api.get(path)
            for path in ("/sessions", "/cdrs", "/tokens", "/authorizations", "/commands", "/exchanges")
        ]
        refused = await api.get(f"/identities/{names('1.6')[1]}")
        assert refused.status_code == 403
        return "".join(accepted(page) and page.text for page in pages)


async def exported_and_erased(product: Product, version: str) -> str:
    """What is known of a driver, then nothing: the pseudonym."""
    name, driver, _, _ = names(version)
    async with product.api() as api:
        lines = [json.loads(line) for line in (await api.get(f"/identities/{driver}/export")).text.splitlines()]
        assert {"identity", "token", "authorization", "session", "cdr"} <= {line["kind"] for line in lines}
        assert lines[0]["content"]["known_as"] == driver
        erased = accepted(await api.delete(f"/identities/{driver}"))
        [pseudonym] = erased["identities"]
        assert erased["token_removed"]
        assert (await api.get(f"/identities/{driver}")).status_code == 404
        assert (await api.get(f"/tokens/{driver}")).status_code == 404
        for path in ("/sessions", "/cdrs"):
            shown = await api.get(path, params={"station": name})
            assert pseudonym in shown.text, "sums stay, without the person"
            assert CANARY not in shown.text.lower()
        if version in ("2.0.1", "2.1"):
            customer = names(version)[3]
            assert accepted(await api.get(f"/identities/{customer}"))["known_as"] == customer
        audit = await api.get("/audit", params={"limit": 200})
        assert driver.lower() not in audit.text.lower()
        return str(pseudonym)


async def erased(product: Product, token: str) -> str:
    """Somebody is erased: the pseudonym."""
    async with product.api() as api:
        [pseudonym] = accepted(await api.delete(f"/identities/{token}"))["identities"]
        return str(pseudonym)


async def erased_while_charging(product: Product) -> str:
    """A driver who is erased while a session runs: it is billed, names nobody, and the card is a new person later. The pseudonym."""
    name, driver = "PERSONS-LATE", f"DRVLATE-{CANARY.upper()}"
    async with connected("2.1", name, product.url) as station, product.api() as api:
        assert await station.boot() == "Accepted"
        accepted(await api.put(f"/tokens/{driver}", json={}))
        await station.start(driver)
        await station.meter(1, READINGS_WH[0])
        [pseudonym] = accepted(await api.delete(f"/identities/{driver}"))["identities"]
        await station.end(5, READINGS_WH[-1])
        assert station.total_cost == BILLED

        async def billed() -> Any:
            return accepted(await api.get("/cdrs", params={"station": name}))["items"]

        [cdr] = await eventually(billed)
        assert pseudonym in json.dumps(cdr)
        accepted(await api.put(f"/tokens/{driver}", json={}))
        again = accepted(await api.get(f"/identities/{driver}"))["identity"]
        assert again != pseudonym
        assert accepted(await api.get("/sessions", params={"token": driver}))["items"] == []
        accepted(await api.delete(f"/identities/{driver}"))
        return str(pseudonym)


def vaults(records: list[bytes]) -> tuple[Vault, Vault, dict[str, Record]]:
    """Of the vault's records: as they all are, as compaction leaves them, and what it leaves."""
    decoder = Decoder(REF_IDENTITIES)
    whole, left = Vault(IDENTITIES_KEY), Vault(IDENTITIES_KEY)
    newest: dict[str, Record] = {}
    for value in records:
        record = decoder.decode(value)
        newest[record.identity] = record  # type: ignore[attr-defined]
        if not isinstance(record, IdentityErased):
            whole.apply(record)
    for record in newest.values():
        left.apply(record)
    return whole, left, newest


def assert_nobody_can_read(records: list[bytes], erased: list[str]) -> None:
    """Of the vault as compaction leaves it, no record and no key reads an erased person; those who were not erased are read."""
    _, vault, newest = vaults(records)

    assert all(isinstance(newest[each], IdentityErased) for each in erased)
    assert [vault.reveal(each) for each in erased] == [None] * len(erased)
    read = [vault.reveal(record.identity) or "" for record in newest.values() if isinstance(record, IdentityKept)]
    gone = {names(version)[1] for version in KINDS}
    assert not gone & set(read)
    assert read, "customers were not erased"


def assert_texts_went_with_the_erased(records: list[bytes], stored: str, *versions: str) -> None:
    """Certificates, EXI messages and reports about an erased person were there, and nobody opens them any more."""
    before, after, _ = vaults(records)
    texts = {each[0] for each in SEALED.finditer(stored)}
    were, are = ([text for each in texts if (text := vault.open(each)) is not None] for vault in (before, after))
    drivers = [plugncharge.driver(version) for version in versions or KINDS]

    for each in drivers:
        told = [text for text in were if each in text or plugncharge.inside(text, each)]
        assert any("BEGIN CERTIFICATE" in text for text in told), f"the contract of {each} is among them"
        assert any("BEGIN CERTIFICATE" not in text for text in told), f"an EXI message for {each} is among them"
        assert not [text for text in are if each in text or plugncharge.inside(text, each)]
    assert any(TOLD in text for text in were)
    assert are, "what is of strangers goes with its month"
