"""Forwarded: what a trusted proxy says in headers of the client behind it: address, TLS, certificate. PURE.

Three forms of certificate: Envoy's X-Forwarded-Client-Cert, nginx's X-SSL-Client-Cert (URL-encoded PEM), and Client-Cert of RFC 9440.
"""

import base64
import binascii
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote_to_bytes

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.tls.certificates import ClientCertificate, Unreadable, read
from gateway.tls.proxies import Networks, trusts

Headers = Mapping[str, Sequence[str]]
"""The values of each header, by its name in lower case."""

XFCC, NGINX, NGINX_VERIFY, RFC9440, RFC9440_CHAIN = (
    "x-forwarded-client-cert",
    "x-ssl-client-cert",
    "x-ssl-client-verify",
    "client-cert",
    "client-cert-chain",
)
FOR, PROTO = "x-forwarded-for", "x-forwarded-proto"
CERTIFICATE_HEADERS = (XFCC, NGINX, RFC9440)
HEADERS = (*CERTIFICATE_HEADERS, NGINX_VERIFY, RFC9440_CHAIN, FOR, PROTO)
"""All headers that are believed of trusted proxies, and of nobody else."""

LONGEST = 32_768
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
_PAIR = re.compile(r'\s*([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^;,]*)\s*([;,]|$)')
_CN = re.compile(r"(?:^|[,/+])\s*CN\s*=\s*((?:[^,/+\\]|\\.)+)", re.IGNORECASE)
_O = re.compile(r"(?:^|[,/+])\s*O\s*=\s*((?:[^,/+\\]|\\.)+)", re.IGNORECASE)


class Forwarded(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of the client: its address (empty where it is not said), whether it spoke TLS, its certificate."""

    address: str = ""
    tls: bool = False
    certificate: ClientCertificate | None = None


def forwarded(headers: Headers, certificate_header: str, trusted: Networks) -> Forwarded:
    """Read the headers of a trusted proxy. `certificate_header`: the one that it sets; `off` for none. Raises Unreadable."""
    certificate = None
    values = headers.get(certificate_header, ()) if certificate_header in CERTIFICATE_HEADERS else ()
    if len(values) > 1 and certificate_header != XFCC:
        raise Unreadable(f"the header {certificate_header} stands more than once")
    if values and values[-1].strip():
        if sum(map(len, values)) > LONGEST:
            raise Unreadable(f"the header {certificate_header} is too long")
        certificate = _READERS[certificate_header](values[-1].strip(), headers)
    proto = ",".join(headers.get(PROTO, ())).rpartition(",")[2].strip().lower()
    return Forwarded(
        address=_client(headers.get(FOR, ()), trusted),
        tls=certificate is not None or proto in ("https", "wss"),
        certificate=certificate,
    )


def named(*names: str, organizations: tuple[str, ...] = (), fingerprint: str = "") -> ClientCertificate:
    """A certificate of which a proxy says the names alone: its serial number and its validity are not known here."""
    return ClientCertificate(
        names=tuple(filter(None, names)),
        organizations=organizations,
        number="",
        fingerprint=fingerprint,
        not_before=_BEGINNING,
        not_after=_NEVER,
        chain=(),
    )


def _client(values: Sequence[str], trusted: Networks) -> str:
    """The last address that is no trusted proxy: those before it were written by anybody."""
    hops = [hop.strip().strip('"') for hop in ",".join(values)[-LONGEST:].split(",") if hop.strip()]
    for hop in reversed(hops):
        address = hop[1:].partition("]")[0] if hop.startswith("[") else hop
        if address.count(":") == 1:
            address = address.partition(":")[0]
        if not trusts(trusted, address):
            return address if _ADDRESS.fullmatch(address) else ""
    return ""


_ADDRESS = re.compile(r"[0-9A-Fa-f.:]{2,45}")


def _envoy(text: str, _headers: Headers) -> ClientCertificate:
    """The last element: Envoy appends the client that it verified itself."""
    elements: list[dict[str, list[str]]] = [{}]
    position = 0
    while position < len(text):
        match = _PAIR.match(text, position)
        if match is None or match.end() == position:
            raise Unreadable("X-Forwarded-Client-Cert cannot be read")
        name, value, end = match.groups()
        if value.startswith('"'):
            value = value[1:-1].replace('\\"', '"')
        elements[-1].setdefault(name.lower(), []).append(value)
        if end == ",":
            elements.append({})
        position = match.end()
    last = elements[-1]
    if "chain" in last or "cert" in last:
        return _pem((last.get("chain") or last["cert"])[0])
    subject = last.get("subject", [""])[0]
    found = [*(_plain(each) for each in _CN.findall(subject)), *last.get("dns", ()), *last.get("uri", ())]
    if not any(found):
        raise Unreadable("X-Forwarded-Client-Cert names no certificate")
    owners = tuple(_plain(each) for each in _O.findall(subject))
    return named(*found, organizations=owners, fingerprint=last.get("hash", [""])[0].lower())


def _nginx(text: str, headers: Headers) -> ClientCertificate:
    verified = headers.get(NGINX_VERIFY, ())
    if verified and verified[-1].strip().upper() != "SUCCESS":
        raise Unreadable("the proxy did not verify the client certificate")
    return _pem(text)


def _rfc9440(text: str, headers: Headers) -> ClientCertificate:
    chain = [each for each in ",".join(headers.get(RFC9440_CHAIN, ())).split(",") if each.strip()]
    return read([_byte_sequence(each) for each in (text, *chain)])


_READERS: Mapping[str, Callable[[str, Headers], ClientCertificate]] = {XFCC: _envoy, NGINX: _nginx, RFC9440: _rfc9440}


def _byte_sequence(text: str) -> bytes:
    """A Byte Sequence of RFC 8941: base64 between colons."""
    text = text.strip()
    if len(text) < 2 or text[0] != ":" or text[-1] != ":":
        raise Unreadable("Client-Cert is no byte sequence (RFC 9440)")
    try:
        return base64.b64decode(text[1:-1], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("Client-Cert is no base64") from error


def _pem(text: str) -> ClientCertificate:
    try:
        certificates = x509.load_pem_x509_certificates(unquote_to_bytes(text))
        return read([each.public_bytes(Encoding.DER) for each in certificates])
    except ValueError as error:
        raise Unreadable("the forwarded certificate is no PEM") from error


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text).strip()
