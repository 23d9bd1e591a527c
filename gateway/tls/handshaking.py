"""Handshaking: why a TLS handshake failed, and what a good one says of the client."""

import ssl
from typing import Any

from gateway.tls.certificates import ClientCertificate, read

EXPIRED, NOT_YET_VALID, UNKNOWN_CA = (
    frozenset({10}),
    frozenset({9}),
    frozenset({2, 18, 19, 20, 21, 24, 27, 62, 63}),
)
"""Results of OpenSSL's verification (X509_V_ERR_...)."""

CAUSES = {
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "no-certificate",
    "UNSUPPORTED_PROTOCOL": "version",
    "VERSION_TOO_LOW": "version",
    "UNKNOWN_PROTOCOL": "version",
    "TLSV1_ALERT_PROTOCOL_VERSION": "version",
    "NO_SHARED_CIPHER": "cipher",
    "NO_SHARED_SIGNATURE_ALGORITHMS": "cipher",
    "NO_SUITABLE_SIGNATURE_ALGORITHM": "cipher",
    "HTTP_REQUEST": "no-tls",
    "HTTPS_PROXY_REQUEST": "no-tls",
    "WRONG_VERSION_NUMBER": "no-tls",
    "TLSV1_ALERT_UNKNOWN_CA": "refused-by-station",
    "SSLV3_ALERT_BAD_CERTIFICATE": "refused-by-station",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "refused-by-station",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "refused-by-station",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "refused-by-station",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "refused-by-station",
    "CERTIFICATE_VERIFY_FAILED": "certificate",
}


def cause_of(error: BaseException) -> str:  # noqa: PLR0911 a flat match over the errors
    """The cause of a failed handshake, as the metric names it."""
    match error:
        case ssl.SSLCertVerificationError():
            code = error.verify_code
            if code in EXPIRED:
                return "expired"
            if code in NOT_YET_VALID:
                return "not-yet-valid"
            return "unknown-ca" if code in UNKNOWN_CA else "certificate"
        case ssl.SSLEOFError():
            return "cut-off"
        case ssl.SSLError():
            return CAUSES.get(str(getattr(error, "reason", "")), "other")
        case TimeoutError() | ConnectionAbortedError():
            return "timeout"
        case OSError():
            return "cut-off"
    return "other"


class Chains:
    """Reads the verified certificates of clients. `limit`: issuers of which the authorities above are remembered.

    OpenSSL resumes sessions of TLS 1.2 by their id, which Python cannot turn off; such a handshake has no verified chain any more. What
    stands above the certificate is then what stood above the last one of its issuer, so that revocation is checked as before.
    """

    def __init__(self, limit: int = 1_000) -> None:
        self._limit = limit
        self._above: dict[bytes, tuple[bytes, ...]] = {}

    def client(self, handshake: Any) -> ClientCertificate | None:
        """The verified certificate of a TLS object; None where the client showed none. Raises Unreadable."""
        own = handshake.getpeercert(binary_form=True)
        if own is None:
            return None
        chain = _verified(handshake)
        if not chain:
            issuer = read([own]).chain[0][0]
            return read([own, *self._above.get(issuer, ())])
        certificate = read(chain)
        self._remember(certificate.chain[0][0], tuple(chain[1:]))
        return certificate

    def _remember(self, issuer: bytes, above: tuple[bytes, ...]) -> None:
        if self._above.get(issuer) == above:
            return
        if len(self._above) >= self._limit:
            del self._above[next(iter(self._above))]
        self._above[issuer] = above


def _verified(handshake: Any) -> list[bytes]:
    """The chain that OpenSSL verified, in DER, the client's own certificate first.

    `get_verified_chain` is public from Python 3.13 on; before it is a method of the object inside. It gives the issuer, whom OCSP asks
    about the certificate, and the authorities between, which may be revoked too.
    """
    inner = handshake if hasattr(handshake, "get_verified_chain") else handshake._sslobj
    return [
        each if isinstance(each, bytes) else bytes(each.public_bytes(_DER)) for each in inner.get_verified_chain() or ()
    ]


_DER = 2
"""`_ssl.ENCODING_DER`."""


def cipher_kind(handshake: Any) -> str:
    """The cipher suite in few words, for the metric: the key exchange of TLS 1.2, else the version alone."""
    cipher = handshake.cipher()
    name = cipher[0] if cipher else ""
    if name.startswith("TLS_"):
        return "tls1.3"
    return "ecdhe-ecdsa" if name.startswith("ECDHE-ECDSA") else "ecdhe-rsa" if name.startswith("ECDHE-RSA") else "rsa"
