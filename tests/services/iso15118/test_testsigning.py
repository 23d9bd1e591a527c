"""What the test pool signs is whole, and is another message for another session. EVs look at it in test_testpool."""

from cryptography.hazmat.primitives.asymmetric import ec

from services.iso15118.exi import messages
from services.iso15118.exi.bits import Reader
from services.iso15118.exi.grammar import read
from services.iso15118.testcontracts import mobility_2, mobility_20
from services.iso15118.testsigning import signed_2, signed_20
from tests.pki import NOW
from tests.services.iso15118.exi.given import vehicle


def test_every_element_that_is_to_be_signed_is_named_once() -> None:
    mobility = mobility_2(NOW)
    made = signed_2(b"sessions", mobility, mobility.contract(vehicle(ec.SECP256R1()).der, "", NOW))
    message = read(messages._opened(made, messages._V2G_MESSAGE), messages._MESSAGE_2)

    references = message["Header"]["Signature"]["SignedInfo"]["Reference"]
    assert [each["@URI"] for each in references] == ["#id1", "#id2", "#id3", "#id4"]
    assert message["Header"]["SessionID"] == b"sessions"


def test_a_response_of_20_says_how_many_are_left() -> None:
    mobility = mobility_20(NOW)
    contract = mobility.contract(vehicle(ec.SECP521R1()).der, "", NOW)
    made = signed_20(b"sessions", mobility, contract, left=2, now=NOW)
    source = Reader(made)
    assert (source.number(8), source.number(6)) == (messages.HEADER, 8)
    response = read(source, messages._RESPONSE_20)

    assert response["RemainingContractCertificateChains"] == 2
    assert response["Header"]["TimeStamp"] == int(NOW.timestamp())
    assert len(response["Header"]["Signature"]["SignatureValue"]["value"]) == 132
