"""Signing of the test pool: CertificateInstallationRes of ISO 15118-2 and -20, signed as EVs verify them (XML Signature over EXI)."""

import datetime as dt
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from services.iso15118.exi import messages
from services.iso15118.testcontracts import Contract, Held, Mobility

OK, FINISHED, SECP521 = 0, 0, 0
"""Places of these words in their enumerations."""


def signed_2(session: bytes, mobility: Mobility, contract: Contract) -> bytes:
    """The response of ISO 15118-2; its four elements are signed ([V2G2-771])."""
    chain = {"@Id": "id1", **_chain(contract.certificate, contract.chain)}
    wrapped_key = {"@Id": "id2", "value": contract.wrapped_key}
    public_key = {"@Id": "id3", "value": contract.public_key}
    signature = _signature(
        mobility,
        {
            "id1": messages.fragment(messages.CONTRACT_CHAIN_2, chain),
            "id2": messages.fragment(messages.PRIVATE_KEY_2, wrapped_key),
            "id3": messages.fragment(messages.PUBLIC_KEY_2, public_key),
            "id4": messages.emaid_fragment_2("id4", contract.emaid),
        },
    )
    provisioning = mobility.provisioning
    return messages.response_2(
        {"SessionID": session, "Signature": signature},
        {
            "ResponseCode": OK,
            "SAProvisioningCertificateChain": _chain(provisioning.der, provisioning.chain),
            "ContractSignatureCertChain": chain,
            "ContractSignatureEncryptedPrivateKey": wrapped_key,
            "DHpublickey": public_key,
            "eMAID": {"@Id": "id4", "value": contract.emaid},
        },
    )


def signed_20(session: bytes, mobility: Mobility, contract: Contract, *, left: int, now: dt.datetime) -> bytes:
    """The response of ISO 15118-20 with one contract; `left`: how many more there are."""
    data = {
        "@Id": "id1",
        "ContractCertificateChain": _chain(contract.certificate, contract.chain),
        "ECDHCurve": SECP521,
        "DHPublicKey": contract.public_key,
        "SECP521_EncryptedPrivateKey": contract.wrapped_key,
    }
    signature = _signature(mobility, {"id1": messages.fragment(messages.INSTALLATION_DATA_20, data)})
    provisioning = mobility.provisioning
    return messages.response_20(
        {
            "Header": {"SessionID": session, "TimeStamp": int(now.timestamp()), "Signature": signature},
            "ResponseCode": OK,
            "EVSEProcessing": FINISHED,
            "CPSCertificateChain": _chain(provisioning.der, provisioning.chain),
            "SignedInstallationData": data,
            "RemainingContractCertificateChains": left,
        }
    )


def _chain(certificate: bytes, above: tuple[bytes, ...]) -> dict[str, Any]:
    return {"Certificate": certificate, "SubCertificates": {"Certificate": list(above)}}


def _signature(mobility: Mobility, elements: dict[str, bytes]) -> dict[str, Any]:
    """The signature over elements by their ids."""
    digest = mobility.digest
    kind = f"sha{8 * digest.digest_size}"
    references = [
        {
            "@URI": f"#{identity}",
            "Transforms": {"Transform": [{"@Algorithm": messages.CANONICAL_EXI}]},
            "DigestMethod": {"@Algorithm": f"http://www.w3.org/2001/04/xmlenc#{kind}"},
            "DigestValue": _digested(element, digest),
        }
        for identity, element in elements.items()
    ]
    signed = {
        "CanonicalizationMethod": {"@Algorithm": messages.CANONICAL_EXI},
        "SignatureMethod": {"@Algorithm": f"http://www.w3.org/2001/04/xmldsig-more#ecdsa-{kind}"},
        "Reference": references,
    }
    value = _signed(messages.fragment(messages.SIGNED_INFO, signed), mobility.provisioning, digest)
    return {"SignedInfo": signed, "SignatureValue": {"value": value}}


def _digested(content: bytes, digest: hashes.HashAlgorithm) -> bytes:
    whole = hashes.Hash(digest)
    whole.update(content)
    return whole.finalize()


def _signed(content: bytes, by: Held, digest: hashes.HashAlgorithm) -> bytes:
    """r and s, each as long as the curve's numbers."""
    size = (by.key.curve.key_size + 7) // 8
    return b"".join(each.to_bytes(size) for each in decode_dss_signature(by.key.sign(content, ec.ECDSA(digest))))
