"""The two messages are what an independent codec reads and writes, bit by bit, and so is what is signed of them."""

import contextlib
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.iso15118.exi import messages
from services.iso15118.exi.bits import Unreadable
from services.iso15118.port import ISO_2, ISO_20
from tests.services.iso15118.exi.given import as_theirs, request_2, request_20, signature, written_2, written_20
from tests.services.iso15118.independent import SCHEMAS, XML_SIGNATURE, Codec, as_json

octets = st.binary(min_size=1, max_size=200)
names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=20)
serials = st.integers(-(2**70), 2**160)
few = settings(max_examples=10, suppress_health_check=list(HealthCheck), deadline=None)
"""The other codec reads its schemas anew for each message."""


@st.composite
def roots(draw: st.DrawFn) -> dict[str, Any]:
    """Fewer than the 20 that there may be: after the last one the other codec counts as if more could come."""
    each = st.fixed_dictionaries({"X509IssuerName": names, "X509SerialNumber": serials})
    return {"RootCertificateID": draw(st.lists(each, min_size=1, max_size=8))}


@few
@given(certificate=octets, listed=roots(), signed=st.booleans())
def test_a_request_of_2_is_read_as_the_other_codec_writes_it(
    codec: Codec, certificate: bytes, listed: dict[str, Any], signed: bool
) -> None:
    ours = request_2(certificate, **({"Signature": signature()} if signed else {}))
    ours["Body"][messages.REQUEST]["ListOfRootCertificateIDs"] = listed
    theirs = codec.encode({"V2G_Message": as_theirs(ours)}, ISO_2)

    assert written_2(ours) == theirs
    assert messages.request_2(theirs) == {"Header": ours["Header"], **ours["Body"][messages.REQUEST]}


@few
@given(
    certificate=octets,
    above=st.lists(octets, max_size=3),
    emaids=st.lists(names, max_size=8, unique=True),
    most=st.integers(0, 255),
    signed=st.booleans(),
)
def test_a_request_of_20_is_read_as_the_other_codec_writes_it(
    codec: Codec, certificate: bytes, above: list[bytes], emaids: list[str], most: int, signed: bool
) -> None:
    ours = request_20(certificate, *emaids, most=most, **({"Signature": signature()} if signed else {}))
    if above:
        ours["OEMProvisioningCertificateChain"]["SubCertificates"] = {"Certificate": above}
    theirs = codec.encode({messages.REQUEST: as_theirs(ours)}, ISO_20)

    assert written_20(ours) == theirs
    assert messages.request_20(theirs) == ours


def chain(*above: bytes, **more: Any) -> dict[str, Any]:
    return {**more, "Certificate": b"leaf", "SubCertificates": {"Certificate": list(above)}}


FRAGMENTS_2 = {
    "ContractSignatureCertChain": (messages.CONTRACT_CHAIN_2, chain(b"1", b"2", **{"@Id": "id1"})),
    "ContractSignatureEncryptedPrivateKey": (messages.PRIVATE_KEY_2, {"@Id": "id2", "value": b"k" * 48}),
    "DHpublickey": (messages.PUBLIC_KEY_2, {"@Id": "id3", "value": b"d" * 65}),
}


@pytest.mark.parametrize("name", FRAGMENTS_2)
def test_what_is_signed_of_a_response_of_2_is_what_the_other_codec_writes(codec: Codec, name: str) -> None:
    element, value = FRAGMENTS_2[name]

    assert messages.fragment(element, value) == codec.encode({name: as_json(value)}, ISO_2)


@few
@given(emaid=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=14, max_size=15))
def test_an_emaid_that_is_signed_is_what_the_other_codec_writes(codec: Codec, emaid: str) -> None:
    theirs = codec.encode({"eMAID": {"Id": "id4", "value": emaid}}, ISO_2)

    assert messages.emaid_fragment_2("id4", emaid) == theirs


def test_what_a_signature_is_made_over_is_what_the_other_codec_writes(codec: Codec) -> None:
    signed = signature()["SignedInfo"]
    theirs = codec.encode({"SignedInfo": as_json(signed)}, XML_SIGNATURE)

    assert messages.fragment(messages.SIGNED_INFO, signed) == theirs


def elements(*files: str) -> list[str]:
    """The names of all elements of schemas, those of two namespaces twice, sorted as fragments number them."""
    named = set()
    for file in files:
        root = ET.parse(SCHEMAS / file).getroot()
        found = root.iter("{http://www.w3.org/2001/XMLSchema}element")
        named |= {(each.get("name"), root.get("targetNamespace")) for each in found if each.get("name")}
    return [str(name) for name, _ in sorted(named)]  # type: ignore[type-var]


SIGNATURES = "xmldsig-core-schema.xsd"
OF_2 = [f"iso15118_2/V2G_CI_Msg{each}.xsd" for each in ("Def", "Header", "Body", "DataTypes")]
OF_20 = [f"iso15118_20/V2G_CI_Common{each}.xsd" for each in ("Messages", "Types")]


def test_numbers_of_signed_elements_follow_from_the_schemas() -> None:
    """The other codec writes an element of -20 as a document, so its number is held against the rule alone (EXI 1.0, 8.4.2)."""
    of_2, of_20, of_signatures = elements(*OF_2, SIGNATURES), elements(*OF_20, SIGNATURES), elements(SIGNATURES)

    for listed, name, element in (
        (of_2, "ContractSignatureCertChain", messages.CONTRACT_CHAIN_2),
        (of_2, "ContractSignatureEncryptedPrivateKey", messages.PRIVATE_KEY_2),
        (of_2, "DHpublickey", messages.PUBLIC_KEY_2),
        (of_20, "SignedInstallationData", messages.INSTALLATION_DATA_20),
        (of_signatures, "SignedInfo", messages.SIGNED_INFO),
    ):
        assert element.number == listed.index(name)
        assert element.bits == (len(listed) + 1).bit_length()
        assert messages._FRAGMENT_ENDS[element.bits] == len(listed) + 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "ends early"),
        (b"VOLTBUS", "does not begin with 80"),
        (b"\x80\x00" * 20, "no CertificateInstallationReq"),
        (written_2(request_2(b"cert"))[:-4], "ends early"),
        (written_2({"Header": {"SessionID": b"1"}, "Body": {}}), "no CertificateInstallationReq"),
    ],
)
def test_what_is_no_request_is_told(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        messages.request_2(content)


@given(st.binary(max_size=120))
def test_whatever_an_ev_sends_is_a_request_or_told(content: bytes) -> None:
    for read in (messages.request_2, messages.request_20):
        for said in (content, b"\x80" + content, b"\x80\x98\x02" + content, b"\x80\x1c" + content):
            with contextlib.suppress(Unreadable):
                assert read(said)
