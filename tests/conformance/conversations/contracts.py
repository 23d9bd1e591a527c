"""Contracts: a mobility operator with contracts of every kind and their responder, for conversations about Plug & Charge."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.ocsp import OCSPCertStatus

from schemas.x509 import named_by
from tests.gateway.tls.responder import answer
from tests.pki import DAY, NOW, Authority, Contracts, Issued, contracts, pem_of
from tests.services.serving import HttpServer

EMAID = "DE-8AA-C0NF0RM01-2"
"""The contract, in one of its spellings; its certificates write it in another."""


def hash_data(issuer: Authority, own: Issued | Authority, url: str) -> dict[str, str]:
    """What a station says of one certificate (OCSPRequestDataType)."""
    name = named_by(issuer.certificate, own.certificate.serial_number)
    return {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": name.issuer_name_hash,
        "issuerKeyHash": name.issuer_key_hash,
        "serialNumber": name.serial_number,
        "responderURL": url,
    }


class Responder:
    """Puts the answers about certificates where their URLs lead."""

    def __init__(self, mo: Contracts, server: HttpServer) -> None:
        self._mo, self._server = mo, server

    def url(self, name: str) -> str:
        return f"{self._server.url}/{name}"

    def says(self, name: str, issuer: Authority, own: Issued | Authority, status: OCSPCertStatus) -> None:
        made = answer(issuer, own.certificate, status, algorithm=SHA256(), besides=(issuer.certificate,))
        self._server.content[f"/{name}"] = made


@contextlib.asynccontextmanager
async def mobility_operator(folder: Path) -> AsyncIterator[Mapping[str, Any]]:
    """How scripts name what there is, while the responder runs.

    `$mo_root`: the root. `$chain`, `$hashes`: of a contract that counts. `$revoked_chain`, `$revoked_hashes`, `$expired_chain`,
    `$stranger_chain`: of others for the same eMAID, `$emaid`. `$other_chain`: of `$other_emaid`, which is another's. `$in_json`: `$chain`
    within a text of JSON.
    """
    mo, stranger = contracts(folder), contracts(folder, "Stranger")
    async with HttpServer() as server:
        responder, name = Responder(mo, server), EMAID.replace("-", "")
        good = mo.issue(name, ocsp=responder.url("good"))
        revoked = mo.issue(name, ocsp=responder.url("revoked"))
        expired = mo.issue(name, ocsp=responder.url("good"), begins=NOW - 9 * DAY, ends=NOW - DAY)
        other = mo.issue("DE8AAC0NF0RM02", ocsp=responder.url("other"))
        responder.says("good", mo.lower, good, OCSPCertStatus.GOOD)
        responder.says("revoked", mo.lower, revoked, OCSPCertStatus.REVOKED)
        responder.says("other", mo.lower, other, OCSPCertStatus.GOOD)
        responder.says("lower", mo.upper, mo.lower, OCSPCertStatus.GOOD)
        responder.says("upper", mo.root, mo.upper, OCSPCertStatus.GOOD)
        above = [
            hash_data(mo.upper, mo.lower, responder.url("lower")),
            hash_data(mo.root, mo.upper, responder.url("upper")),
        ]
        yield {
            "emaid": EMAID,
            "other_emaid": "DE8AAC0NF0RM02",
            "mo_root": pem_of(mo.root),
            "chain": mo.chain(good),
            "in_json": json.dumps(mo.chain(good))[1:-1],
            "revoked_chain": mo.chain(revoked),
            "expired_chain": mo.chain(expired),
            "stranger_chain": stranger.chain(stranger.issue(name)),
            "other_chain": mo.chain(other),
            "hashes": [hash_data(mo.lower, good, responder.url("good")), *above],
            "revoked_hashes": [hash_data(mo.lower, revoked, responder.url("revoked")), *above],
        }


async def provision(api: httpx.AsyncClient, names: Mapping[str, Any]) -> None:
    """Trust the root, and provision the contract, once for all cases."""
    root = {"use": "MORootCertificate", "certificate": names["mo_root"]}
    (await api.post("/contract-roots", json=root)).raise_for_status()
    body = {"types": ["eMAID"], "concurrent_sessions": True}
    (await api.put(f"/tokens/{EMAID}", json=body)).raise_for_status()
