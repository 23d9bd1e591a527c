"""The test pool gives contracts that an EV can read, verify and use: looked at with an independent codec, as the EV does."""

import base64
import hashlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding

from services.iso15118.chains import judge
from services.iso15118.exi import messages
from services.iso15118.port import ISO_2, ISO_20, NoContract
from services.iso15118.testpool import TestPool as Pool
from tests.pki import NOW
from tests.services.iso15118.exi.given import (
    PCID,
    SESSION,
    request_2,
    request_20,
    signature,
    vehicle,
    written_2,
    written_20,
)
from tests.services.iso15118.given import contract_asked
from tests.services.iso15118.independent import XML_SIGNATURE, Codec

SIGNED_2 = ("ContractSignatureCertChain", "ContractSignatureEncryptedPrivateKey", "DHpublickey", "eMAID")


def pool() -> Pool:
    return Pool(lambda: NOW)


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def certificates(chain: dict[str, Any]) -> list[x509.Certificate]:
    texts = [chain["Certificate"], *chain["SubCertificates"]["Certificate"]]
    return [x509.load_der_x509_certificate(base64.b64decode(each)) for each in texts]


def concatenation_kdf(shared: bytes, digest: str, length: int) -> bytes:
    """NIST SP 800-56A, one round, by hand."""
    return hashlib.new(digest, b"\0\0\0\1" + shared + b"\x01UV").digest()[:length]


def shared_with(key: ec.EllipticCurvePrivateKey, public: bytes) -> bytes:
    return key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(key.curve, public))


def verified(codec: Codec, header: dict[str, Any], by: x509.Certificate, digest: hashes.HashAlgorithm) -> None:
    """The signature of the message is that of its provisioning service."""
    value = base64.b64decode(header["Signature"]["SignatureValue"]["value"])
    half = len(value) // 2
    r, s = int.from_bytes(value[:half]), int.from_bytes(value[half:])
    told = header["Signature"]["SignedInfo"]
    signed = codec.encode({"SignedInfo": told}, XML_SIGNATURE) if digest.name == "sha256" else in_ours(told)
    key = by.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(digest))


def in_ours(told: Any) -> bytes:
    """What is signed, by our codec: the other one writes the algorithms of -2 into every SignedInfo, whatever it is given."""
    return messages.fragment(messages.SIGNED_INFO, _ours(told))


def _ours(told: Any) -> Any:
    match told:
        case list():
            return [_ours(each) for each in told]
        case dict():
            return {
                f"@{name}" if name in ("Algorithm", "URI") else name: _ours(each) for name, each in told.items()
            } | ({"DigestValue": base64.b64decode(told["DigestValue"])} if "DigestValue" in told else {})
    return told


def counts(chain: list[x509.Certificate], root: x509.Certificate, emaid: str) -> bool:
    """Whether the contract counts here where its root is trusted."""
    pem = "".join(each.public_bytes(Encoding.PEM).decode() for each in chain)
    return judge(pem, emaid.__eq__, [root], NOW).status == "Accepted"


@pytest.mark.parametrize("signed", [True, False])
async def test_an_ev_of_2_reads_verifies_and_unwraps_its_contract(codec: Codec, signed: bool) -> None:
    own, asking = vehicle(ec.SECP256R1()), pool()
    request = written_2(request_2(own.der, **({"Signature": signature()} if signed else {})))
    [answer] = await asking.contracts(contract_asked(exi_request=b64(request)))
    message = codec.decode(base64.b64decode(answer), ISO_2)["V2G_Message"]
    body, header = message["Body"][messages.RESPONSE], message["Header"]

    assert (header["SessionID"], body["ResponseCode"]) == (SESSION.hex().upper(), "OK")
    references = header["Signature"]["SignedInfo"]["Reference"]
    for reference, name in zip(references, SIGNED_2, strict=True):
        assert reference["URI"] == f"#{body[name]['Id']}"
        digest = hashlib.sha256(codec.encode({name: body[name]}, ISO_2)).digest()
        assert base64.b64decode(reference["DigestValue"]) == digest, name
    verified(codec, header, certificates(body["SAProvisioningCertificateChain"])[0], hashes.SHA256())
    chain, emaid = certificates(body["ContractSignatureCertChain"]), body["eMAID"]["value"]
    assert counts(chain, asking._mobility[ISO_2].root.certificate, emaid)
    key = concatenation_kdf(shared_with(own.key, base64.b64decode(body["DHpublickey"]["value"])), "sha256", 16)
    wrapped = base64.b64decode(body["ContractSignatureEncryptedPrivateKey"]["value"])
    cipher = Cipher(algorithms.AES(key), modes.CBC(wrapped[:16])).decryptor()
    secret = int.from_bytes(cipher.update(wrapped[16:]) + cipher.finalize())
    assert ec.derive_private_key(secret, ec.SECP256R1()).public_key() == chain[0].public_key()
    assert max(len(each.public_bytes(Encoding.DER)) for each in chain) <= 800, "as long as -2 has room for"
    assert len(answer) <= 5_600, "as long as OCPP 2.0.1 has room for"


