"""Messages: CertificateInstallationReq and -Res of ISO 15118-2 and -20 as EXI, and what is signed of them. PURE.

Decision: this small codec stands here because Python has no other without Java. It knows these two messages alone, and tests hold it
against an independent codec in both directions. The numbers of global elements follow from the schemas' sorted names (EXI 1.0, 8.5.1).
"""

from typing import Any, NamedTuple

from services.iso15118.exi.bits import Reader, Unreadable, Writer
from services.iso15118.exi.grammar import (
    ANYTHING,
    INTEGER,
    OCTETS,
    TEXT,
    UNBOUNDED,
    UNSIGNED,
    Attribute,
    Complex,
    Part,
    Simple,
    Type,
    read,
    write,
)

HEADER = 0x80
"""No cookie, no options, final version 1 (EXI 1.0, 5)."""

CANONICAL_EXI = "http://www.w3.org/TR/canonical-exi/"

REQUEST, RESPONSE = "CertificateInstallationReq", "CertificateInstallationRes"

Message = dict[str, Any]


def _one(name: str, kind: Type, least: int = 1, most: int = 1) -> Part:
    return Part({name: kind}, least, most)


# -- signatures (XML Signature) ---------------------------------------------------------------------------------------

_ANY = Part({ANYTHING: Complex()}, 0, UNBOUNDED)
_ALGORITHM = (Attribute("Algorithm"),)
_ID, _MAY_ID = (Attribute("Id"),), (Attribute("Id", is_required=False),)

_CANONICALIZATION = Complex((_ANY,), _ALGORITHM, is_mixed=True)
_SIGNATURE_METHOD = Complex((_one("HMACOutputLength", INTEGER, 0), _ANY), _ALGORITHM, is_mixed=True)
_TRANSFORM = Complex((Part({ANYTHING: Complex(), "XPath": TEXT}, 0, UNBOUNDED),), _ALGORITHM, is_mixed=True)
_REFERENCE = Complex(
    (
        _one("Transforms", Complex((_one("Transform", _TRANSFORM, 1, UNBOUNDED),)), 0),
        _one("DigestMethod", Complex((_ANY,), _ALGORITHM, is_mixed=True)),
        _one("DigestValue", OCTETS),
    ),
    (*_MAY_ID, Attribute("Type", is_required=False), Attribute("URI", is_required=False)),
)
_SIGNED_INFO = Complex(
    (
        _one("CanonicalizationMethod", _CANONICALIZATION),
        _one("SignatureMethod", _SIGNATURE_METHOD),
        _one("Reference", _REFERENCE, 1, UNBOUNDED),
    ),
    _MAY_ID,
)
_SIGNATURE = Complex(
    (
        _one("SignedInfo", _SIGNED_INFO),
        _one("SignatureValue", Complex((), _MAY_ID, OCTETS)),
        _one("KeyInfo", Complex(), 0),
        _one("Object", Complex(), 0, UNBOUNDED),
    ),
    _MAY_ID,
)
_ROOT_IDS = Complex(
    (_one("RootCertificateID", Complex((_one("X509IssuerName", TEXT), _one("X509SerialNumber", INTEGER))), 1, 20),)
)


def _chain(subordinates: int, attributes: tuple[Attribute, ...] = (), least: int = 0) -> Complex:
    below = Complex((_one("Certificate", OCTETS, 1, subordinates),))
    return Complex((_one("Certificate", OCTETS), _one("SubCertificates", below, least)), attributes)


# -- ISO 15118-2 ------------------------------------------------------------------------------------------------------

_CONTRACT_2 = _chain(4, _MAY_ID)
_PRIVATE_KEY_2 = _PUBLIC_KEY_2 = Complex((), _ID, OCTETS)
_EMAID_2 = Complex((), _ID, TEXT)
_REQUEST_2 = Complex((_one("OEMProvisioningCert", OCTETS), _one("ListOfRootCertificateIDs", _ROOT_IDS)), _ID)
_RESPONSE_2 = Complex(
    (
        _one("ResponseCode", Simple("number", 5)),
        _one("SAProvisioningCertificateChain", _CONTRACT_2),
        _one("ContractSignatureCertChain", _CONTRACT_2),
        _one("ContractSignatureEncryptedPrivateKey", _PRIVATE_KEY_2),
        _one("DHpublickey", _PUBLIC_KEY_2),
        _one("eMAID", _EMAID_2),
    )
)
# fmt: off
_BODIES_2 = (
    "AuthorizationReq", "AuthorizationRes", "BodyElement", "CableCheckReq", "CableCheckRes",
    "CertificateInstallationReq", "CertificateInstallationRes", "CertificateUpdateReq", "CertificateUpdateRes",
    "ChargeParameterDiscoveryReq", "ChargeParameterDiscoveryRes", "ChargingStatusReq", "ChargingStatusRes",
    "CurrentDemandReq", "CurrentDemandRes", "MeteringReceiptReq", "MeteringReceiptRes", "PaymentDetailsReq",
    "PaymentDetailsRes", "PaymentServiceSelectionReq", "PaymentServiceSelectionRes", "PowerDeliveryReq",
    "PowerDeliveryRes", "PreChargeReq", "PreChargeRes", "ServiceDetailReq", "ServiceDetailRes",
    "ServiceDiscoveryReq", "ServiceDiscoveryRes", "SessionSetupReq", "SessionSetupRes", "SessionStopReq",
    "SessionStopRes", "WeldingDetectionReq", "WeldingDetectionRes",
)
# fmt: on
"""What may stand in the body of a message (the substitution group BodyElement), sorted; all but two are not read here."""

