"""TLS as stations speak it: contexts with and without a client certificate."""

import base64
import ssl
import warnings
from pathlib import Path

from tests.pki import Issued

WEAK = "ALL:@SECLEVEL=0"


def trusting(authority: Path, certificate: Issued | None = None, **options: object) -> ssl.SSLContext:
    """A station that trusts this authority, and shows this certificate. Options are members of the context."""
    context = ssl.create_default_context(cafile=str(authority))
    if certificate is not None:
        context.load_cert_chain(certificate.path)
    for name, value in options.items():
        setattr(context, name, value)
    return context


def only(authority: Path, cipher: str, certificate: Issued | None = None) -> ssl.SSLContext:
    """A station with TLS 1.2 and this cipher suite alone."""
    context = trusting(authority, certificate, maximum_version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers(cipher)
    return context


def old(authority: Path) -> ssl.SSLContext:
    """A station that speaks TLS 1.1 alone."""
    context = trusting(authority)
    context.set_ciphers(WEAK)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is outdated is the point
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
