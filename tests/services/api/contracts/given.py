"""What the tests of roots of contracts share."""

from typing import Any

from tests.pki import Authority, pem_of

ROOTS = "/api/v1/contract-roots"


def body(root: Authority, **members: Any) -> dict[str, Any]:
    return {"use": "MORootCertificate", "certificate": pem_of(root)} | members