_KNOWN_2: dict[str, Type] = {REQUEST: _REQUEST_2, RESPONSE: _RESPONSE_2}
_BODY_2 = Complex((Part({name: _KNOWN_2.get(name, Complex()) for name in _BODIES_2}, 0),))
_NOTIFICATION_2 = Complex((_one("FaultCode", Simple("number", 2)), _one("FaultMsg", TEXT, 0)))
_HEADER_2 = Complex(
    (_one("SessionID", OCTETS), _one("Notification", _NOTIFICATION_2, 0), _one("Signature", _SIGNATURE, 0))
)
_MESSAGE_2 = Complex((_one("Header", _HEADER_2), _one("Body", _BODY_2)))

# -- ISO 15118-20 -----------------------------------------------------------------------------------------------------

_HEADER_20 = Complex((_one("SessionID", OCTETS), _one("TimeStamp", UNSIGNED), _one("Signature", _SIGNATURE, 0)))
_REQUEST_20 = Complex(
    (
        _one("Header", _HEADER_20),
        _one("OEMProvisioningCertificateChain", _chain(3, _ID)),
        _one("ListOfRootCertificateIDs", _ROOT_IDS),
        _one("MaximumContractCertificateChains", Simple("number", 8)),
        _one("PrioritizedEMAIDs", Complex((_one("EMAID", TEXT, 1, 8),)), 0),
    )
)
_INSTALLATION_DATA_20 = Complex(
    (
        _one("ContractCertificateChain", _chain(3, least=1)),
        _one("ECDHCurve", Simple("number", 1)),
        _one("DHPublicKey", OCTETS),
        Part({f"{each}_EncryptedPrivateKey": OCTETS for each in ("SECP521", "X448", "TPM")}),
    ),
    _ID,
)
_RESPONSE_20 = Complex(
    (
        _one("Header", _HEADER_20),
        _one("ResponseCode", Simple("number", 6)),
        _one("EVSEProcessing", Simple("number", 2)),
        _one("CPSCertificateChain", _chain(3)),
        _one("SignedInstallationData", _INSTALLATION_DATA_20),
        _one("RemainingContractCertificateChains", Simple("number", 8)),
    )
)

# -- whole messages, and what is signed of them -----------------------------------------------------------------------


class _Element(NamedTuple):
    """A global element: its number among all of the schema, of so many bits."""

    number: int
    bits: int
    kind: Type


_V2G_MESSAGE = _Element(76, 7, _MESSAGE_2)
_REQUEST_20_ROOT, _RESPONSE_20_ROOT = _Element(7, 6, _REQUEST_20), _Element(8, 6, _RESPONSE_20)

SIGNED_INFO = _Element(32, 6, _SIGNED_INFO)
CONTRACT_CHAIN_2 = _Element(33, 8, _CONTRACT_2)
PRIVATE_KEY_2 = _Element(34, 8, _PRIVATE_KEY_2)
PUBLIC_KEY_2 = _Element(45, 8, _PUBLIC_KEY_2)
INSTALLATION_DATA_20 = _Element(231, 9, _INSTALLATION_DATA_20)
"""Elements that are signed: their numbers among all names of elements of the schemas, SignedInfo's among those of XML Signature."""

_FRAGMENT_ENDS = {6: 46, 8: 244, 9: 282}
"""The number of the end of a fragment, by how many bits it has: that of names, and one more for names of no schema (8.4.2)."""


def request_2(content: bytes) -> Message:
    """The header and the request of ISO 15118-2. Raises Unreadable."""
    source = _opened(content, _V2G_MESSAGE)
    message = read(source, _MESSAGE_2)
    if REQUEST not in message["Body"]:
        raise Unreadable(f"The message is no {REQUEST}.")
    return {"Header": message["Header"], **message["Body"][REQUEST]}


def request_20(content: bytes) -> Message:
    """The request of ISO 15118-20, its header among its members. Raises Unreadable."""
    found: Message = read(_opened(content, _REQUEST_20_ROOT), _REQUEST_20)
    return found


def response_2(header: Message, response: Message) -> bytes:
    """A response of ISO 15118-2."""
    return _document(_V2G_MESSAGE, {"Header": header, "Body": {RESPONSE: response}})


def response_20(response: Message) -> bytes:
    """A response of ISO 15118-20, its header among its members."""
    return _document(_RESPONSE_20_ROOT, response)


def fragment(element: _Element, value: Message) -> bytes:
    """An element alone, as it is digested and signed."""
    out = _begun(element)
    write(out, element.kind, value)
    return _ended(out, element.bits)


def emaid_fragment_2(identity: str, emaid: str) -> bytes:
    """The element eMAID of ISO 15118-2 alone. Its name has two types in the schema, so any member may come in it (8.5.3, relaxed)."""
    out = _begun(_Element(236, 8, _EMAID_2))
    out.number(4, 9)  # the attribute Id among all that there are
    out.text(identity)
    out.number(256, 9)  # its text, behind all attributes and elements
    out.text(emaid)
    out.number(_FRAGMENT_ENDS[8], 8)  # the end of the element has the same number there as the fragment's
    return _ended(out, 8)


def _opened(content: bytes, element: _Element) -> Reader:
    source = Reader(content)
    if source.number(8) != HEADER:
        raise Unreadable("The message is no EXI of ISO 15118: it does not begin with 80.")
    if source.number(element.bits) != element.number:
        raise Unreadable(f"The message is no {REQUEST}.")
    return source


def _begun(element: _Element) -> Writer:
    out = Writer()
    out.number(HEADER, 8)
    out.number(element.number, element.bits)
    return out


def _ended(out: Writer, bits: int) -> bytes:
    out.number(_FRAGMENT_ENDS[bits], bits)
    return out.done()


def _document(element: _Element, value: Message) -> bytes:
    out = _begun(element)
    write(out, element.kind, value)
    return out.done()
