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


def client_certificate(handshake: Any) -> ClientCertificate | None:
    """The verified certificate of a TLS object; None where the client showed none. Raises Unreadable.

    `get_verified_chain` is public from Python 3.13 on; before it is a method of the object inside. It gives the issuer, whom OCSP asks
    about the certificate, and the authorities between, which may be revoked too.
    """
    if handshake.getpeercert(binary_form=True) is None:
        return None
    inner = handshake if hasattr(handshake, "get_verified_chain") else handshake._sslobj
    chain = inner.get_verified_chain()
    return read([each if isinstance(each, bytes) else bytes(each.public_bytes(_DER)) for each in chain])


_DER = 2
"""`_ssl.ENCODING_DER`."""


def cipher_kind(handshake: Any) -> str:
    """The cipher suite in few words, for the metric: the key exchange of TLS 1.2, else the version alone."""
    cipher = handshake.cipher()
    name = cipher[0] if cipher else ""
    if name.startswith("TLS_"):
        return "tls1.3"
    return "ecdhe-ecdsa" if name.startswith("ECDHE-ECDSA") else "ecdhe-rsa" if name.startswith("ECDHE-RSA") else "rsa"
