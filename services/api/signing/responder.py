"""The OCSP responder: what it says of certificates that were signed here, open to everybody (RFC 6960, appendix A; RFC 5019).

The answers were signed by the worker `authorities` before anybody asks: nothing is signed for a request, and no key is here.
"""

import base64
import binascii
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import unquote

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from litestar import Request, Response, Router, get, post
from litestar.params import PathParameter

from schemas.authorities import OCSP_ANSWERS, OCSP_PATH, OcspAnswerMade, answer_key
from services.api.ports import Ports
from services.api.web.parameters import Given

MEDIA_TYPE = "application/ocsp-response"
LONGEST_REQUEST = 2_048
"""Bytes; a request about one certificate has a hundred."""
CACHED_S = 3_600
"""Caches keep an answer so long at most, so that a revocation is seen by then."""

Status = ocsp.OCSPResponseStatus
AskedPath = Annotated[str, PathParameter(description="The request: DER in base64, percent-encoded.")]


def answer_to(ports: Ports, request: bytes) -> OcspAnswerMade | Status:
    """The answer to a request; or the status that says why there is none (RFC 6960, 2.3; RFC 5019, 2.2.3)."""
    try:
        asked = ocsp.load_der_ocsp_request(request)
        algorithm = asked.hash_algorithm.name.upper()
        key = answer_key(algorithm, asked.issuer_key_hash.hex(), format(asked.serial_number, "x"))
    except (ValueError, UnsupportedAlgorithm):
        return Status.MALFORMED_REQUEST
    found = ports.reference.get(OCSP_ANSWERS, key)
    if not isinstance(found, OcspAnswerMade):
        return Status.UNAUTHORIZED
    return found if found.next_at > ports.clock() else Status.TRY_LATER


def answered(ports: Ports, request: bytes) -> Response[bytes]:
    """The answer over HTTP. Refusals are answers too, and are not signed."""
    found = answer_to(ports, request)
    if isinstance(found, Status):
        refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(found).public_bytes(Encoding.DER)
        return Response(refusal, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
    left_s = max(0, int((found.next_at - ports.clock()).total_seconds()))
    headers = {"Cache-Control": f"public, max-age={min(left_s, CACHED_S)}, no-transform, must-revalidate"}
    return Response(found.der, media_type=MEDIA_TYPE, headers=headers)


@post(
    OCSP_PATH,
    media_type=MEDIA_TYPE,
    summary="Ask our OCSP responder",
    security=[{}],
    status_code=HTTPStatus.OK,
    request_max_body_size=LONGEST_REQUEST,
)
async def ask_responder(request: Request[Any, Any, Any], ports: Given) -> Response[bytes]:
    """Whether a certificate that was signed here is revoked: a request of RFC 6960 in DER about one certificate, by SHA-1 or SHA-256.

    The answer says `unauthorized` about certificates that are not known here, and `tryLater` where the newest answer has ended.
    """
    return answered(ports, await request.body())


@get(OCSP_PATH + "/{asked:path}", media_type=MEDIA_TYPE, summary="Ask our OCSP responder by GET", security=[{}])
async def get_from_responder(asked: AskedPath, ports: Given) -> Response[bytes]:
    """The same, for caches (RFC 5019, 5)."""
    try:
        request = base64.b64decode(unquote(asked.removeprefix("/"))[:LONGEST_REQUEST], validate=True)
    except (binascii.Error, ValueError):
        request = b""
    return answered(ports, request)


def router() -> Router:
    """The responder."""
    return Router(path="/", route_handlers=[ask_responder, get_from_responder])
