"""Vehicles: an authority of V2G with its responder and its list, for conversations about certificates of ISO 15118."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.ocsp import OCSPCertStatus

from schemas.x509 import named_by
from tests.gateway.tls.responder import answer
from tests.pki import authority
from tests.services.serving import HttpServer


@dataclass(frozen=True)
class V2G:
    """What a product needs to know of it (`settings`), and how scripts name what is there."""

    settings: Mapping[str, str]
    names: Mapping[str, str]


@contextlib.asynccontextmanager
async def v2g(folder: Path) -> AsyncIterator[V2G]:
    """The authority, while its responder runs. Of its certificates `$good` counts, and `$revoked` does not."""
    root = authority(folder, "v2g")
    good, revoked = root.issue("good"), root.issue("revoked")
    content = {
        f"/ocsp/{each.certificate.serial_number:x}": answer(root, each.certificate, status, algorithm=SHA256())
        for each, status in ((good, OCSPCertStatus.GOOD), (revoked, OCSPCertStatus.REVOKED))
    }
    name = named_by(root.certificate, good.certificate.serial_number)
    async with HttpServer(content | {"/crl": root.crl(revoked.certificate).read_bytes()}) as server:
        yield V2G(
            settings={
                "VOLTBUS_ISO15118_ISSUERS_FILE": str(root.path),
                "VOLTBUS_ISO15118_PRIVATE_ADDRESSES": "allow",
                "VOLTBUS_CONTRACT_POOL": "test",
            },
            names={
                "v2g_name": name.issuer_name_hash,
                "v2g_key": name.issuer_key_hash,
                "good": name.serial_number,
                "revoked": format(revoked.certificate.serial_number, "x"),
                "v2g_url": server.url,
            },
        )
