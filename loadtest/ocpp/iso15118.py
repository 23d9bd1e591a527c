"""What a simulated station asks for ISO 15118: the state of its certificate (M06), and a contract certificate for an EV (M01). PURE."""

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from loadtest.ocpp.contracts import asking_status, message
from loadtest.ocpp.messages import Message, Payload

ISO_2 = "urn:iso:15118:2:2013:MsgDef"

REQUEST = (
    "gJgCAABAgMEBQYHQUCtLIYkGBmEEAv5hBAJLQAYEAgQEKLWxlLLijjlzO6pPlf90WCwP9pwuYBQMEFUMkZx6CAYEYD5iOmA2DAaqCAYYKK6akq"
    "xiZGZoamxucHJggoSGiIqwYDwuGmRqYmRmYmBgYGBgYLQuGmRuYGJgYmBgYGBgYLRgPmI6YDYMBqoIBhgorpqSrGJkZmhqbG5wcmCChIaIirBg"
    "smAmDA5VDJGcegQCDBBVDJGcegYCDgaEAAhNKsxFVSQQzRMQdxjRmUvdnwfvLVoJH5I9MZHOuiv+je4TsFMdJq0Q0zR8bGNXugfLINUmn0ySLI"
    "SSYMCl32LHRn5gemAYDAaqOiYCA/4IBGAAYBwMBqo6HgID/ggIBgQHkGA6DAaqOhwILAgoEia8420tXAUhzQCWLswHRmDOFmxgFAwQVQyRnHoI"
    "BgQGkABgigRCASwqwwr4xBey5iVDo626KATU0wC2Vqlmw1xbyopKMuxwBEBD9k1odajKFkZT481R8fhyMkwYBQW0tr9RYuY01QxdQADUNOPVYy"
    "RyByb290C5YBA="
)
"""A CertificateInstallationReq with the provisioning certificate of an EV (WMIV1234567890ABCDEX), EXI in base64."""


def asking_own_status(subprotocol: str, chain: str) -> Message | None:
    """GetCertificateStatus of the first certificate of a chain; None where it names no responder, or its issuer is not there."""
    leaf, *above = x509.load_pem_x509_certificates(chain.encode())
    url = _responder(leaf)
    if not url or not above:
        return None
    request = ocsp.OCSPRequestBuilder().add_certificate(leaf, above[0], SHA256()).build()
    data: Payload = {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": request.issuer_name_hash.hex(),
        "issuerKeyHash": request.issuer_key_hash.hex(),
        "serialNumber": format(leaf.serial_number, "x"),
        "responderURL": url,
    }
    return asking_status(subprotocol, data)


def asking_contract(subprotocol: str) -> Message:
    """Get15118EVCertificate for an EV of ISO 15118-2, with a real CertificateInstallationReq: the same for every EV of the fleet."""
    payload: Payload = {"iso15118SchemaVersion": ISO_2, "action": "Install", "exiRequest": REQUEST}
    return message(subprotocol, "Get15118EVCertificate", payload)


def _responder(certificate: x509.Certificate) -> str:
    try:
        found = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return ""
    return next(
        (
            each.access_location.value
            for each in found
            if each.access_method == AuthorityInformationAccessOID.OCSP
            and isinstance(each.access_location, x509.UniformResourceIdentifier)
        ),
        "",
    )