async def test_an_ev_of_20_reads_verifies_and_unwraps_its_contracts_those_first_that_it_wants(codec: Codec) -> None:
    own, asking = vehicle(ec.SECP521R1()), pool()
    request = b64(written_20(request_20(own.der, "DE-8AA-C12345678-D", most=2)))
    answers = await asking.contracts(contract_asked(exi_request=request, schema_version=ISO_20, maximum_chains=2))
    found = [codec.decode(base64.b64decode(each), ISO_20)[messages.RESPONSE] for each in answers]

    assert [each["RemainingContractCertificateChains"] for each in found] == [1, 0]
    names = []
    for body in found:
        data = body["SignedInstallationData"]
        assert (body["ResponseCode"], body["EVSEProcessing"], data["ECDHCurve"]) == ("OK", "Finished", "SECP521")
        provisioning = certificates(body["CPSCertificateChain"])[0]
        signed = body["Header"]["Signature"]["SignedInfo"]
        assert signed["Reference"][0]["DigestMethod"]["Algorithm"].endswith("#sha512")
        verified(codec, body["Header"], provisioning, hashes.SHA512())
        chain = certificates(data["ContractCertificateChain"])
        names.append(str(chain[0].subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value))
        assert counts(chain, asking._mobility[ISO_20].root.certificate, names[-1])
        key = concatenation_kdf(shared_with(own.key, base64.b64decode(data["DHPublicKey"])), "sha512", 32)
        wrapped = base64.b64decode(data["SECP521_EncryptedPrivateKey"])
        identifier = chain[0].extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex().upper()
        secret = int.from_bytes(AESGCM(key).decrypt(wrapped[:12], wrapped[12:], (PCID + identifier).encode()))
        assert ec.derive_private_key(secret, ec.SECP521R1()).public_key() == chain[0].public_key()
    assert names[0] == "DE8AAC12345678"
    assert len(set(names)) == 2
    assert max(map(len, answers)) <= 17_000, "as long as OCPP 2.1 has room for"


@pytest.mark.parametrize(("most", "wanted", "count"), [(0, (), 1), (1, (), 1), (9, (), 3), (2, ("A" * 14,) * 5, 2)])
async def test_an_ev_gets_as_many_contracts_as_it_takes_three_at_most(
    most: int, wanted: tuple[str, ...], count: int
) -> None:
    own = vehicle(ec.SECP521R1())
    request = b64(written_20(request_20(own.der, *wanted, most=most)))
    answers = await pool().contracts(contract_asked(exi_request=request, schema_version=ISO_20))

    assert len(set(answers)) == len(answers) == count


@pytest.mark.parametrize(
    ("request_", "version", "why"),
    [
        (b"VOLTBUS", ISO_2, "does not begin with 80"),
        (written_2(request_2(b"no certificate")), ISO_2, "cannot be read"),
        (written_2(request_2(vehicle(ec.SECP521R1()).der)), ISO_2, "no key of secp256r1"),
        (written_20(request_20(vehicle(ec.SECP256R1()).der)), ISO_20, "no key of secp521r1"),
    ],
)
async def test_an_ev_that_cannot_be_answered_is_told_why(request_: bytes, version: str, why: str) -> None:
    with pytest.raises(NoContract, match=why):
        await pool().contracts(contract_asked(exi_request=b64(request_), schema_version=version))
