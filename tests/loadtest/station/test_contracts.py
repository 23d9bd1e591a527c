"""The simulated mobility operator: its contracts are below its authority, and its responder answers for them."""

import datetime as dt
import json
from pathlib import Path
from random import Random

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from loadtest.ocpp.contracts import Contract, is_contract
from loadtest.ocpp.versions import VERSIONS
from loadtest.station.contracts import AUTHORITY, KEY, MobilityOperator
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at


@pytest.fixture
def operator(tmp_path: Path) -> MobilityOperator:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "MO authority")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=9))
    (tmp_path / AUTHORITY).write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    (tmp_path / KEY).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return MobilityOperator(tmp_path, contracts=3, random=Random(1))


def all_shown(operator: MobilityOperator) -> list[Contract]:
    """What EVs show in the course of time."""
    return [operator.shown(operator.emaids[0]) for _ in range(200)]


def test_each_contract_is_of_its_emaid_and_issued_by_the_authority(operator: MobilityOperator) -> None:
    assert len(set(operator.emaids)) == 3
    for emaid in operator.emaids:
        leaf, authority = x509.load_pem_x509_certificates(operator.shown(emaid).chain.encode())
        leaf.verify_directly_issued_by(authority)
        assert is_contract(emaid)
        assert leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == emaid


async def test_most_count_and_some_have_expired_or_are_revoked_by_the_responder(operator: MobilityOperator) -> None:
    async with operator.answering(), httpcore.AsyncConnectionPool() as pool:
        seen: dict[str, int] = {}
        for contract in all_shown(operator):
            leaf, authority = x509.load_pem_x509_certificates(contract.chain.encode())
            (asked,) = contract.hashes
            question = ocsp.OCSPRequestBuilder().add_certificate(leaf, authority, SHA256()).build()
            assert question.issuer_key_hash.hex() == asked["issuerKeyHash"]
            assert question.issuer_name_hash.hex() == asked["issuerNameHash"]
            answer = operator.answer(question.public_bytes(Encoding.DER), dt.datetime.now(dt.UTC))
            status = ocsp.load_der_ocsp_response(answer).certificate_status.name
            expired = leaf.not_valid_after_utc < dt.datetime.now(dt.UTC)
            word = "expired" if expired else status
            seen[word] = seen.get(word, 0) + 1
        reply = await pool.request("POST", str(asked["responderURL"]), content=question.public_bytes(Encoding.DER))

    assert ocsp.load_der_ocsp_response(reply.content).response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
    assert seen["GOOD"] > seen["expired"] + seen["REVOKED"] > seen["expired"] > 0


async def test_what_is_no_question_gets_no_answer(operator: MobilityOperator) -> None:
    async with operator.answering(), httpcore.AsyncConnectionPool() as pool:
        url = str(operator.shown(operator.emaids[0]).hashes[0]["responderURL"])
        with pytest.raises(httpcore.RemoteProtocolError):
            await pool.request("POST", url, content=b"nonsense")


class Shows:
    """A contract that every EV shows."""

    def shown(self, emaid: str) -> Contract:
        return Contract(emaid=emaid, chain="PEM", hashes=())

    def station_certificate(self) -> dict[str, object]:
        return {
            "hashAlgorithm": "SHA256",
            "issuerNameHash": "aa",
            "issuerKeyHash": "bb",
            "serialNumber": "1f",
            "responderURL": "http://r",
        }


@pytest.mark.parametrize("version", list(VERSIONS))
async def test_a_station_shows_the_contract_of_an_ev_and_takes_the_answer(version: str) -> None:
    clock = HandClock()
    async with running_csms() as csms:
        station = station_at(csms, version, clock)
        station._contracts = Shows()
        action = "DataTransfer" if version == "1.6" else "Authorize"
        told = {"idTokenInfo": {"status": "Accepted"}, "certificateStatus": "Accepted"}
        csms.answers[version] |= {
            action: lambda _: {"status": "Accepted", "data": json.dumps(told)} if version == "1.6" else told,
            "GetCertificateStatus": lambda _: {"status": "Accepted", "ocspResult": "MIIB"},
        }
        async with moving(station.run([Cars(NEVER)]), clock.run()):
            await csms.until(lambda: "StatusNotification" in csms.actions(NAME))

            assert await station.authorize("DEELBC12345678")
            assert "PEM" in json.dumps(csms.payloads(action)[-1])
            asked = csms.payloads("GetCertificateStatus" if action == "Authorize" else action)
            assert any("http://r" in json.dumps(each) for each in asked)


async def test_an_ev_that_comes_for_the_first_time_has_its_contract_installed_before_it_charges(
    operator: MobilityOperator,
) -> None:
    clock, emaid = HandClock(), operator.emaids[0]

    class Comes(Cars):
        def gap_s(self) -> float:
            return 30

        def visit(self, remote):  # type: ignore[no-untyped-def]
            return replace(super().visit(remote), token=emaid)

    async with running_csms() as csms:
        csms.answers["2.1"]["Authorize"] = lambda _: {
            "idTokenInfo": {"status": "Accepted"},
            "certificateStatus": "Accepted",
        }
        station = station_at(csms, "2.1", clock)
        station._contracts = operator
        async with moving(station.run([Comes()]), clock.run()):
            await csms.until(lambda: csms.actions(NAME).count("Authorize") > 1)

    asked = [each for each in csms.actions(NAME) if each in ("Authorize", "Get15118EVCertificate")]
    assert asked[:3] == ["Get15118EVCertificate", "Authorize", "Authorize"]
    assert csms.invalid == []
