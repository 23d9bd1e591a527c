"""Requests of EVs, as our codec writes them and as the independent one has them."""

import datetime as dt
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from services.iso15118.exi import messages
from services.iso15118.testcontracts import Held, _issued
from tests.pki import NOW

ROOTS = {"RootCertificateID": [{"X509IssuerName": "CN=V2G root", "X509SerialNumber": 12345}]}
SESSION = bytes(range(8))
PCID = "WMIV1234567890ABCDEX"


def vehicle(curve: ec.EllipticCurve, name: str = PCID, now: dt.datetime = NOW) -> Held:
    """An EV's provisioning certificate and key."""
    return _issued(name, None, curve, now)


def signature(digest: bytes = b"d" * 32) -> dict[str, Any]:
    """A signature of an EV over its request."""
    reference = {
        "@URI": "#id1",
        "Transforms": {"Transform": [{"@Algorithm": messages.CANONICAL_EXI}]},
        "DigestMethod": {"@Algorithm": "http://www.w3.org/2001/04/xmlenc#sha256"},
        "DigestValue": digest,
    }
    signed = {
        "CanonicalizationMethod": {"@Algorithm": messages.CANONICAL_EXI},
        "SignatureMethod": {"@Algorithm": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"},
        "Reference": [reference],
    }
    return {"SignedInfo": signed, "SignatureValue": {"value": b"s" * 64}}


def request_2(certificate: bytes, **header: Any) -> dict[str, Any]:
    """A whole request of ISO 15118-2."""
    asked = {"@Id": "id1", "OEMProvisioningCert": certificate, "ListOfRootCertificateIDs": ROOTS}
    return {"Header": {"SessionID": SESSION, **header}, "Body": {messages.REQUEST: asked}}


def request_20(certificate: bytes, *emaids: str, most: int = 3, **header: Any) -> dict[str, Any]:
    """A request of ISO 15118-20."""
    return {
        "Header": {"SessionID": SESSION, "TimeStamp": 1_780_000_000, **header},
        "OEMProvisioningCertificateChain": {"@Id": "id1", "Certificate": certificate},
        "ListOfRootCertificateIDs": ROOTS,
        "MaximumContractCertificateChains": most,
        **({"PrioritizedEMAIDs": {"EMAID": list(emaids)}} if emaids else {}),
    }


def written_2(request: dict[str, Any]) -> bytes:
    return messages._document(messages._V2G_MESSAGE, request)


def written_20(request: dict[str, Any]) -> bytes:
    return messages._document(messages._REQUEST_20_ROOT, request)


def as_theirs(message: Any) -> Any:
    """As the independent codec has a message: a SessionID is in hexadecimal."""
    from tests.services.iso15118.independent import as_json

    theirs = as_json(message)
    header = theirs.get("Header", theirs)
    header["SessionID"] = SESSION.hex().upper()
    return theirs
