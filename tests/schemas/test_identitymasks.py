"""Which members of messages name a person, and that masking takes them away and revealing gives them back."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base import OcppVersion
from schemas.identitymasks import (
    GROUPS,
    KINDS,
    SEALED_MEMBERS,
    TEXTS,
    hide_in,
    hide_text,
    hide_told,
    may_name_a_person,
    reveal_text,
)
from schemas.identityvault import month
from schemas.ids import folded_token
from schemas.wire.files import Kind as MessageKind
from schemas.wire.files import actions, schema
from tests.schemas.vaults import NOON, Opened

NO_PERSONS = frozenset({
    "actualValue", "additionalInfo", "address1", "address2", "apn", "apnPassword", "apnUserName",
    "attributeValue", "basicAuthPassword", "certificateChain", "chargeBoxSerialNumber",
    "chargePointModel", "chargePointSerialNumber", "chargePointVendor", "chargingLimitSource", "checksum",
    "city", "connectorType", "content", "controlId", "country", "csr", "currency", "customTrigger",
    "digestValue", "encodingMethod", "endTimeOfDay", "evInverterHwVersion", "evInverterManufacturer",
    "evInverterModel", "evInverterSwVersion", "extraInfo", "failureReason",
    "filename", "fileName", "firmwareVersion", "group", "iccid", "id", "identity", "imsi", "info", "instance",
    "iso15118SchemaVersion", "issuerKeyHash", "issuerNameHash", "key", "language", "language1", "language2",
    "location", "messageId", "meterSerialNumber", "meterType", "model", "name", "ocppCsmsUrl", "ocspResult",
    "overstayRuleDescription", "password", "paymentBrand", "paymentRecognition", "postalCode",
    "preferredNetwork", "priceAlgorithm", "priceScheduleDescription", "priceScheduleSignature",
    "pspRef",
    "publicKey", "reasonCode", "receiptId", "receiptUrl", "remoteLocation", "responderURL",
    "salesTariffDescription", "serialNumber", "server", "serviceName", "signature", "signedMeterData",
    "signingCertificate", "signingMethod", "startTimeOfDay", "statusInfo", "supersededIds", "tariffId",
    "tariffIds", "taxRuleName", "techCode", "techInfo", "transactionId", "type", "unit", "unknownKey", "urls",
    "user", "v", "validFromDate", "validToDate", "value", "valuesList", "vatNumber", "vendorErrorCode",
    "vendorId", "vendorInfo", "vendorName",
})  # fmt: skip
"""Texts in messages of any version, judged: none of them is who charges (in `data`, see TEXTS). Companies, addresses and VAT numbers are of
bills; serial numbers and hashes of certificates name a certificate, and who has it is known to its issuer alone."""


def texts(part: dict[str, Any], whole: dict[str, Any], name: str, seen: frozenset[str]) -> Iterator[str]:
    """The names of all members of a message that are texts of free choice."""
    if "$ref" in part:
        definition = part["$ref"].rpartition("/")[2]
        if definition not in seen:
            yield from texts(whole["definitions"][definition], whole, name, seen | {definition})
        return
    match part.get("type"):
        case "object":
            for member, rule in part.get("properties", {}).items():
                yield from texts(rule, whole, member, seen)
        case "array":
            yield from texts(part.get("items", {}), whole, name, seen)
        case "string" if "enum" not in part and part.get("format") != "date-time":
            yield name


def messages() -> Iterator[tuple[OcppVersion, str, MessageKind]]:
    for version in get_args(OcppVersion):
        for kind in get_args(MessageKind):
            for action in sorted(actions(version, kind)):
                yield version, action, kind


def test_every_text_in_every_message_is_masked_or_judged_to_be_of_no_person() -> None:
    masked = {*KINDS, *GROUPS, *TEXTS.values(), *SEALED_MEMBERS}
    unjudged = {
        f"{version} {action} {kind}: {name}"
        for version, action, kind in messages()
        for name in texts(schema(version, action, kind), schema(version, action, kind), action, frozenset())
        if name.lower() not in masked and name not in NO_PERSONS
    }

    assert not unjudged, "add these to KINDS of schemas.identitymasks, or judge them here:\n" + "\n".join(
        sorted(unjudged)
    )


def test_every_idtoken_in_every_message_of_2x_is_masked() -> None:
    for version, action, kind in messages():
        for definition, rule in schema(version, action, kind).get("definitions", {}).items():
            if definition in {"IdTokenType", "AdditionalInfoType"}:
                free = {name for name, each in rule["properties"].items() if each.get("type") == "string"} - {"type"}

                assert free <= {"idToken", "additionalIdToken"}, (version, action)
                assert {name.lower() for name in free} <= set(KINDS)


def hidden(value: str, kind: str) -> str:
    return f"<{value}>"


MESSAGES = (
    ('[2,"1","Authorize",{"idTag":"A"}]', '[2,"1","Authorize",{"idTag":"<A>"}]'),
    ('[2,"1","Authorize",{"IDTAG":"A"}]', '[2,"1","Authorize",{"IDTAG":"<A>"}]'),
    ('[2,"1","Authorize",{"idTag":7}]', '[2,"1","Authorize",{"idTag":"<7>"}]'),
    ('[2,"1","Authorize",{"idTag":""}]', '[2,"1","Authorize",{"idTag":""}]'),
    (
        '[2,"1","A",{"idToken":{"idToken":"A","type":"eMAID"}}]',
        '[2,"1","A",{"idToken":{"idToken":"<A>","type":"eMAID"}}]',
    ),
    ('[2,"1","A",{"idToken":{"idToken":"A","type":"DirectPayment"}}]',) * 2,
    ('[2,"1","A",{"groupIdToken":{"idToken":"FLEET","type":"Central"},"parentIdTag":"FLEET"}]',) * 2,
    ('[2,"1","A",{"idTokens":["A","B"]}]', '[2,"1","A",{"idTokens":["<A>","<B>"]}]'),
    ('[2,"1","A",{"data":"{\\"idTag\\":\\"A\\"}"}]', '[2,"1","A",{"data":"{\\"idTag\\":\\"<A>\\"}"}]'),
    (
        '[2,"1","E",{"eventData":[{"variable":{"name":"VehicleId"},"actualValue":"A"},{"variable":{"name":"X"},"actualValue":"A"}]}]',
        '[2,"1","E",{"eventData":[{"variable":{"name":"VehicleId"},"actualValue":"<A>"},{"variable":{"name":"X"},"actualValue":"A"}]}]',
    ),
    (
        '[2,"1","R",{"reportData":[{"variable":{"name":"VehicleId"},"variableAttribute":[{"value":"A","mutability":"ReadOnly"}]}]}]',
        '[2,"1","R",{"reportData":[{"variable":{"name":"VehicleId"},"variableAttribute":[{"value":"<A>","mutability":"ReadOnly"}]}]}]',
    ),
    (
        '[2,"1","M",{"meterValue":[{"value":1.50}],"idTag":"A"}]',
        '[2,"1","M",{"meterValue":[{"value":1.50}],"idTag":"<A>"}]',
    ),
)


@pytest.mark.parametrize(("said", "kept"), MESSAGES)
def test_identities_are_masked_wherever_they_stand_and_all_else_stays_as_it_was(said: str, kept: str) -> None:
    assert hide_text(said, hidden) == kept


@pytest.mark.parametrize("end", range(1, 5))
def test_a_message_that_is_cut_off_is_masked_too(end: int) -> None:
    said = '[2,"1","Authorize",{"idTag":"04A2B3C4","x":NaN}]'

    for text in (said[: -end - 8], said[:-end], said[:30]):
        assert "04A2" not in hide_text(text, hidden).replace("<04A2B3C4>", "").replace("<04", "")


def test_letters_in_disguise_are_masked() -> None:
    for said in ('[2,"1","A",{"id\\u0054ag":"SECRET"}]', '[2,"1","A",{"id\\u0054ag":"SECRET"'):
        assert "<SECRET>" in hide_text(said, hidden)


def test_the_text_about_a_customer_is_sealed_whole_and_what_cannot_be_read_of_it_is_left_out() -> None:
    said = '[2,"1","NotifyCustomerInformation",{"data":"card 04A2 of Max","seqNo":0}]'

    assert json.loads(hide_text(said, hidden, seal=lambda text: f"sealed {len(text)}"))[3]["data"] == "sealed 16"
    assert "Max" not in hide_text(said[:-3], hidden, seal=str)


PEM = "-----BEGIN CERTIFICATE-----\nTUFY\n-----END CERTIFICATE-----\n"
ENCRYPTED = (
    ({"certificate": PEM, "idToken": {"idToken": "A", "type": "eMAID"}}, {"certificate"}),
    ({"exiRequest": "TUFY", "action": "Install"}, {"exiRequest"}),
    ({"EXIREQUEST": "TUFY"}, {"EXIREQUEST"}),
    ({"exiResponse": "TUFY", "status": "Accepted"}, {"exiResponse"}),
    ({"prioritizedEMAIDs": ["MAX", "MAX2"]}, {"prioritizedEMAIDs"}),
    ({"vendorData": PEM}, {"vendorData"}),
)


@pytest.mark.parametrize(("payload", "members"), ENCRYPTED)
@pytest.mark.parametrize("inside", ["", "data"])
def test_what_has_a_person_inside_is_encrypted_in_every_version(
    payload: dict[str, Any], members: set[str], inside: str
) -> None:
    """1.6 has these messages as a text in DataTransfer."""
    said = [2, "1", "X", {inside: json.dumps(payload)} if inside else payload]
    masked = json.loads(hide_text(json.dumps(said), hidden, seal=lambda text: f"<sealed {len(text)}>"))[3]
    kept = json.loads(masked[inside]) if inside else masked

    assert {name for name, value in kept.items() if "<sealed" in str(value)} == members
    assert "MAX" not in json.dumps(kept)
    assert "TUFY" not in json.dumps(kept)
    cut = json.dumps(said)[:-3]
    assert "TUFY" not in hide_text(cut, hidden, seal=str)
    assert "MAX" not in hide_text(cut, hidden, seal=str)


FREE = (
    ({"info": "MAX did it", "errorCode": "MAX"}, {"info"}),
    ({"techInfo": "MAX"}, {"techInfo"}),
    ({"statusInfo": {"reasonCode": "R", "additionalInfo": "of MAX"}}, {"statusInfo"}),
    ({"data": {"card": "MAX", "of": [{"x": "MAX"}]}, "vendorId": "MAX"}, {"data"}),
    ({"data": json.dumps({"card": "MAX"})}, {"data"}),
    ({"customData": {"vendorId": "V", "who": "MAX"}}, {"customData"}),
    ({"messageInfo": [{"message": {"content": "Hello MAX", "format": "UTF8"}}]}, {"messageInfo"}),
)


@pytest.mark.parametrize(("payload", "members"), FREE)
def test_who_is_kept_is_masked_wherever_stations_write_what_they_want(
    payload: dict[str, Any], members: set[str]
) -> None:
    said = json.dumps([2, "1", "X", payload])
    kept = json.loads(hide_text(said, hidden, known=lambda text: text.replace("MAX", "<max>")))[3]

    assert {name for name, value in kept.items() if "<max>" in json.dumps(value)} == members
    assert all("MAX" not in json.dumps(kept[name]) for name in members)
    assert hide_text(said, hidden) == said


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=10,
)


@given(st.text(min_size=4, max_size=36).map(folded_token).filter(bool), json_values)
def test_what_is_masked_is_revealed_as_it_was(token: str, further: Any) -> None:
    opened = Opened(token)
    message = [2, "1", "Authorize", {"idToken": {"idToken": token, "type": "ISO14443"}, "idTag": token, "x": further}]
    text = json.dumps(message)
    masked = hide_text(text, lambda value, kind: opened.vault.pseudonym(value, kind, month(NOON)))
    revealed = reveal_text(masked, opened.vault.reveal)

    assert json.loads(revealed.text) == message
    assert list(revealed.told) == [token]
    assert revealed.unknown == ()


@given(st.text(alphabet="bcfghjkmnp{}[]:,1 ", max_size=60))
def test_a_message_without_such_members_is_the_same_object(text: str) -> None:
    assert hide_text(text, hidden) is text or may_name_a_person(text)


def test_a_pseudonym_of_nobody_stays_and_is_named() -> None:
    opened = Opened()
    nobody = opened.vault.pseudonym("04A2", "token", month(NOON))
    revealed = reveal_text(f'{{"idTag":"{nobody}"}}', opened.vault.reveal)

    assert (revealed.text, revealed.unknown) == (f'{{"idTag":"{nobody}"}}', (nobody,))


def test_what_a_station_was_told_is_masked_in_its_answers_in_any_words() -> None:
    pseudonym = Opened("04A2B3").records[-1].identity  # type: ignore[attr-defined]

    assert hide_told("'04a2b3' is no good, 04A2B3!", {"04A2B3": pseudonym}) == f"'{pseudonym}' is no good, {pseudonym}!"
    assert hide_told("12 kWh", {"12": pseudonym}) == "12 kWh"


def test_other_members_may_be_named_where_bodies_are_no_ocpp() -> None:
    assert hide_in({"token": "A", "token_type": "x"}, hidden, names={"token": "token"}) == {
        "token": "<A>",
        "token_type": "x",
    }
    assert hide_in({"token": "A", "token_type": "DirectPayment"}, hidden, names={"token": "token"})["token"] == "A"
